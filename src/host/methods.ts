import type {
  AcquireOptions,
  AtomicApply,
  DeleteRuntimeOptions,
  LifecycleCommit,
  ListOptions,
  OnCorrupt,
  PruneInputsOptions,
  ReceiptFilter,
  RuntimeLease,
  SessionBoundary,
  SessionDelta,
  SessionFilter,
  SessionStore,
  VerifyOptions,
} from "../contract/index.ts";

/** What each end has of its own: `close` ends another thing here than there, and the rest needs no answer. */
type OwnOfEachEnd = "sessions" | "close" | "subscribe" | "runtimeId" | "epoch" | "signal";

/** A method of a store, or of a lease, that is asked for over a port. */
export type MethodName = Exclude<keyof RuntimeLease, symbol | OwnOfEachEnd> | `sessions.${keyof SessionStore}`;

/**
 * How an argument, or a member of one, crosses a port: as a copy, a list of copies, bytes, a function that is called back, an
 * `AbortSignal`, or an object of which these members are read.
 */
export type Kind = "value" | "values" | "bytes" | "listener" | "signal" | Members;
export interface Members {
  readonly [member: string]: Kind;
}

/** What the two ends know of a method. */
export interface Method {
  /** Whether something may be written although no answer came. */
  readonly writes: boolean;
  /** Its arguments by name, in their order. */
  readonly takes: Members;
}

/** All members of an argument, so that one which is added to the contract is missed here. */
type MembersOf<T> = { readonly [Member in keyof T]-?: Kind };

const delta: MembersOf<SessionDelta> = { sessionSnapshot: "bytes" };

const boundary: MembersOf<SessionBoundary> = {
  sessionDelta: delta,
  runId: "value",
  boundary: "value",
  contributingInputIds: "values",
  inputUpdates: "values",
  operationId: "value",
  expectedRevision: "value",
};

const apply: MembersOf<AtomicApply> = {
  sessionDelta: delta,
  receipt: "value",
  inputUpdates: "values",
  sessionStoreKey: "value",
  expectedRevision: "value",
};

const commit: MembersOf<LifecycleCommit> = { runtimeState: "value", inputStates: "values" };
const listOptions: MembersOf<ListOptions<OnCorrupt>> = { onCorrupt: "value" };
const receiptFilter: MembersOf<ReceiptFilter<OnCorrupt>> = {
  ...listOptions,
  runId: "value",
  afterRevision: "value",
  limit: "value",
};
const sessionFilter: MembersOf<SessionFilter<OnCorrupt>> = {
  ...listOptions,
  createdAfter: "value",
  updatedAfter: "value",
  limit: "value",
  offset: "value",
};
const deleteOptions: MembersOf<DeleteRuntimeOptions> = { withSessions: "value" };
const pruneOptions: MembersOf<PruneInputsOptions> = { before: "value" };
const verifyOptions: MembersOf<VerifyOptions> = { onProgress: "listener", signal: "signal" };
const acquireOptions: MembersOf<AcquireOptions> = { mode: "value", steal: "value", signal: "signal" };

const reads = (takes: Members): Method => ({ writes: false, takes });
const writes = (takes: Members): Method => ({ writes: true, takes });

const runtimeId = "value";

/** The one list of what can be asked for. */
export const METHODS: Readonly<Record<MethodName, Method>> = {
  commitSessionBoundary: writes({ runtimeId, boundary }),
  atomicApply: writes({ runtimeId, apply }),
  loadInputStates: reads({ runtimeId }),
  loadBoundaryReceipt: reads({ runtimeId, runId: "value", sequence: "value" }),
  loadSessionSnapshot: reads({ runtimeId }),
  persistInputState: writes({ runtimeId, state: "value" }),
  loadInputState: reads({ runtimeId, inputId: "value" }),
  persistRuntimeState: writes({ runtimeId, state: "value" }),
  loadRuntimeState: reads({ runtimeId }),
  atomicLifecycleCommit: writes({ runtimeId, commit }),
  persistOpsLifecycle: writes({ runtimeId, snapshot: "value" }),
  loadOpsLifecycle: reads({ runtimeId }),
  loadRuntime: reads({ runtimeId }),
  loadRuntimeHead: reads({ runtimeId }),
  listRuntimes: reads({ options: listOptions }),
  measureRuntimes: reads({}),
  listBoundaryReceipts: reads({ runtimeId, filter: receiptFilter }),
  listInputStates: reads({ runtimeId, options: listOptions }),
  findBoundaryReceipt: reads({ runtimeId, operationId: "value" }),
  deleteRuntime: writes({ runtimeId, options: deleteOptions }),
  pruneInputs: writes({ runtimeId, options: pruneOptions }),
  dumpRuntime: reads({ runtimeId }),
  verifyRuntime: reads({ runtimeId, options: verifyOptions }),
  // What it writes is gone with the lease.
  acquireRuntime: reads({ runtimeId, options: acquireOptions }),
  release: reads({}),
  "sessions.save": writes({ snapshot: "bytes" }),
  "sessions.load": reads({ id: "value" }),
  "sessions.list": reads({ filter: sessionFilter }),
  "sessions.delete": writes({ id: "value" }),
  "sessions.exists": reads({ id: "value" }),
};
