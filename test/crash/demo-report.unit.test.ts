import { beforeEach, expect, test } from "vitest";
import { acceptPrompt, runPendingInputs } from "../../demo/agent.ts";
import { makeSample } from "../../demo/sample.ts";
import { scriptedAgent } from "../../demo/scripted-agent.ts";
import { type BurrowStore, newRunId } from "../../src/index.ts";
import { createMemoryRuntimeStore } from "../../src/memory/index.ts";
import { appendToSession, userMessage } from "../../src/session/index.ts";
import { reportOnDemo } from "./demo-report.ts";

const RUNTIME = "conversation";
const SENT = [
  { text: "Roll 2d6 (1)", wasShown: true },
  { text: "Roll 2d6 (2)", wasShown: false },
];

let store: BurrowStore;

/** The demo after two messages. */
beforeEach(async () => {
  store = createMemoryRuntimeStore();
  await makeSample(store);
  for (const { text } of SENT) await acceptPrompt(store, RUNTIME, text);
  await runPendingInputs(store, RUNTIME, scriptedAgent());
});

const violations = async (sent = SENT): Promise<readonly string[]> => (await reportOnDemo(store, sent)).violations;

test("messages that have one turn each are as they must be, and so is one that was never accepted", async () => {
  expect(await violations([...SENT, { text: "typed", wasShown: false }])).toEqual([]);
  const { receipts } = await reportOnDemo(store, SENT);
  expect(Object.values(receipts).map(({ length }) => length)).toEqual([2 * SENT.length, 8]);
});

test("a message that was accepted and is not there is told", async () => {
  expect(await violations([...SENT, { text: "lost", wasShown: true }])).toEqual([
    '"lost" is stored 0 times; shown: true',
  ]);
});

test("a message that nobody sent is told", async () => {
  expect(await violations(SENT.slice(1))).toEqual(['nobody sent "Roll 2d6 (1)"']);
});

test("a message that was accepted twice is told, though each has a turn of its own", async () => {
  await acceptPrompt(store, RUNTIME, "Roll 2d6 (2)");
  await runPendingInputs(store, RUNTIME, scriptedAgent());
  expect(await violations()).toEqual(['"Roll 2d6 (2)" is stored 2 times; shown: false']);
});

test("a message whose turn was not run is told", async () => {
  const { input_id } = await acceptPrompt(store, RUNTIME, "pending");
  const told = await violations([...SENT, { text: "pending", wasShown: true }]);
  expect(told).toContain(`runtime ${RUNTIME}: inputs that are not consumed: ["${input_id}"] is not []`);
});

test("a turn that was committed twice is told", async () => {
  const [first] = await store.listInputStates(RUNTIME);
  if (!first) throw new Error("nothing was accepted");
  const { sessionSnapshot } = await store.loadRuntime(RUNTIME);
  await store.commitSessionBoundary(RUNTIME, {
    sessionDelta: { sessionSnapshot: appendToSession(sessionSnapshot, [userMessage("Roll 2d6 (1)")]) },
    runId: newRunId(),
    boundary: "run_start",
    contributingInputIds: [first.input_id],
    inputUpdates: [],
  });
  const told = (await violations()).join("\n");
  expect(told).toContain(`contributing input ${first.input_id} is there more than once`);
  expect(told).toContain("messages at the receipts: [3,4,7,8,9] is not [3,4,7,8]");
});
