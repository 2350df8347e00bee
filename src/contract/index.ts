export type { BurrowStore } from "./burrow-store.ts";
export type {
  CommittedReceipt,
  DeleteRuntimeOptions,
  ListInputStatesOptions,
  LoadedRuntime,
  PendingInput,
  PruneInputsOptions,
  ReceiptFilter,
  RuntimeCatalog,
  RuntimeDump,
  RuntimeHead,
} from "./runtime-catalog.ts";
export type { AtomicApply, LifecycleCommit, RuntimeStore, SessionBoundary, SessionDelta } from "./runtime-store.ts";
export type { SessionFilter, SessionMeta, SessionStore } from "./session-store.ts";
