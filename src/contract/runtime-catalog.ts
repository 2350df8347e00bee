import type { RunId, SessionId } from "../core/ids.ts";
import type { InputState, PersistedOpsSnapshot, RunBoundaryReceipt, RuntimeState } from "../records/index.ts";
import type { RuntimeChangeListener } from "./changes.ts";
import type { Listed, ListOptions, OnCorrupt } from "./damaged-rows.ts";
import type { VerifyFinding, VerifyOptions } from "./verification.ts";

/**
 * Where a runtime stands, without its conversation. The members after `revision` are absent until the first boundary;
 * those of the session are computed from the snapshot, never copied from a caller's receipt.
 */
export interface RuntimeHead {
  readonly runtime_id: string;
  /** How many `commitSessionBoundary` and `atomicApply` calls this runtime ever accepted; deleting it does not start anew. */
  readonly revision: number;
  readonly session_id?: SessionId | undefined;
  readonly conversation_digest?: string | undefined;
  readonly message_count?: number | undefined;
  /** Length of the stored snapshot. */
  readonly byte_length?: number | undefined;
  readonly run_id?: RunId | undefined;
  readonly sequence?: number | undefined;
  /** Milliseconds since the epoch. */
  readonly committed_at?: number | undefined;
}

/** A receipt as the store keeps it. */
export interface CommittedReceipt {
  readonly receipt: RunBoundaryReceipt;
  /** The runtime's revision that this boundary made. */
  readonly revision: number;
  /** Milliseconds since the epoch. */
  readonly committed_at: number;
  /** Whether the store made the receipt, so that its digest is the store's own word. */
  readonly minted: boolean;
  readonly operation_id?: string | undefined;
  /** Length of the snapshot that the boundary stored; absent where it stored none, and where it was not noted (up to schema 5). */
  readonly byte_length?: number | undefined;
}

/** An input that has not reached a terminal state, with the stored receipt that its stamp names, if there is one. */
export interface PendingInput {
  readonly state: InputState;
  readonly receipt?: RunBoundaryReceipt | undefined;
}

/** All that an agent needs to start or to recover, read in one transaction. */
export interface LoadedRuntime {
  /** What to pass as `expectedRevision`; 0 for a runtime that never committed. */
  readonly revision: number;
  readonly head: RuntimeHead | undefined;
  readonly runtimeState: RuntimeState | undefined;
  readonly sessionSnapshot: Uint8Array<ArrayBuffer> | undefined;
  /** By ascending `input_id`, which is the order in which this library's ids were made. */
  readonly pendingInputs: PendingInput[];
}

/** Everything stored for one runtime, as one transaction saw it: what `dumpRuntime` gives and `restoreRuntime` takes. */
export interface RuntimeDump {
  readonly runtime_id: string;
  readonly head: RuntimeHead;
  /** That of the runtime's last lease; absent until the first. */
  readonly lease_epoch?: number | undefined;
  readonly runtime_state?: RuntimeState | undefined;
  readonly ops_lifecycle?: PersistedOpsSnapshot | undefined;
  /** By ascending `input_id`. */
  readonly input_states: readonly InputState[];
  /** By ascending revision. */
  readonly receipts: readonly CommittedReceipt[];
  readonly session_snapshot?: Uint8Array<ArrayBuffer> | undefined;
  /** Of the catalog, by session id: those that the runtime was the last to write, and that of its head if it was saved by hand since. */
  readonly sessions: readonly DumpedSession[];
}

/** A session of the catalog in the dump of a runtime. */
export interface DumpedSession {
  readonly session_id: SessionId;
  /** Whether the runtime was the last to write it; one that was saved by hand belongs to nobody. */
  readonly owned: boolean;
  /** Absent where the catalog has the runtime's own `session_snapshot`. */
  readonly snapshot?: Uint8Array<ArrayBuffer> | undefined;
}

/** What to do where something else is stored than what is to be restored. */
export type OnConflict = "refuse" | "skip" | "replace";

/** How to restore a runtime. */
export interface RestoreOptions {
  /** `refuse` (if left out) rejects with `import_conflict`, `skip` leaves what is there, `replace` puts the dump in its place. */
  readonly onConflict?: OnConflict | undefined;
  /** Whether only to tell what would become of it; not, if left out. */
  readonly dryRun?: boolean | undefined;
}

/** What became of a runtime that was to be restored. */
export interface RestoredRuntime {
  readonly runtime_id: string;
  /** `unchanged`: all of it was there already; `skipped`: something else was. */
  readonly outcome: "restored" | "replaced" | "unchanged" | "skipped";
  /** Where the runtime stands now; after a dry run, where it would. */
  readonly revision: number;
}

/** Which receipts to list: those of one run, those after a revision, at most so many. */
export interface ReceiptFilter<C extends OnCorrupt | undefined = "throw"> extends ListOptions<C> {
  readonly runId?: string | undefined;
  readonly afterRevision?: number | undefined;
  /** Counts the sound ones. */
  readonly limit?: number | undefined;
}

/** How much room the rows and the snapshot of a runtime take, as far as can be told without reading the snapshot. */
export interface RuntimeSize {
  readonly runtime_id: string;
  /** Length of the snapshot that the head names; 0 where there is none, or the head is damaged. */
  readonly snapshot_bytes: number;
  /** How many rows are stored under the runtime's id, sessions in the catalog not among them. */
  readonly rows: number;
  /** The UTF-8 bytes of those rows as JSON: an approximation, for every browser stores them in a way of its own. */
  readonly row_bytes: number;
}

