import type { RuntimeChange } from "../../src/index.ts";
import type { Report } from "../crash/crash-events.ts";
import type { WorkerEvent } from "./do-jobs.ts";

/** The operation of a tab's turn, counted from 0: what a killed tab had no time to tell of is known by its name. */
export const operationOf = (name: string, turn: number): string => `${name}: ${turn}`;

/** What a tab, or a worker, is to do. */
export type TabJob =
  /** A database, under a name of its own by which its operations are known; what it had open before it leaves. */
  | { readonly job: "open"; readonly database: string; readonly name: string }
  /** Turn after turn, each an operation of its own, until they are all acknowledged or one cannot be. */
  | ({ readonly job: "commit" } & Commits)
  /** Until it is held, or refused. From then on the tab commits through the lease. */
  | { readonly job: "acquire"; readonly mode?: "wait" | "refuse"; readonly steal?: boolean }
  /** Again and again, by every way there is to see how far the runtime is. */
  | { readonly job: "read"; readonly times: number }
  /** Works without a pause and without any call, so that its process can be told from the others. */
  | { readonly job: "count"; readonly milliseconds: number }
  /** Starts a worker, or ends it. */
  | { readonly job: "employ" | "dismiss"; readonly script: string }
  /** Tells all that is stored. */
  | { readonly job: "report" };

export interface Commits {
  readonly times: number;
  /** Whether to name the revision that was last seen; a turn that is refused for it is tried again. */
  readonly expectsRevision?: boolean;
  /** For how many milliseconds to think before each, as an agent does; in a hidden tab it is a second at least. */
  readonly pause?: number;
}

/** When a call was made and when it had ended, in milliseconds of the machine's one clock, rounded down. */
export interface Timed {
  readonly started: number;
  readonly ended: number;
}

/** One call of `commitSessionBoundary`, and how it ended. */
export interface Attempt extends Timed {
  readonly event: "attempt";
  readonly operation_id: string;
  /** Of the conversation that was to be stored, computed by the tab. */
  readonly digest: string;
  readonly expected?: number | undefined;
  /** Of the lease that it was made through, if it was. */
  readonly epoch?: number | undefined;
  /** The receipt's sequence: the commit was acknowledged. */
  readonly sequence?: number;
  /** It was refused. */
  readonly code?: string;
  /** The revision of the head that a refusal told. */
  readonly head?: number | undefined;
}

/** How `acquireRuntime` ended: with the lease's epoch, or refused. */
export interface Acquired extends Timed {
  readonly event: "acquired";
  readonly epoch?: number;
  readonly code?: string;
}

/** A lease's signal was aborted. */
export interface LeaseLost {
  readonly event: "lease lost";
  readonly epoch: number;
  readonly at: number;
  /** Of the signal's reason. */
  readonly code: string;
}

/** A change that the store told of. */
export interface Heard {
  readonly event: "heard";
  readonly at: number;
  readonly change: RuntimeChange;
}

/** What `loadRuntime` gave: the head's own figures, and the digest of the snapshot beside it, computed by the tab. */
export interface Loaded extends Timed {
  readonly event: "loaded";
  readonly revision: number;
  readonly head?:
    | { readonly revision: number; readonly sequence?: number | undefined; readonly digest?: string | undefined }
    | undefined;
  readonly snapshot?: string | undefined;
}

/** What `loadSessionSnapshot` gave: its digest. */
export interface LoadedSnapshot extends Timed {
  readonly event: "loaded snapshot";
  readonly digest?: string | undefined;
}

/** What `listBoundaryReceipts` gave from after a revision. */
export interface Listed extends Timed {
  readonly event: "listed";
  readonly after: number;
  readonly receipts: readonly SeenReceipt[];
}

export interface SeenReceipt {
  readonly revision: number;
  readonly sequence: number;
  readonly operation_id?: string | undefined;
  readonly digest?: string | undefined;
}

/** Whatever a tab says. */
export type TabEvent = WorkerEvent | Attempt | Acquired | LeaseLost | Heard | Loaded | LoadedSnapshot | Listed | Report;
