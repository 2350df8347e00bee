import { describe, expect, test } from "vitest";
import { type Agent, type AgentStore, acceptPrompt, runPendingInputs } from "../../demo/agent.ts";
import { scriptedAgent } from "../../demo/scripted-agent.ts";
import { type BurrowStore, newRunId } from "../../src/index.ts";
import { createMemoryRuntimeStore } from "../../src/memory/index.ts";
import { promptInput, queuedInputState } from "../../src/records/index.ts";
import { appendToSession, assistantMessage, type Message, readSession, userMessage } from "../../src/session/index.ts";
import { DoomedTab } from "./doomed-tab.ts";

const RUNTIME = "agent under test";
const ANSWERED = ["user", "block_assistant", "tool_results", "block_assistant"];

test("a turn is one run of a boundary a step, of which the last ends its input, once", async () => {
  const store = createMemoryRuntimeStore();
  const { input_id } = await acceptPrompt(store, RUNTIME, "What is 6 * 7?");
  await runPendingInputs(store, RUNTIME, scriptedAgent());
  await runPendingInputs(store, RUNTIME, scriptedAgent());

  const messages = await messagesIn(store);
  expect(messages.map(({ role }) => role)).toEqual(ANSWERED);
  expect(messages.at(-1)).toEqual(assistantMessage("6 * 7 = 42."));
  const receipts = await store.listBoundaryReceipts(RUNTIME);
  expect(receipts).toMatchObject([
    { revision: 1, minted: true, receipt: { boundary: "run_start", sequence: 0, message_count: 3 } },
    { revision: 2, minted: true, receipt: { boundary: "run_checkpoint", sequence: 1, message_count: 4 } },
  ]);
  expect(receipts.map(({ receipt }) => receipt.contributing_input_ids)).toEqual([[], [input_id]]);
  expect(receipts[1]?.operation_id).toBe(input_id);
  const [runId] = new Set(receipts.map(({ receipt }) => receipt.run_id));
  const state = await store.loadInputState(RUNTIME, input_id);
  expect(state).toMatchObject({ current_state: "consumed", last_run_id: runId, last_boundary_sequence: 1 });
  expect(state?.history?.map(({ to }) => to)).toEqual([
    "queued",
    "staged",
    "applied",
    "applied_pending_consumption",
    "consumed",
  ]);
  expect(await store.verifyRuntime(RUNTIME)).toEqual([]);
});

test("a turn of four tools' steps, one of which fails, ends with an answer made of their results", async () => {
  const store = createMemoryRuntimeStore();
  await acceptPrompt(store, RUNTIME, "Plan a weekend in Porto");
  await runPendingInputs(store, RUNTIME, scriptedAgent());
  const receipts = await store.listBoundaryReceipts(RUNTIME);
  expect(receipts.map(({ receipt }) => receipt.sequence)).toEqual([0, 1, 2, 3, 4]);
  const results = (await messagesIn(store)).flatMap((message) =>
    message.role === "tool_results" ? [message.results.map(({ is_error }) => is_error)] : [],
  );
  expect(results).toEqual([[false, false], [true], [false], [false]]);
  expect(JSON.stringify((await messagesIn(store)).at(-1))).toMatch(/Your weekend in Porto, for € \d+ in all/);
});

test("a page that finds a turn half done goes on behind its last step, whatever was accepted since", async () => {
  const store = createMemoryRuntimeStore();
  const { input_id } = await acceptPrompt(store, RUNTIME, "Plan a weekend in Porto");
  const tab = new DoomedTab(8, "after");
  await Promise.race([runPendingInputs(tab.store(store), RUNTIME, tab.agent(scriptedAgent())), tab.gone]);
  const [half] = (await store.loadRuntime(RUNTIME)).pendingInputs;
  expect(half).toMatchObject({ state: { current_state: "queued" }, receipt: { sequence: 1 } });
  // Of a tab whose clock is late, it comes first by its id.
  const early = queuedInputState(promptInput("1 + 1", { id: "01890a5d-ac96-774b-bcce-b302099a8011" }));
  await store.persistInputState(RUNTIME, early);

  await runPendingInputs(store, RUNTIME, scriptedAgent());
  expect(await promptsIn(store)).toEqual(["Plan a weekend in Porto", "1 + 1"]);
  const receipts = (await store.listBoundaryReceipts(RUNTIME)).map(({ receipt }) => receipt);
  expect(receipts.filter(({ run_id }) => run_id === half?.receipt?.run_id).map(({ sequence }) => sequence)).toEqual([
    0, 1, 2, 3, 4,
  ]);
  expect(receipts.flatMap(({ contributing_input_ids }) => contributing_input_ids)).toEqual([input_id, early.input_id]);
});

test("what was accepted is run in the order in which it was accepted", async () => {
  const store = createMemoryRuntimeStore();
  const prompts = ["first", "second", "third"];
  for (const prompt of prompts) await acceptPrompt(store, RUNTIME, prompt);
  await runPendingInputs(store, RUNTIME, scriptedAgent());
  expect(await promptsIn(store)).toEqual(prompts);
});

test("a message that could not be stored is not accepted", async () => {
  const store = createMemoryRuntimeStore();
  await store.close();
  await expect(acceptPrompt(store, RUNTIME, "hello")).rejects.toMatchObject({ code: "database_closed" });
});