/** What to delete with a runtime. */
export interface DeleteRuntimeOptions {
  /** Whether the sessions go that the runtime was the last to write; not, if left out. */
  readonly withSessions?: boolean | undefined;
}

/** Which terminal inputs to remove: those last updated before a time. */
export interface PruneInputsOptions {
  /** Milliseconds since the epoch. */
  readonly before: number;
}

/** What the native store lacks and a browser needs: to look around, to recover and to clean up. */
export interface RuntimeCatalog {
  /** Where a runtime stands: the way to start and to recover. */
  loadRuntime(runtimeId: string): Promise<LoadedRuntime>;
  loadRuntimeHead(runtimeId: string): Promise<RuntimeHead | undefined>;
  /** The heads of all runtimes, by runtime id. */
  listRuntimes<C extends OnCorrupt | undefined = "throw">(options?: ListOptions<C>): Promise<Listed<RuntimeHead, C>[]>;
  /**
   * What each runtime occupies, by runtime id; whatever is stored under an id is counted, damaged or not. A deleted runtime
   * occupies the row that keeps its revision.
   */
  measureRuntimes(): Promise<RuntimeSize[]>;
  /**
   * By ascending revision, from the first after `afterRevision`. Damaged receipts of the run, or of the runtime, count as
   * being after any revision; with a `limit` and no `runId`, only those are damage that were met before it was reached.
   */
  listBoundaryReceipts<C extends OnCorrupt | undefined = "throw">(
    runtimeId: string,
    filter?: ReceiptFilter<C>,
  ): Promise<Listed<CommittedReceipt, C>[]>;
  /** By ascending `input_id`. */
  listInputStates<C extends OnCorrupt | undefined = "throw">(
    runtimeId: string,
    options?: ListOptions<C>,
  ): Promise<Listed<InputState, C>[]>;
  /** What became of a commit whose answer was lost: the receipt stored under its `operationId`, or `undefined`. */
  findBoundaryReceipt(runtimeId: string, operationId: string): Promise<CommittedReceipt | undefined>;
  /**
   * Removes all that is stored for a runtime, all or nothing, but for its revision, which never restarts. Its session stays
   * in the catalog unless `withSessions` is set: then every session goes that this runtime was the last to write, also when
   * the runtime itself was deleted before. A session that `SessionStore.save` wrote since is its caller's own, and stays.
   *
   * It is the one way to be rid of a damaged or lost head; the revision then goes on from the greatest that is known.
   */
  deleteRuntime(runtimeId: string, options?: DeleteRuntimeOptions): Promise<void>;
  /**
   * Removes the input states that are terminal and were last updated before a time (milliseconds since the epoch); damaged
   * ones stay.
   * @returns how many went.
   */
  pruneInputs(runtimeId: string, options: PruneInputsOptions): Promise<number>;
  /** Everything stored for a runtime, or `undefined` when there is nothing. */
  dumpRuntime(runtimeId: string): Promise<RuntimeDump | undefined>;
  /**
   * Stores what `dumpRuntime` gave, in this store or another, all or nothing: every record, receipt and byte as it was, with its
   * revision and time. What is there already is not written again, so that restoring twice is restoring once.
   *
   * Where the runtime, or one of the dump's sessions, is here with other content, `onConflict` says what is to be done. So it
   * does for a runtime that was deleted here at a greater revision than the dump's. Other sessions of the catalog are left alone.
   * Revisions never go back: `replace` raises those of the dump, all by the same number, where the runtime has been as far.
   * The runtime's lease epoch stays as it is here, if it has one. `replace` also is a way to be rid of damage.
   * @throws {RuntimeStoreError} `import_conflict`, with the `row` that differs and the `head`; `invalid_input` or
   * `invalid_snapshot` for a dump that contradicts itself; or a failure of the database.
   */
  restoreRuntime(dump: RuntimeDump, options?: RestoreOptions): Promise<RestoredRuntime>;
  /**
   * Reads and hashes again all that is stored for a runtime, for its last snapshot, and for the sessions that it was the
   * last to write; repairs nothing. Rows are as one transaction saw them, each snapshot with its rows as another did; no
   * other call waits for it but `close`. Bad data never makes it fail: what is wrong is a finding.
   *
   * First come findings on rows (heads, receipts, revisions, operations, input states, runtime state, ops snapshot,
   * sessions; by key), then those of recomputing snapshots, then stored snapshots that belong to nobody, which are the same
   * for every runtime. A runtime that nobody wrote to has none of its own.
   * @throws {RuntimeStoreError} `invalid_input`, or a failure of the database; and the `signal`'s reason, whatever it is.
   */
  verifyRuntime(runtimeId: string, options?: VerifyOptions): Promise<VerifyFinding[]>;
  /**
   * Calls the listener after each change of a runtime that this store has stored, or another one of the same database, in any
   * tab or worker of the origin: at most once each, those of one store in the order in which they took effect. It is a hint,
   * never the only way to learn anything: a tab that dies, or an answer that gets lost, tells nobody.
   * @returns what ends it; `close` ends it too.
   * @throws {RuntimeStoreError} at once: `invalid_input` when it is no function, `database_closed` on a closed store.
   */
  subscribe(listener: RuntimeChangeListener): () => void;
}
