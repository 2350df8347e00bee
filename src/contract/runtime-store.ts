import type {
  InputState,
  PersistedOpsSnapshot,
  RunApplyBoundary,
  RunBoundaryReceipt,
  RuntimeState,
} from "../records/index.ts";

/** What a boundary changes in the conversation: the whole session as UTF-8 JSON bytes, which are stored as they are given. */
export interface SessionDelta {
  readonly sessionSnapshot: Uint8Array;
}

/** One run boundary, of which the store itself makes the receipt. */
export interface SessionBoundary {
  readonly sessionDelta: SessionDelta;
  readonly runId: string;
  readonly boundary: RunApplyBoundary;
  /** The inputs that took part, in the order in which the receipt is to list them; not checked against anything. */
  readonly contributingInputIds: readonly string[];
  /** Input states to store; each is stamped with the receipt's run and sequence, whether or not it is a contributor. */
  readonly inputUpdates: readonly InputState[];
  /** Makes a repeated call return the first receipt; an input's own id is a good one, for it survives the tab. */
  readonly operationId?: string | undefined;
  /** The revision that the caller last saw, 0 for a runtime that never committed; any other is refused. */
  readonly expectedRevision?: number | bigint | undefined;
}

/** One run boundary whose receipt the caller brings: nothing in it is computed, checked or stamped. */
export interface AtomicApply {
  readonly sessionDelta?: SessionDelta | undefined;
  readonly receipt: RunBoundaryReceipt;
  readonly inputUpdates: readonly InputState[];
  /** Where given with a delta, the id of the session inside the snapshot. */
  readonly sessionStoreKey?: string | undefined;
  readonly expectedRevision?: number | bigint | undefined;
}

/** A runtime's state and input states, stored together; input states that are not listed stay as they are. */
export interface LifecycleCommit {
  readonly runtimeState: RuntimeState;
  readonly inputStates: readonly InputState[];
}

/**
 * The durable memory of an agent runtime, in the native runtime's twelve operations (meerkat-runtime v0.5.2 store/mod.rs).
 *
 * Every call rejects with a `RuntimeStoreError` and never throws. A rejected call has changed nothing; a resolved one is
 * durable. Nothing given or returned is aliased. Per runtime, calls take effect in the order in which they were made.
 */
export interface RuntimeStore {
  /**
   * Stores the snapshot, the receipt that it mints for it, and the stamped input states, all or nothing.
   * @returns the receipt exactly as stored: its sequence is 1 + the run's greatest, or 0.
   * @throws {RuntimeStoreError} `invalid_snapshot`, `invalid_input`, `operation_conflict`, `revision_conflict`, or a failure of the database.
   */
  commitSessionBoundary(runtimeId: string, boundary: SessionBoundary): Promise<RunBoundaryReceipt>;
  /**
   * Stores the caller's receipt, the snapshot if one is given, and the input states as they are, all or nothing.
   * @throws {RuntimeStoreError} `receipt_conflict` when (runtime, run, sequence) is taken, `session_key_mismatch`, and as `commitSessionBoundary`.
   */
  atomicApply(runtimeId: string, apply: AtomicApply): Promise<void>;
  /** All input states of a runtime, by ascending `input_id`; empty for a runtime that nobody wrote to. */
  loadInputStates(runtimeId: string): Promise<InputState[]>;
  loadBoundaryReceipt(
    runtimeId: string,
    runId: string,
    sequence: number | bigint,
  ): Promise<RunBoundaryReceipt | undefined>;
  /** The very bytes of the last accepted snapshot, in an array of the caller's own. */
  loadSessionSnapshot(runtimeId: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Stores one input state under its `input_id`, replacing what was there. */
  persistInputState(runtimeId: string, state: InputState): Promise<void>;
  loadInputState(runtimeId: string, inputId: string): Promise<InputState | undefined>;
  /** Stores any of the eight runtime states; no transition is forbidden. */
  persistRuntimeState(runtimeId: string, state: RuntimeState): Promise<void>;
  loadRuntimeState(runtimeId: string): Promise<RuntimeState | undefined>;
  /** Stores the runtime state and upserts the given input states, all or nothing, stamping none. */
  atomicLifecycleCommit(runtimeId: string, commit: LifecycleCommit): Promise<void>;
  persistOpsLifecycle(runtimeId: string, snapshot: PersistedOpsSnapshot): Promise<void>;
  loadOpsLifecycle(runtimeId: string): Promise<PersistedOpsSnapshot | undefined>;
}
