import { afterEach, describe, expect, test, vi } from "vitest";
import { type Agent, type AgentStore, acceptPrompt, runPendingInputs } from "../../demo/agent.ts";
import { scriptedAgent } from "../../demo/scripted-agent.ts";
import { type BurrowStore, newRunId } from "../../src/index.ts";
import { createMemoryRuntimeStore } from "../../src/memory/index.ts";
import { appendToSession, assistantMessage, type Message, readSession, userMessage } from "../../src/session/index.ts";
import { DoomedTab } from "./doomed-tab.ts";

const RUNTIME = "agent under test";
const ANSWERED = ["user", "block_assistant", "tool_results", "block_assistant"];

afterEach(() => {
  vi.unstubAllGlobals();
});

test("a turn is committed once, with its receipt and the end of its input", async () => {
  const store = createMemoryRuntimeStore();
  const { input_id } = await acceptPrompt(store, RUNTIME, "What is 6 * 7?");
  await runPendingInputs(store, RUNTIME, scriptedAgent());
  await runPendingInputs(store, RUNTIME, scriptedAgent());

  const messages = await messagesIn(store);
  expect(messages.map(({ role }) => role)).toEqual(ANSWERED);
  expect(messages.at(-1)).toEqual(assistantMessage("6 * 7 = 42."));
  const receipts = await store.listBoundaryReceipts(RUNTIME);
  expect(receipts).toMatchObject([{ revision: 1, minted: true, operation_id: input_id }]);
  const receipt = receipts[0]?.receipt;
  expect(receipt).toMatchObject({ contributing_input_ids: [input_id], message_count: 4, sequence: 0 });
  expect(await store.loadInputState(RUNTIME, input_id)).toMatchObject({
    current_state: "consumed",
    last_run_id: receipt?.run_id,
    last_boundary_sequence: 0,
  });
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
      expect(await store.listBoundaryReceipts(RUNTIME), `step ${step}`).toHaveLength(wasAccepted ? 1 : 0);
      expect((await store.loadRuntime(RUNTIME)).pendingInputs, `step ${step}`).toEqual([]);
      if (outcome === "survived") {
        // Accepting, loading, two replies with a tool between them, the commit, and the look for more.
        expect(step).toBe(7);
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
    expect(await store.listBoundaryReceipts(RUNTIME)).toMatchObject([{ revision: 1 }, { revision: 2 }]);
  });

  test("the same input is left as it was committed", async () => {
    const store = createMemoryRuntimeStore();
    await acceptPrompt(store, RUNTIME, "Roll 1d6");
    const elsewhere = (): Promise<void> => runPendingInputs(store, RUNTIME, scriptedAgent());
    await runPendingInputs(disturbed(store, elsewhere), RUNTIME, scriptedAgent());
    expect(await promptsIn(store)).toEqual(["Roll 1d6"]);
    expect(await store.listBoundaryReceipts(RUNTIME)).toHaveLength(1);
  });

  test("waits for the Web Lock, so that no turn is run in vain", async () => {
    let last = Promise.resolve();
    const request = (_: string, work: () => Promise<void>): Promise<void> => (last = last.then(work));
    vi.stubGlobal("navigator", { locks: { request } });
    const store = createMemoryRuntimeStore();
    await acceptPrompt(store, RUNTIME, "hello");
    const think = vi.fn(() => Promise.resolve());
    const tab = (): Promise<void> => runPendingInputs(store, RUNTIME, scriptedAgent({ think }));
    await Promise.all([tab(), tab()]);
    expect(think).toHaveBeenCalledTimes(2);
    expect(await promptsIn(store)).toEqual(["hello"]);
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
