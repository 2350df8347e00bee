import type { Body } from "./body.ts";

/** What a row may hold besides its key members: values that every engine keeps as they are. */
export type RowValue = string | number | boolean | undefined;
/** One stored row: the members of its key, named as in `TABLES`, and its values. */
export type Row = Readonly<Record<string, RowValue>>;
/** A key, or its first members as a prefix. Keys sort member by member, text by UTF-16 code units, as IndexedDB sorts them. */
export type Key = readonly (string | number)[];

/** Every table with the members of its key: the native schema's, and those that a browser needs besides. */
export const TABLES = {
  runtime_input_states: ["runtime_id", "input_id"],
  runtime_boundary_receipts: ["runtime_id", "run_id", "sequence"],
  runtime_states: ["runtime_id"],
  runtime_ops_lifecycle: ["runtime_id"],
  runtime_heads: ["runtime_id"],
  /** The receipts in the order of their revisions. */
  runtime_revisions: ["runtime_id", "revision"],
  runtime_operations: ["runtime_id", "operation_id"],
  sessions: ["session_id"],
} as const satisfies Record<string, readonly string[]>;

export type TableName = keyof typeof TABLES;

/** The name that stands for the bodies among the tables of a transaction. */
export const BODIES = "session_bodies";
/** The name that stands for what the engine has counted. */
export const TALLIES = "tallies";
export type Scope = readonly (TableName | typeof BODIES | typeof TALLIES)[];

/**
 * A small transactional store of ordered tables and of bodies (session snapshots), on which the one implementation of the
 * contract stands.
 */
export interface Engine {
  /** In blocks of which lengths it keeps bodies, the greatest first: see `cutBody`. */
  readonly blockSizes: readonly number[];
  /**
   * Runs `work` in one transaction over `scope`, and settles when the transaction has ended; never before, unless it is given
   * up at a deadline.
   * `work` awaits nothing but this transaction's own promises, and may be run again in a new transaction when the storage
   * lost the first one. When it throws, or a request fails, nothing is written.
   * @throws {RuntimeStoreError} what `work` threw, or the first failing request with its table, key and cause.
   */
  transact<T>(mode: "readonly" | "readwrite", scope: Scope, work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /** Ends the engine's hold on its storage, when no transaction is open. */
  close(): Promise<void>;
  /** Reaches the other stores of the same data; absent where there are none. */
  readonly channel?: Channel | undefined;
  /** Locks that all stores of the same data share; absent where the platform has none. */
  readonly locks?: Locks | undefined;
  /** Called when the store begins to close: nobody is to be asked anything any more. */
  stopAsking?(): void;
}

/** What an engine is to those that only run transactions. */
export type Transactions = Pick<Engine, "transact">;

/** Carries messages between the stores of the same data, in this realm and in others. What arrives may be anybody's. */
export interface Channel {
  post(message: unknown): void;
  /** Hears what the others post, until the engine is closed. */
  listen(listener: (message: unknown) => void): void;
}

/** Locks with one holder each, as the Web Locks API has them; they end with their realm. */
export interface Locks {
  /**
   * Waits for a lock, in the order of the calls.
   * @returns the lock, or `undefined` when another holds it and the mode is `refuse`.
   * @throws {unknown} the signal's reason; `unsupported` when the platform gives no locks here.
   */
  request(name: string, options: LockRequest): Promise<HeldLock | undefined>;
}

export interface LockRequest {
  readonly mode: "wait" | "refuse";
  /** Whether to take it from its holder at once. */
  readonly steal: boolean;
  readonly signal: AbortSignal;
}

export interface HeldLock {
  /** Resolves when another has stolen it. */
  readonly stolen: Promise<void>;
  /** Resolves when others can have it; releasing what was released or stolen is fine. */
  release(): Promise<void>;
}

/** How many rows there should be, and the sum of their checksums modulo 2^32, where it is known. */
export interface Tally {
  readonly rows: number;
  readonly sum: number | undefined;
}

export interface Transaction {
  get(table: TableName, key: Key): Promise<Row | undefined>;
  /** The rows whose keys begin with `prefix`, by ascending key; only those after the key `after`, at most `limit`. */
  list(table: TableName, range: { prefix: Key; after?: Key | undefined; limit?: number | undefined }): Promise<Row[]>;
  /** The greatest key that begins with `prefix`. */
  lastKey(table: TableName, prefix: Key): Promise<Key | undefined>;
  /** Adds a row; a second one under its key fails the transaction with `receipt_conflict`. */
  insert(table: TableName, row: Row): void;
  put(table: TableName, row: Row): void;
  /** Removes every row whose key begins with `prefix`; of a runtime one row, or all of them, its head first. */
  delete(table: TableName, prefix: Key): void;
  /**
   * The body that was written under an id and got this seal.
   * @throws {RuntimeStoreError} `corrupt_record` when what is stored is not that.
   */
  readBody(id: string, seal: number | undefined): Promise<Body | undefined>;
  /**
   * Writes a body, replacing what was there. Where it is certain which body that is (an empty one, if nothing), it is given as
   * `stored`, and of the blocks only those are written that it does not have.
   * @returns the seal that tells this body from any other under the id.
   */
  writeBody(id: string, body: Body, stored?: Body): Promise<number>;
  /** Deletes a body, of so many bytes as far as it is known. */
  deleteBody(id: string, length?: number): void;
  /** The ids of all bodies, ascending. */
  listBodies(): Promise<string[]>;
  /**
   * What the engine has counted of the rows of a runtime, or of the catalog of sessions if none is named; `undefined` where it
   * has no need to count, or has not counted from the beginning.
   * @throws {RuntimeStoreError} `corrupt_record` when what is stored is not what was counted.
   */
  tally(runtimeId?: string): Promise<Tally | undefined>;
}

/** The key of a row of a table; of a damaged one, what stands before the first member that no key holds. */
export function keyOf(table: TableName, row: Row): Key {
  const members = TABLES[table].map((name) => row[name]);
  const end = members.findIndex((member) => typeof member !== "string" && !isNumber(member));
  return (end < 0 ? members : members.slice(0, end)) as Key;
}

/** A row of the members of a key, or of its first ones, and nothing else: what is known of a row that cannot be read. */
export function rowOfKey(table: TableName, key: Key): Row {
  const names: readonly string[] = TABLES[table];
  return Object.fromEntries(names.slice(0, key.length).map((name, index) => [name, key[index]]));
}

const isNumber = (member: RowValue): boolean => typeof member === "number" && !Number.isNaN(member);

/** Member by member: numbers before text, text by UTF-16 code units, a prefix before what it begins. */
export function compareKeys(a: Key, b: Key): number {
  for (let index = 0; index < a.length && index < b.length; index++) {
    const left = a[index] as string | number;
    const right = b[index] as string | number;
    if (left === right) continue;
    if (typeof left !== typeof right) return typeof left === "number" ? -1 : 1;
    return left < right ? -1 : 1;
  }
  return a.length - b.length;
}
