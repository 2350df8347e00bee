import { expect, test } from "vitest";
import { makeSample, SAMPLE_RUNTIME_ID } from "../../demo/sample.ts";
import { createMemoryRuntimeStore } from "../../src/memory/index.ts";
import { promptInput, queuedInputState } from "../../src/records/index.ts";
import { DoomedTab } from "./doomed-tab.ts";

test("the first visit makes a conversation of three turns, and later ones leave it", async () => {
  const store = createMemoryRuntimeStore();
  await makeSample(store);
  const receipts = await store.listBoundaryReceipts(SAMPLE_RUNTIME_ID);
  expect(receipts.map(({ receipt }) => receipt.message_count)).toEqual([4, 8, 12]);
  await makeSample(store);
  expect(await store.listBoundaryReceipts(SAMPLE_RUNTIME_ID)).toEqual(receipts);
});

test("a message of the visitor's in the sample is left for the page to recover", async () => {
  const store = createMemoryRuntimeStore();
  await makeSample(store);
  await store.persistInputState(SAMPLE_RUNTIME_ID, queuedInputState(promptInput("And now?")));
  await makeSample(store);
  expect(await store.loadRuntime(SAMPLE_RUNTIME_ID)).toMatchObject({ revision: 3, pendingInputs: [{}] });
});

test("a sample that was deleted does not come back", async () => {
  const store = createMemoryRuntimeStore();
  await makeSample(store);
  await store.deleteRuntime(SAMPLE_RUNTIME_ID);
  await makeSample(store);
  expect(await store.listRuntimes()).toEqual([]);
});

test("a first visit that ended too early is made whole by the next", async () => {
  const store = createMemoryRuntimeStore();
  const tab = new DoomedTab(3, "after");
  const atomicLifecycleCommit = store.atomicLifecycleCommit.bind(store);
  await Promise.race([makeSample({ ...tab.store(store), atomicLifecycleCommit }), tab.gone]);
  expect(await store.loadRuntime(SAMPLE_RUNTIME_ID)).toMatchObject({ revision: 1, pendingInputs: [{}, {}] });
  await makeSample(store);
  expect(await store.listBoundaryReceipts(SAMPLE_RUNTIME_ID)).toHaveLength(3);
});
