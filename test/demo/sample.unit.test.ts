import { expect, test } from "vitest";
import { runPendingInputs } from "../../demo/agent.ts";
import { fillSample, makeSample, SAMPLE_RUNTIME_ID } from "../../demo/sample.ts";
import { scriptedAgent } from "../../demo/scripted-agent.ts";
import { createMemoryRuntimeStore } from "../../src/memory/index.ts";
import { promptInput, queuedInputState } from "../../src/records/index.ts";
import { DoomedTab } from "./doomed-tab.ts";

const BOUNDARIES = 8;

test("the first visit makes a conversation with a picture, failed tools and an operation, and later ones leave it", async () => {
  const store = createMemoryRuntimeStore();
  await makeSample(store);
  const dump = await store.dumpRuntime(SAMPLE_RUNTIME_ID);
  expect(dump?.receipts.map(({ receipt }) => receipt.sequence)).toEqual([0, 1, 2, 3, 4, 0, 0, 1]);
  expect(dump).toMatchObject({ runtime_state: "idle", ops_lifecycle: { completion_entries: [{}] } });
  const text = new TextDecoder().decode(dump?.session_snapshot);
  for (const part of ["image/png", '"is_error":true', '"reasoning"']) expect(text).toContain(part);
  expect(await store.verifyRuntime(SAMPLE_RUNTIME_ID)).toEqual([]);
  await makeSample(store);
  expect(await store.dumpRuntime(SAMPLE_RUNTIME_ID)).toEqual(dump);
});

test("a message of the visitor's in the sample is left for the page to recover", async () => {
  const store = createMemoryRuntimeStore();
  await makeSample(store);
  await store.persistInputState(SAMPLE_RUNTIME_ID, queuedInputState(promptInput("And now?")));
  await makeSample(store);
  expect(await store.loadRuntime(SAMPLE_RUNTIME_ID)).toMatchObject({ revision: BOUNDARIES, pendingInputs: [{}] });
});

test("a sample that was deleted does not come back", async () => {
  const store = createMemoryRuntimeStore();
  await makeSample(store);
  await store.deleteRuntime(SAMPLE_RUNTIME_ID);
  await makeSample(store);
  expect(await store.listRuntimes()).toEqual([]);
});

test("a tab does not wait for another that is making the sample", async () => {
  const store = createMemoryRuntimeStore();
  await Promise.all([makeSample(store), makeSample(store)]);
  expect(await store.listBoundaryReceipts(SAMPLE_RUNTIME_ID)).toHaveLength(BOUNDARIES);
});

test("a first visit that ended too early leaves the rest of the sample to be run by the next", async () => {
  const store = createMemoryRuntimeStore();
  const tab = new DoomedTab(3, "after");
  const { atomicLifecycleCommit, loadInputStates, persistOpsLifecycle } = store;
  const bound = {
    atomicLifecycleCommit: atomicLifecycleCommit.bind(store),
    loadInputStates: loadInputStates.bind(store),
    persistOpsLifecycle: persistOpsLifecycle.bind(store),
  };
  await Promise.race([fillSample({ ...tab.store(store), ...bound }), tab.gone]);
  expect((await store.loadRuntime(SAMPLE_RUNTIME_ID)).pendingInputs).toHaveLength(3);
  await makeSample(store);
  await runPendingInputs(store, SAMPLE_RUNTIME_ID, scriptedAgent());
  expect(await store.listBoundaryReceipts(SAMPLE_RUNTIME_ID)).toHaveLength(BOUNDARIES);
});
