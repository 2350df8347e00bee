import { expectEqual, expectRejection } from "../expectation.ts";
import { law } from "../make-law.ts";
import { boundary, fullInputState, inputState, opsSnapshot, wrong } from "../samples.ts";
import { expectNothingWritten } from "../whole-store.ts";

const RUNTIME_STATES = [
  "initializing",
  "idle",
  "attached",
  "running",
  "recovering",
  "retired",
  "stopped",
  "destroyed",
] as const;

export const lifecycleLaws = [
  law("Every runtime state is stored, and no transition is forbidden", async (store) => {
    for (const state of [...RUNTIME_STATES, ...[...RUNTIME_STATES].reverse()]) {
      await store.persistRuntimeState("r", state);
      expectEqual(await store.loadRuntimeState("r"), state, "the persisted state");
    }
    for (const runtimeState of RUNTIME_STATES) {
      await store.atomicLifecycleCommit("r", { runtimeState, inputStates: [] });
      expectEqual(await store.loadRuntimeState("r"), runtimeState, "the committed state");
    }
  }),

  law("Runtimes keep their states apart", async (store) => {
    await store.persistRuntimeState("r", "running");
    await store.persistRuntimeState("s", "retired");
    expectEqual(
      [await store.loadRuntimeState("r"), await store.loadRuntimeState("s")],
      ["running", "retired"],
      "the states",
    );
  }),

  law("A lifecycle commit stores the runtime state and the input states together", async (store) => {
    await store.atomicLifecycleCommit("r", { runtimeState: "stopped", inputStates: [inputState(2), inputState(1)] });
    expectEqual(await store.loadRuntimeState("r"), "stopped", "the runtime state");
    expectEqual(await store.loadInputStates("r"), [inputState(1), inputState(2)], "the input states");
  }),

  law("A lifecycle commit leaves the inputs that it does not list as they are", async (store) => {
    await store.persistInputState("r", fullInputState(1));
    await store.persistInputState("r", inputState(2));
    const queued = inputState(2, { current_state: "queued" });
    await store.atomicLifecycleCommit("r", { runtimeState: "idle", inputStates: [queued] });
    expectEqual(await store.loadInputStates("r"), [fullInputState(1), queued], "the input states");
  }),

  law("A lifecycle commit stamps nothing and touches neither snapshot nor receipts", async (store) => {
    await store.commitSessionBoundary("r", boundary());
    const [snapshot, receipts] = [await store.loadSessionSnapshot("r"), await store.listBoundaryReceipts("r")];
    await store.atomicLifecycleCommit("r", { runtimeState: "idle", inputStates: [inputState(1), fullInputState(2)] });
    expectEqual(await store.loadInputStates("r"), [inputState(1), fullInputState(2)], "the input states");
    expectEqual(await store.loadSessionSnapshot("r"), snapshot, "the snapshot");
    expectEqual(await store.listBoundaryReceipts("r"), receipts, "the receipts");
  }),

  law("Of two states of one input in a lifecycle commit the last is stored", async (store) => {
    const last = inputState(1, { current_state: "staged" });
    await store.atomicLifecycleCommit("r", { runtimeState: "idle", inputStates: [inputState(1), last] });
    expectEqual(await store.loadInputStates("r"), [last], "the input states");
  }),

  law("A lifecycle commit that one bad state spoils leaves every table as it was", async (store) => {
    await store.atomicLifecycleCommit("r", { runtimeState: "idle", inputStates: [inputState(1)] });
    const inputStates = [inputState(1, { current_state: "queued" }), inputState(2, { attempt_count: wrong("many") })];
    await expectNothingWritten(store, () =>
      expectRejection(
        () => store.atomicLifecycleCommit("r", { runtimeState: "stopped", inputStates }),
        "invalid_input",
        {
          path: "inputStates[1].attempt_count",
        },
      ),
    );
  }),

  law("An ops snapshot is stored whole and found again", async (store) => {
    expectEqual(await store.loadOpsLifecycle("r"), undefined, "the snapshot before");
    await store.persistOpsLifecycle("r", opsSnapshot(1));
    expectEqual(await store.loadOpsLifecycle("r"), opsSnapshot(1), "the snapshot");
    await store.persistOpsLifecycle("r", opsSnapshot(2));
    await store.persistOpsLifecycle("s", opsSnapshot(3));
    expectEqual(await store.loadOpsLifecycle("r"), opsSnapshot(2), "the later snapshot");
    expectEqual(await store.loadOpsLifecycle("s"), opsSnapshot(3), "the other runtime's snapshot");
  }),

  law("An ops snapshot that was loaded can be stored again unchanged", async (store) => {
    const absent = opsSnapshot(1);
    const spare = {
      ...absent,
      authority_state: { ...absent.authority_state, max_concurrent: null, wait_request_id: null, operations: {} },
      operation_specs: {},
      completion_entries: [],
    };
    await store.persistOpsLifecycle("r", wrong(spare));
    const loaded = await store.loadOpsLifecycle("r");
    if (loaded !== undefined) await store.persistOpsLifecycle("s", loaded);
    expectEqual(await store.loadOpsLifecycle("s"), loaded, "the snapshot");
    expectEqual(loaded?.cursors, absent.cursors, "the cursors");
  }),
];
