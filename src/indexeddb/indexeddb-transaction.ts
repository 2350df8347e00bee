import type { IDBPTransaction } from "idb";
import { type RuntimeStoreError, type RowReference } from "../core/errors.ts";
import { BODIES, type Key, keyOf, type Row, type TableName, type Transaction } from "../engine/index.ts";
import { type BlockRow, blocksOf, joinBlocks, sealOf } from "./body-blocks.ts";
import { fromBrowserError } from "./browser-errors.ts";
import type { CommitMark } from "./commit-marks.ts";
import { COMMITS } from "./schema.ts";
import { keyOfStored, storedForm, storedRange } from "./stored-keys.ts";

/** One that may write; the browser itself refuses the writes of a readonly one. */
type NativeTransaction = IDBPTransaction<unknown, string[], "readwrite">;

/** `getAll` throws a TypeError for a count beyond an unsigned 32-bit integer. */
const GREATEST_COUNT = 0xffffffff;

/** The engine's transaction over one of IndexedDB. */
export class IndexedDbTransaction implements Transaction {
  readonly #native: NativeTransaction;
  /** The first request that failed. The transaction itself cannot tell: its `error` is null at the `error` event, in all engines. */
  failure: RuntimeStoreError | undefined;

  constructor(native: NativeTransaction) {
    this.#native = native;
  }

  get(table: TableName, key: Key): Promise<Row | undefined> {
    return this.#request(
      { table, key },
      () => this.#native.objectStore(table).get(storedForm(key)) as Promise<Row | undefined>,
    );
  }

  list(table: TableName, { prefix, after, limit }: Parameters<Transaction["list"]>[1]): Promise<Row[]> {
    if (limit === 0) return Promise.resolve([]); // IndexedDB takes 0 for "all"
    const count = limit !== undefined && limit > GREATEST_COUNT ? undefined : limit;
    const range = storedRange(table, prefix, after);
    return this.#request(
      { table, key: prefix },
      () => this.#native.objectStore(table).getAll(range, count) as Promise<Row[]>,
    );
  }

  async lastKey(table: TableName, prefix: Key): Promise<Key | undefined> {
    const cursor = await this.#request({ table, key: prefix }, () =>
      this.#native.objectStore(table).openKeyCursor(storedRange(table, prefix), "prev"),
    );
    return cursor ? keyOfStored(cursor.primaryKey) : undefined;
  }

  insert(table: TableName, row: Row): void {
    this.#write({ table, key: keyOf(table, row) }, () => this.#native.objectStore(table).add(row));
  }

  put(table: TableName, row: Row): void {
    this.#write({ table, key: keyOf(table, row) }, () => this.#native.objectStore(table).put(row));
  }

  delete(table: TableName, prefix: Key): void {
    this.#write({ table, key: prefix }, () => this.#native.objectStore(table).delete(storedRange(table, prefix)));
  }

  async readBody(id: string, seal: number | undefined): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const rows = await this.#request(
      { table: BODIES, key: [id] },
      () => this.#native.objectStore(BODIES).getAll(storedRange(BODIES, [id])) as Promise<BlockRow[]>,
    );
    return rows.length === 0 ? undefined : joinBlocks(id, rows, seal);
  }

  writeBody(id: string, bytes: Uint8Array<ArrayBuffer>): number {
    const blocks = blocksOf(id, bytes);
    this.deleteBody(id);
    for (const block of blocks) {
      this.#write({ table: BODIES, key: [id, block.block] }, () => this.#native.objectStore(BODIES).add(block));
    }
    return sealOf(blocks);
  }

  deleteBody(id: string): void {
    this.#write({ table: BODIES, key: [id] }, () => this.#native.objectStore(BODIES).delete(storedRange(BODIES, [id])));
  }

  async listBodies(): Promise<string[]> {
    const keys = await this.#request(
      { table: BODIES, key: [] },
      () => this.#native.objectStore(BODIES).getAllKeys() as Promise<unknown> as Promise<[string, number][]>,
    );
    return [...new Set(keys.map(([id]) => id))];
  }

  /** Writes the mark, last of all, and tells the browser that no request follows. */
  commit({ commit_id, forgotten }: CommitMark): void {
    const row = { table: COMMITS, key: [commit_id] };
    for (const key of forgotten) this.#write(row, () => this.#native.objectStore(COMMITS).delete(key));
    this.#write(row, () => this.#native.objectStore(COMMITS).put({ commit_id }));
    try {
      this.#native.commit(); // strict commits end in 1.9 instead of 2.7 ms (measured in Chromium 156)
    } catch {
      // It has ended already: its own event says how.
    }
  }

  async hasMark(commitId: string): Promise<boolean> {
    const row = { table: COMMITS, key: [commitId] };
    return (await this.#request(row, () => this.#native.objectStore(COMMITS).getKey(commitId))) !== undefined;
  }

  async #request<T>(row: RowReference, request: () => Promise<T>): Promise<T> {
    try {
      return await request();
    } catch (cause) {
      throw this.#note(row, cause);
    }
  }

  #write(row: RowReference, request: () => Promise<unknown>): void {
    try {
      request().catch((cause: unknown) => this.#note(row, cause));
    } catch (cause) {
      throw this.#note(row, cause);
    }
  }

  #note(row: RowReference, cause: unknown): RuntimeStoreError {
    const failure = fromBrowserError(cause, `a request on ${row.table} failed`, { row });
    // Requests behind the first failing one end with AbortError: they say nothing.
    if ((cause as { name?: string } | null)?.name !== "AbortError") this.failure ??= failure;
    return failure;
  }
}
