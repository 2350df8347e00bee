export type { BurrowStore } from "./burrow-store.ts";
export type { RuntimeChange, RuntimeChangeKind, RuntimeChangeListener } from "./changes.ts";
export type { CorruptRow, Listed, ListOptions, OnCorrupt } from "./damaged-rows.ts";
export type {
  CommittedReceipt,
  DeleteRuntimeOptions,
  DumpedSession,
  LoadedRuntime,
  OnConflict,
  PendingInput,
  PruneInputsOptions,
  ReceiptFilter,
  RestoredRuntime,
  RestoreOptions,
  RuntimeCatalog,
  RuntimeDump,
  RuntimeHead,
  RuntimeSize,
} from "./runtime-catalog.ts";
export type { AcquireOptions, RuntimeLease } from "./runtime-lease.ts";
export type { AtomicApply, LifecycleCommit, RuntimeStore, SessionBoundary, SessionDelta } from "./runtime-store.ts";
export type { SessionFilter, SessionMeta, SessionStore } from "./session-store.ts";
export type { VerifyFinding, VerifyFindingCode, VerifyOptions, VerifyProgress } from "./verification.ts";
