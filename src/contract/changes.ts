/**
 * What kind of call changed a runtime: `boundary` is `commitSessionBoundary` and `atomicApply`; `inputs` is `persistInputState`
 * and `pruneInputs`; `lifecycle` is `persistRuntimeState`, `atomicLifecycleCommit` and `persistOpsLifecycle`; `deleted` is
 * `deleteRuntime`; `imported` is a runtime restored from an archive.
 */
export type RuntimeChangeKind = "boundary" | "inputs" | "lifecycle" | "deleted" | "imported";

/** A hint that something was stored: what it was, the store tells when it is asked. */
export interface RuntimeChange {
  readonly runtimeId: string;
  readonly kind: RuntimeChangeKind;
  /** The runtime's revision when the change was stored; another one may have been stored since. */
  readonly revision: number;
  /** Whether it was stored through this store or one of its leases, or through another store, be it of another tab. */
  readonly origin: "here" | "elsewhere";
}

/** Hears of changes. What it throws is reported as an uncaught error where the platform can, and harms nobody. */
export type RuntimeChangeListener = (change: RuntimeChange) => void;
