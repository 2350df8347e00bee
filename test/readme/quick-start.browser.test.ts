import type { InputState } from "burrow-store";
import { deleteIndexedDbRuntimeStore, openIndexedDbRuntimeStore } from "burrow-store/indexeddb";
import { readSession } from "burrow-store/session";
import { beforeAll, expect, test } from "vitest";

beforeAll(() => deleteIndexedDbRuntimeStore("my-app"));

test("the quick start commits each accepted input once, whatever became of the first try", async () => {
  const { accept, runPending } = await import("./quick-start.ts");
  await accept("one");
  await accept("two");
  await expect(runPending(() => Promise.reject(new Error("the model is away")))).rejects.toThrow("the model is away");

  const answers = new Map([
    ["one", "eins"],
    ["two", "zwei"],
  ]);
  const callModel = (prompt: string) => Promise.resolve(answers.get(prompt) ?? "?");
  await Promise.all([runPending(callModel), runPending(callModel)]);

  const store = await openIndexedDbRuntimeStore({ name: "my-app" });
  const { revision, sessionSnapshot, pendingInputs } = await store.loadRuntime("agent");
  expect(revision).toBe(2);
  expect(pendingInputs).toEqual([]);
  expect(readSession(sessionSnapshot ?? new Uint8Array()).messages).toMatchObject([
    { role: "user", content: "one" },
    { role: "block_assistant" },
    { role: "user", content: "two" },
    { role: "block_assistant" },
  ]);
  const receipts = await store.listBoundaryReceipts("agent");
  expect(receipts.map(({ receipt }) => receipt.message_count)).toEqual([2, 4]);
  expect((await store.loadInputStates("agent")).map(({ current_state }) => current_state)).toEqual([
    "consumed",
    "consumed",
  ]);
  await store.close();
});

test("an input whose boundary was committed, but which was never put down as consumed, is not run again", async () => {
  const { runPending } = await import("./quick-start.ts");
  const store = await openIndexedDbRuntimeStore({ name: "my-app" });
  const [done] = await store.loadInputStates("agent");
  const [receipt] = await store.listBoundaryReceipts("agent");
  const { terminal_outcome: _, ...state } = done ?? {};
  const sequence = receipt?.receipt.sequence ?? -1;
  await store.persistInputState("agent", {
    ...(state as InputState),
    current_state: "queued",
    last_boundary_sequence: sequence,
  });
  await runPending(() => Promise.reject(new Error("the model was called")));
  const { revision, pendingInputs } = await store.loadRuntime("agent");
  expect({ revision, pendingInputs }).toEqual({ revision: 2, pendingInputs: [] });
  await store.close();
});
