/** The native runtime's four error variants (meerkat-runtime v0.5.2 store/mod.rs `RuntimeStoreError`). */
export type RuntimeStoreErrorKind = "write_failed" | "read_failed" | "not_found" | "internal";

const MESSAGE_PREFIX: Readonly<Record<RuntimeStoreErrorKind, string>> = {
  write_failed: "Store write failed: ",
  read_failed: "Store read failed: ",
  not_found: "Not found: ",
  internal: "Internal error: ",
};

/**
 * What a caller can do about an error, and the native kind that it counts as.
 * What the native store answers while opening its file, or while it parses what it was given, is `write_failed`, reads included.
 */
const KIND_OF_CODE = {
  invalid_input: "write_failed",
  invalid_snapshot: "write_failed",
  invalid_archive: "write_failed",
  receipt_conflict: "write_failed",
  session_key_mismatch: "write_failed",
  revision_conflict: "write_failed",
  operation_conflict: "write_failed",
  import_conflict: "write_failed",
  lease_held: "write_failed",
  lease_lost: "write_failed",
  quota_exceeded: "write_failed",
  disk_full: "write_failed",
  database_unavailable: "write_failed",
  database_blocked: "write_failed",
  database_closed: "write_failed",
  database_wiped: "read_failed",
  database_rolled_back: "read_failed",
  corrupt_record: "read_failed",
  schema_from_the_future: "write_failed",
  outcome_unknown: "write_failed",
  timed_out: "internal",
  unsupported: "internal",
} as const satisfies Record<string, RuntimeStoreErrorKind>;

/** The stable name of a failure; adding one is a minor change, changing one a major. */
export type RuntimeStoreErrorCode = keyof typeof KIND_OF_CODE;

/** Names the stored row that an error is about: its table and its key, as they stand in the browser's storage inspector. */
export interface RowReference {
  readonly table: string;
  readonly key: readonly (string | number)[];
}

/** What an error tells of a runtime's head: a `RuntimeHead`, of which these members are always there. */
export interface ErrorHead {
  readonly runtime_id: string;
  readonly revision: number;
}

/** What an error tells of a stored receipt: a `RunBoundaryReceipt`, of which these members are always there. */
export interface ErrorReceipt {
  readonly run_id: string;
  readonly sequence: number;
  readonly message_count: number;
}

/** How far a runtime had come. */
export interface RuntimeStanding {
  readonly runtime_id: string;
  readonly revision: number;
  /** Of its conversation then; absent before the first snapshot, and once the runtime was deleted. */
  readonly conversation_digest?: string | undefined;
}

/** A runtime that the database knows less of than was acknowledged. */
export interface LostStanding {
  readonly acknowledged: RuntimeStanding;
  /** What the database has of it; `undefined`: nothing. */
  readonly stored: RuntimeStanding | undefined;
}

/** What is known to be gone from a database. There may be more: inputs, states and saved sessions are counted, not named. */
export interface DataLoss {
  /** Whether the database is gone (or was made anew under its name), or is itself, as it was at an earlier time. */
  readonly code: "database_wiped" | "database_rolled_back";
  /** The database's name. */
  readonly database: string;
  /** By runtime id. */
  readonly runtimes: readonly LostStanding[];
  /** How many transactions had written to the database, as far as that was noted, and of how many it knows. */
  readonly writes?: { readonly acknowledged: number; readonly stored: number } | undefined;
  /** What the browser itself said of the loss, where it did (Chromium's `dataLossMessage`). */
  readonly reported?: string | undefined;
}