test("a turn that fails leaves its input for the next attempt", async () => {
  const store = createMemoryRuntimeStore();
  await acceptPrompt(store, RUNTIME, "hello");
  const failing: Agent = { ...scriptedAgent(), useTool: () => Promise.reject(new Error("the tool broke")) };
  await expect(runPendingInputs(store, RUNTIME, failing)).rejects.toThrow("the tool broke");
  expect(await store.loadRuntime(RUNTIME)).toMatchObject({ revision: 0, pendingInputs: [{}] });
  await runPendingInputs(store, RUNTIME, scriptedAgent());
  expect(await promptsIn(store)).toEqual(["hello"]);
});

test("an input whose turn was committed is ended without a second turn", async () => {
  const store = createMemoryRuntimeStore();
  const state = await acceptPrompt(store, RUNTIME, "hello");
  await store.commitSessionBoundary(RUNTIME, {
    sessionDelta: { sessionSnapshot: appendToSession(undefined, [userMessage("hello")]) },
    runId: newRunId(),
    boundary: "run_start",
    contributingInputIds: [state.input_id],
    inputUpdates: [state],
  });
  await runPendingInputs(store, RUNTIME, scriptedAgent());
  expect(await promptsIn(store)).toEqual(["hello"]);
  expect(await store.loadInputState(RUNTIME, state.input_id)).toMatchObject({ current_state: "consumed" });
});

describe.each(["before", "after"] as const)("a tab that goes away %s a step takes effect", (moment) => {
  test("leaves a turn to be committed exactly once, at every step", async () => {
    for (let step = 0; ; step++) {
      const store = createMemoryRuntimeStore();
      const tab = new DoomedTab(step, moment);
      const life = async (): Promise<void> => {
        await acceptPrompt(tab.store(store), RUNTIME, "Roll 2d6");
        await runPendingInputs(tab.store(store), RUNTIME, tab.agent(scriptedAgent()));
      };
      const outcome = await Promise.race([life().then(() => "survived"), tab.gone]);
      const wasAccepted = (await store.listInputStates(RUNTIME)).length === 1;

      await runPendingInputs(store, RUNTIME, scriptedAgent());
      expect(await promptsIn(store), `step ${step}`).toEqual(wasAccepted ? ["Roll 2d6"] : []);
      expect(await store.listBoundaryReceipts(RUNTIME), `step ${step}`).toHaveLength(wasAccepted ? 2 : 0);
      expect((await store.loadRuntime(RUNTIME)).pendingInputs, `step ${step}`).toEqual([]);
      if (outcome === "survived") {
        // Accepting, two steps of loading, a reply and a commit, with a tool in the first, and the look for more.
        expect(step).toBe(9);
        return;
      }
    }
  });
});

describe("another tab that commits in the meantime", () => {
  test("another input makes the turn start again from what it committed", async () => {
    const store = createMemoryRuntimeStore();
    await acceptPrompt(store, RUNTIME, "mine");
    await runPendingInputs(
      disturbed(store, () => commitElsewhere(store, "theirs")),
      RUNTIME,
      scriptedAgent(),
    );
    expect(await promptsIn(store)).toEqual(["theirs", "mine"]);
    expect(await store.listBoundaryReceipts(RUNTIME)).toHaveLength(3);
  });

  test("the same input is left as it was committed", async () => {
    const store = createMemoryRuntimeStore();
    await acceptPrompt(store, RUNTIME, "Roll 1d6");
    const elsewhere = (): Promise<void> => runPendingInputs(store, RUNTIME, scriptedAgent());
    await runPendingInputs(disturbed(store, elsewhere), RUNTIME, scriptedAgent());
    expect(await promptsIn(store)).toEqual(["Roll 1d6"]);
    expect(await store.listBoundaryReceipts(RUNTIME)).toHaveLength(2);
  });

  test("at every step leaves one turn, whichever of the two commits it", async () => {
    const store = createMemoryRuntimeStore();
    await acceptPrompt(store, RUNTIME, "Plan a weekend in Porto");
    const tab = (): Promise<void> => runPendingInputs(store, RUNTIME, scriptedAgent());
    await Promise.all([tab(), tab()]);
    expect(await promptsIn(store)).toEqual(["Plan a weekend in Porto"]);
    const receipts = await store.listBoundaryReceipts(RUNTIME);
    expect(receipts.map(({ receipt }) => receipt.sequence)).toEqual([0, 1, 2, 3, 4]);
  });
});

/** A store whose first boundary commit comes right after something else has happened. */
function disturbed(store: BurrowStore, disturb: () => Promise<unknown>): AgentStore {
  let isFirst = true;
  return {
    persistInputState: (...given) => store.persistInputState(...given),
    loadRuntime: (...given) => store.loadRuntime(...given),
    commitSessionBoundary: async (...given) => {
      if (isFirst) {
        isFirst = false;
        await disturb();
      }
      return store.commitSessionBoundary(...given);
    },
  };
}

async function commitElsewhere(store: BurrowStore, prompt: string): Promise<void> {
  await store.commitSessionBoundary(RUNTIME, {
    sessionDelta: { sessionSnapshot: appendToSession(undefined, [userMessage(prompt)]) },
    runId: newRunId(),
    boundary: "run_start",
    contributingInputIds: [],
    inputUpdates: [],
  });
}

async function messagesIn(store: BurrowStore): Promise<readonly Message[]> {
  const snapshot = await store.loadSessionSnapshot(RUNTIME);
  return snapshot ? readSession(snapshot).messages : [];
}

async function promptsIn(store: BurrowStore): Promise<unknown[]> {
  return (await messagesIn(store)).flatMap((message) => (message.role === "user" ? [message.content] : []));
}
