import { RuntimeStoreError } from "../core/errors.ts";
import type { Body, Engine, Row, Scope, TableName, Transaction } from "../engine/index.ts";
import { BODIES, keyOf, TALLIES } from "../engine/index.ts";
import { MemoryLocks } from "./memory-locks.ts";
import { SortedRows } from "./sorted-rows.ts";

/** A block that a change touches is copied. */
const BLOCK_BYTES = 64 * 1024;

/**
 * An engine that keeps everything in this realm's memory, for tests, previews and agents that need no tomorrow.
 * Transactions run one after the other; each writes to a draft that replaces the tables when it ends.
 */
export class MemoryEngine implements Engine {
  readonly blockSizes = [BLOCK_BYTES];
  readonly locks = new MemoryLocks();
  #tables = new Map<TableName, SortedRows>();
  #bodies = new Map<string, Body>();
  #last: Promise<unknown> = Promise.resolve();

  transact<T>(
    mode: "readonly" | "readwrite",
    scope: Scope,
    work: (transaction: Transaction) => Promise<T>,
  ): Promise<T> {
    const result = this.#last.then(async () => {
      const draft = new MemoryTransaction(mode, scope, this.#tables, this.#bodies);
      const value = await draft.run(work);
      if (mode === "readwrite") {
        this.#tables = new Map([...this.#tables, ...draft.tables]);
        this.#bodies = draft.bodies;
      }
      return value;
    });
    this.#last = result.catch(() => undefined);
    return result;
  }

  async close(): Promise<void> {
    await this.#last;
  }
}

class MemoryTransaction implements Transaction {
  readonly tables = new Map<TableName, SortedRows>();
  readonly bodies: Map<string, Body>;
  readonly #mode: "readonly" | "readwrite";
  readonly #scope: Scope;
  #pending = 0;
  #failure: RuntimeStoreError | undefined;
  #idle: ReturnType<typeof setTimeout> | undefined;

  constructor(
    mode: "readonly" | "readwrite",
    scope: Scope,
    tables: ReadonlyMap<TableName, SortedRows>,
    bodies: Map<string, Body>,
  ) {
    this.#mode = mode;
    this.#scope = scope;
    for (const name of scope) {
      if (name === BODIES || name === TALLIES) continue;
      const rows = tables.get(name) ?? new SortedRows();
      this.tables.set(name, mode === "readonly" ? rows : rows.copy());
    }
    this.bodies = mode === "readonly" ? bodies : new Map(bodies);
  }

  async run<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    try {
      this.#watchForIdleness();
      const value = await work(this);
      if (this.#failure) throw this.#failure;
      return value;
    } finally {
      clearTimeout(this.#idle);
      this.#failure ??= lifetimeError();
    }
  }

  get(table: TableName, key: readonly (string | number)[]): Promise<Row | undefined> {
    return this.#answer(() => this.#table(table).get(key));
  }

  list(table: TableName, range: Parameters<Transaction["list"]>[1]): Promise<Row[]> {
    return this.#answer(() => this.#table(table).list(range));
  }

  lastKey(table: TableName, prefix: readonly (string | number)[]): Promise<readonly (string | number)[] | undefined> {
    return this.#answer(() => this.#table(table).lastKey(prefix));
  }

  insert(table: TableName, row: Row): void {
    this.#write(table);
    const key = keyOf(table, row);
    if (this.#table(table).get(key)) {
      this.#failure ??= new RuntimeStoreError("receipt_conflict", "this row is stored already", {
        row: { table, key },
      });
    } else {
      this.#table(table).put(key, row);
    }
  }

  put(table: TableName, row: Row): void {
    this.#write(table);
    this.#table(table).put(keyOf(table, row), row);
  }

  delete(table: TableName, prefix: readonly (string | number)[]): void {
    this.#write(table);
    this.#table(table).delete(prefix);
  }

  readBody(id: string): Promise<Body | undefined> {
    this.#assertInScope(BODIES);
    return this.#answer(() => this.bodies.get(id));
  }

  /** The seal says nothing: memory does no damage. */
  writeBody(id: string, body: Body): Promise<number> {
    this.#write(BODIES);
    this.bodies.set(id, body);
    return Promise.resolve(0);
  }

  deleteBody(id: string): void {
    this.#write(BODIES);
    this.bodies.delete(id);
  }

  listBodies(): Promise<string[]> {
    this.#assertInScope(BODIES);
    return this.#answer(() => [...this.bodies.keys()].sort());
  }

  /** Memory loses nothing. */
  tally(): Promise<undefined> {
    return this.#answer(() => undefined);
  }

  #table(name: TableName): SortedRows {
    this.#assertInScope(name);
    return this.tables.get(name) as SortedRows;
  }

  #write(name: TableName | typeof BODIES): void {
    if (this.#failure) throw this.#failure;
    if (this.#mode === "readonly") throw new RuntimeStoreError("unsupported", "a readonly transaction cannot write");
    this.#assertInScope(name);
  }

  #assertInScope(name: TableName | typeof BODIES): void {
    if (!this.#scope.includes(name)) {
      throw new RuntimeStoreError("unsupported", `${name} is not among the tables of this transaction`);
    }
  }

  async #answer<T>(read: () => T): Promise<T> {
    if (this.#failure) throw this.#failure;
    const value = read();
    this.#pending++;
    await Promise.resolve();
    this.#pending--;
    this.#watchForIdleness();
    return value;
  }

  /** IndexedDB ends a transaction that has nothing to do when control returns to the event loop; so does this one. */
  #watchForIdleness(): void {
    if (this.#pending > 0) return;
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => {
      if (this.#pending === 0) this.#failure ??= lifetimeError();
    });
  }
}

const lifetimeError = (): RuntimeStoreError =>
  new RuntimeStoreError("unsupported", "the transaction ended before this request: something else was awaited in it");