/** The facts that an error carries besides its code; each is present only where it applies. */
export interface RuntimeStoreErrorFacts {
  /** The browser's own error, or the error that this one explains. */
  readonly cause?: unknown;
  /** The runtime's current head, with `revision_conflict`. */
  readonly head?: ErrorHead | undefined;
  /** The receipt already stored, with `operation_conflict` and `receipt_conflict`. */
  readonly receipt?: ErrorReceipt | undefined;
  readonly row?: RowReference | undefined;
  /** Path of the bad member inside what the caller gave, such as `inputUpdates[0].policy.version`. */
  readonly path?: string | undefined;
  /** Offset of the first byte of a snapshot that could not be read. */
  readonly byteOffset?: number | undefined;
  /** Bytes used and granted, as the browser estimates them. */
  readonly storage?: { readonly usage?: number | undefined; readonly quota?: number | undefined } | undefined;
  /** What is known to be gone, with `database_wiped` and `database_rolled_back`. */
  readonly loss?: DataLoss | undefined;
}

const FACT_NAMES = ["head", "receipt", "row", "path", "byteOffset", "storage", "loss"] as const;

/** The form in which an error crosses a worker or WebAssembly boundary, where a structured clone would lose its name, kind and code. */
export interface RuntimeStoreErrorJson extends Omit<RuntimeStoreErrorFacts, "cause"> {
  readonly name: "RuntimeStoreError";
  readonly kind: RuntimeStoreErrorKind;
  readonly code: RuntimeStoreErrorCode;
  readonly message: string;
  readonly detail: string;
  readonly cause?: { readonly name: string; readonly message: string };
}

const BRAND = Symbol.for("burrow-store.RuntimeStoreError");

/** The one error that every operation of a store rejects with: `code` says what the caller can do, `kind` is the native variant. */
export class RuntimeStoreError extends Error {
  override readonly name = "RuntimeStoreError";
  readonly kind: RuntimeStoreErrorKind;
  readonly code: RuntimeStoreErrorCode;
  /** The message without the native prefix. */
  readonly detail: string;
  declare readonly head?: ErrorHead;
  declare readonly receipt?: ErrorReceipt;
  declare readonly row?: RowReference;
  declare readonly path?: string;
  declare readonly byteOffset?: number;
  declare readonly storage?: NonNullable<RuntimeStoreErrorFacts["storage"]>;
  declare readonly loss?: DataLoss;

  constructor(code: RuntimeStoreErrorCode, detail: string, facts: RuntimeStoreErrorFacts = {}) {
    // A newer version may have sent a code that this one does not know, through `fromJSON`.
    const kind = (KIND_OF_CODE as Partial<Record<string, RuntimeStoreErrorKind>>)[code] ?? "internal";
    super(MESSAGE_PREFIX[kind] + detail, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.kind = kind;
    this.code = code;
    this.detail = detail;
    for (const name of FACT_NAMES) {
      if (facts[name] !== undefined) Object.defineProperty(this, name, { value: facts[name], enumerable: true });
    }
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** The same error as plain data; `fromJSON` makes an error of it again, with the name and message of its cause. */
  toJSON(): RuntimeStoreErrorJson {
    const facts: Record<string, unknown> = {};
    for (const name of FACT_NAMES) if (this[name] !== undefined) facts[name] = this[name];
    const { cause } = this;
    return {
      name: this.name,
      kind: this.kind,
      code: this.code,
      message: this.message,
      detail: this.detail,
      ...facts,
      ...(cause === undefined ? {} : { cause: describeCause(cause) }),
    };
  }

  /** The error that `toJSON` was called on, with its cause as a plain `Error` of the same name and message. */
  static fromJSON(json: RuntimeStoreErrorJson): RuntimeStoreError {
    const cause = json.cause && Object.assign(new Error(json.cause.message), { name: json.cause.name });
    return new RuntimeStoreError(json.code, json.detail, { ...json, cause });
  }
}

/** Tells a store's error from any other, also one from another realm or from a second copy of this package. */
export function isRuntimeStoreError(value: unknown): value is RuntimeStoreError {
  return typeof value === "object" && value !== null && (value as { [BRAND]?: unknown })[BRAND] === true;
}

function describeCause(cause: unknown): { name: string; message: string } {
  if (typeof cause === "object" && cause !== null && "message" in cause) {
    const { name, message } = cause as { name?: unknown; message: unknown };
    return { name: typeof name === "string" ? name : "Error", message: String(message) };
  }
  return { name: "Error", message: String(cause) };
}
