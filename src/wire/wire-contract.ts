/**
 * A store as a host in WebAssembly binds it: one object, whose methods need no `this`. Arguments stand in the order of the
 * native trait (meerkat-runtime v0.5.2 store/mod.rs), and what the native trait lacks stands behind them.
 *
 * - **Ids** are text; **enums** are their bare names, as `run_start` or `idle`.
 * - **Records** are JSON text in the native runtime's own form; **lists** are arrays of such texts.
 * - **Snapshots** are bytes, captured before the call returns: a view of memory that grows or is written to right afterwards
 *   is fine. Bytes that are given back are the caller's own.
 * - **`u64`** may be given as bigint or number; it is given back as bigint, and as digits inside JSON text.
 * - **Absence** is `null`; in an argument `undefined` too.
 *
 * Each call keeps the promises of the store's method of that name. It rejects and never throws, always with a
 * `RuntimeStoreError`: an `Error` whose `kind`, `code` and `detail` are text, and whose `toJSON` tells all that is known.
 * Besides the codes of that method, a record among the arguments that is no JSON is `invalid_input`, with its `path` and a
 * `byteOffset`, and a stored one that JSON text cannot hold (it has a Date in it, say) is `unsupported`, with the `path`.
 */
export interface WireStore {
  /**
   * Stores the snapshot, the receipt that it mints for it, and the stamped input states, all or nothing.
   * @returns the receipt as it is stored.
   */
  commitSessionBoundary(
    runtimeId: string,
    sessionSnapshot: Uint8Array,
    runId: string,
    boundary: string,
    contributingInputIds: readonly string[],
    inputUpdates: readonly string[],
    operationId?: string | null,
    expectedRevision?: bigint | number | null,
  ): Promise<string>;
  /** Stores the caller's receipt, the snapshot if one is given, and the input states as they are, all or nothing. */
  atomicApply(
    runtimeId: string,
    sessionSnapshot: Uint8Array | null | undefined,
    receipt: string,
    inputUpdates: readonly string[],
    sessionStoreKey?: string | null,
    expectedRevision?: bigint | number | null,
  ): Promise<void>;
  /** All input states of a runtime, by ascending `input_id`. */
  loadInputStates(runtimeId: string): Promise<string[]>;
  loadBoundaryReceipt(runtimeId: string, runId: string, sequence: bigint | number): Promise<string | null>;
  loadSessionSnapshot(runtimeId: string): Promise<Uint8Array<ArrayBuffer> | null>;
  persistInputState(runtimeId: string, state: string): Promise<void>;
  loadInputState(runtimeId: string, inputId: string): Promise<string | null>;
  persistRuntimeState(runtimeId: string, state: string): Promise<void>;
  loadRuntimeState(runtimeId: string): Promise<string | null>;
  /** Stores the runtime state and upserts the input states, all or nothing, stamping none. */
  atomicLifecycleCommit(runtimeId: string, runtimeState: string, inputStates: readonly string[]): Promise<void>;
  persistOpsLifecycle(runtimeId: string, snapshot: string): Promise<void>;
  loadOpsLifecycle(runtimeId: string): Promise<string | null>;

  /** Where a runtime stands, read in one transaction: the way to start and to recover. */
  loadRuntime(runtimeId: string): Promise<WireRuntime>;
  /** What became of a commit whose answer was lost. */
  findBoundaryReceipt(runtimeId: string, operationId: string): Promise<WireReceipt | null>;
  /** The `RuntimeHead` of each runtime, by runtime id. */
  listRuntimes(): Promise<string[]>;

  /** Stores a session in the catalog, under the id inside it. */
  saveSession(snapshot: Uint8Array): Promise<void>;
  /** A session of the catalog, in the native runtime's canonical form. */
  loadSession(id: string): Promise<Uint8Array<ArrayBuffer> | null>;
  /** The `SessionMeta` of each, by descending `updated_at`, then ascending id; both times in milliseconds, and inclusive. */
  listSessions(
    createdAfter?: bigint | number | null,
    updatedAfter?: bigint | number | null,
    limit?: bigint | number | null,
    offset?: bigint | number | null,
  ): Promise<string[]>;
  deleteSession(id: string): Promise<void>;
  sessionExists(id: string): Promise<boolean>;
}

/** What `loadRuntime` gives: all that an agent needs to start or to recover. */
export interface WireRuntime {
  /** What to pass as `expectedRevision`; 0 for a runtime that never committed. */
  readonly revision: bigint;
  /** A `RuntimeHead`. */
  readonly head: string | null;
  readonly runtimeState: string | null;
  readonly sessionSnapshot: Uint8Array<ArrayBuffer> | null;
  /** The inputs that are not terminal, by ascending `input_id`. */
  readonly pendingInputs: readonly WirePendingInput[];
}

/** An input that is not terminal, with the receipt that its stamp names, if that is stored. */
export interface WirePendingInput {
  readonly state: string;
  readonly receipt: string | null;
}

/** What `findBoundaryReceipt` gives: a `CommittedReceipt`. */
export interface WireReceipt {
  readonly receipt: string;
  /** The runtime's revision that this boundary made. */
  readonly revision: bigint;
  /** Milliseconds since the epoch. */
  readonly committedAt: bigint;
  /** Whether the store made the receipt. */
  readonly minted: boolean;
  /** Length of the snapshot that the boundary stored; `null` where it stored none. */
  readonly byteLength: bigint | null;
}
