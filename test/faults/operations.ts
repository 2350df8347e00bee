import { everyOperation, runtimeOperations } from "../../src/conformance/every-operation.ts";
import {
  boundary,
  conversation,
  delta,
  dumpOf,
  eventInputState,
  inputId,
  inputState,
  opsSnapshot,
  runId,
  sessionId,
} from "../../src/conformance/samples.ts";
import { FURNISHED } from "../../src/conformance/whole-store.ts";
import type { BurrowStore } from "../../src/contract/index.ts";
import { HAS_LEASES } from "../conformance/harnesses.ts";

type StoreCall = (store: BurrowStore) => Promise<unknown>;

/** A boundary commit with all that it can have: an operation, a contributor, input states, and a snapshot with this text. */
export const fullCommit =
  (text: string): StoreCall =>
  (store) =>
    store.commitSessionBoundary(
      FURNISHED,
      boundary({
        sessionDelta: delta(conversation(sessionId(1), "hello", text)),
        contributingInputIds: [inputId(1), inputId(2)],
        inputUpdates: [inputState(1, { current_state: "consumed" }), eventInputState(4, { big: 2n })],
        operationId: "operation 2",
        expectedRevision: 2,
      }),
    );

async function acquireAndRelease(store: BurrowStore): Promise<number> {
  const lease = await store.acquireRuntime(FURNISHED);
  await lease.release();
  return lease.epoch;
}

/** Every operation of a store, with arguments by which each finds or changes something in a furnished store. */
export const OPERATIONS: Readonly<Record<string, StoreCall>> = {
  ...everyOperation,
  ...runtimeOperations(FURNISHED),
  commitSessionBoundary: fullCommit("how are you?"),
  atomicLifecycleCommit: (store) =>
    store.atomicLifecycleCommit(FURNISHED, { runtimeState: "idle", inputStates: [inputState(5), inputState(6)] }),
  persistOpsLifecycle: (store) => store.persistOpsLifecycle(FURNISHED, opsSnapshot(2)),
  findBoundaryReceipt: (store) => store.findBoundaryReceipt(FURNISHED, "operation 1"),
  loadBoundaryReceipt: (store) => store.loadBoundaryReceipt(FURNISHED, runId(1), 0n),
  deleteRuntime: (store) => store.deleteRuntime(FURNISHED, { withSessions: true }),
  pruneInputs: (store) => store.pruneInputs(FURNISHED, { before: Date.parse("2100-01-01T00:00:00Z") }),
  restoreRuntime: (store) => store.restoreRuntime(dumpOf(FURNISHED), { onConflict: "replace" }),
  ...(HAS_LEASES ? { acquireRuntime: acquireAndRelease } : {}),
};
