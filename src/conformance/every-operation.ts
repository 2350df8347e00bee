import type { BurrowStore } from "../contract/index.ts";
import {
  apply,
  boundary,
  dumpOf,
  inputId,
  inputState,
  opsSnapshot,
  receipt,
  runId,
  sessionId,
  snapshot,
} from "./samples.ts";

type StoreCall = (store: BurrowStore) => Promise<unknown>;

/** Every operation that is about one runtime, with sound arguments besides the runtime's id. */
export const runtimeOperations = (runtimeId: string): Readonly<Record<string, StoreCall>> => ({
  commitSessionBoundary: (store) => store.commitSessionBoundary(runtimeId, boundary()),
  atomicApply: (store) => store.atomicApply(runtimeId, apply({ receipt: receipt({ run_id: runId(2) }) })),
  loadInputStates: (store) => store.loadInputStates(runtimeId),
  loadBoundaryReceipt: (store) => store.loadBoundaryReceipt(runtimeId, runId(1), 0),
  loadSessionSnapshot: (store) => store.loadSessionSnapshot(runtimeId),
  persistInputState: (store) => store.persistInputState(runtimeId, inputState(1)),
  loadInputState: (store) => store.loadInputState(runtimeId, inputId(1)),
  persistRuntimeState: (store) => store.persistRuntimeState(runtimeId, "idle"),
  loadRuntimeState: (store) => store.loadRuntimeState(runtimeId),
  atomicLifecycleCommit: (store) => store.atomicLifecycleCommit(runtimeId, { runtimeState: "idle", inputStates: [] }),
  persistOpsLifecycle: (store) => store.persistOpsLifecycle(runtimeId, opsSnapshot(1)),
  loadOpsLifecycle: (store) => store.loadOpsLifecycle(runtimeId),
  loadRuntime: (store) => store.loadRuntime(runtimeId),
  loadRuntimeHead: (store) => store.loadRuntimeHead(runtimeId),
  listBoundaryReceipts: (store) => store.listBoundaryReceipts(runtimeId),
  listInputStates: (store) => store.listInputStates(runtimeId),
  findBoundaryReceipt: (store) => store.findBoundaryReceipt(runtimeId, "operation 1"),
  deleteRuntime: (store) => store.deleteRuntime(runtimeId),
  pruneInputs: (store) => store.pruneInputs(runtimeId, { before: 0 }),
  dumpRuntime: (store) => store.dumpRuntime(runtimeId),
  restoreRuntime: (store) => store.restoreRuntime(dumpOf(runtimeId), { onConflict: "skip" }),
  verifyRuntime: (store) => store.verifyRuntime(runtimeId),
});

/** Every operation of a store but `close`, with sound arguments. */
export const everyOperation: Readonly<Record<string, StoreCall>> = {
  ...runtimeOperations("r"),
  listRuntimes: (store) => store.listRuntimes(),
  measureRuntimes: (store) => store.measureRuntimes(),
  "sessions.save": (store) => store.sessions.save(snapshot(sessionId(1))),
  "sessions.load": (store) => store.sessions.load(sessionId(1)),
  "sessions.list": (store) => store.sessions.list(),
  "sessions.delete": (store) => store.sessions.delete(sessionId(1)),
  "sessions.exists": (store) => store.sessions.exists(sessionId(1)),
};
