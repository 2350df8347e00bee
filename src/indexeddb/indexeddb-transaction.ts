import type { IDBPTransaction } from "idb";
import { awaitedLater } from "../core/awaited-later.ts";
import { isRuntimeStoreError, type RowReference, RuntimeStoreError } from "../core/errors.ts";
import {
  BODIES,
  type Body,
  type Key,
  keyOf,
  type Row,
  rowOfKey,
  type Scope,
  type TableName,
  TALLIES,
  type Tally,
  type Transaction,
} from "../engine/index.ts";
import { corruptRow } from "../store/rows.ts";
import { type BlockRow, bodyOf, LONGEST_IN_LOG, sealOf } from "./body-blocks.ts";
import { fromBrowserError } from "./browser-errors.ts";
import type { CommitMark } from "./commit-marks.ts";
import type { Task } from "./run-transaction.ts";
import { RowTallies } from "./row-tallies.ts";
import { COMMITS } from "./schema.ts";
import { keyOfStored, storedForm, storedRange } from "./stored-keys.ts";
import { ownerOf, rowOfTally, tallyIn } from "./tally-rows.ts";
import type { UnreadableRows } from "./unreadable-rows.ts";

/** One that may write; the browser itself refuses the writes of a readonly one. */
type NativeTransaction = IDBPTransaction<unknown, string[], "readwrite">;

/** `getAll` throws a TypeError for a count beyond an unsigned 32-bit integer. */
const GREATEST_COUNT = 0xffffffff;

/** The largest row that is sure to stay in LevelDB's log, as it is measured here, in bytes. */
const LARGEST_ROW = 50_000;

/** So much of a body is handed to the browser before other tasks have their turn: it is copied at 330 MB/s and more (measured). */
const BYTES_IN_ONE_GO = 2 * 1024 * 1024;

/** About how many bytes a row takes, by its texts; browsers keep one with a letter beyond Latin-1 in UTF-16. */
function sizeOf(row: Row): number {
  const texts = Object.values(row).filter((value) => typeof value === "string");
  const bytes = texts.map((text) => text.length * (/[^\0-\xff]/.test(text) ? 2 : 1));
  return bytes.reduce((sum, length) => sum + length, 0);
}

/** What a transaction writes last, besides its mark. */
interface Ending {
  /** How many transactions have written to the database, this one among them. */
  readonly count: number;
  readonly tallies: readonly (readonly [owner: string, tally: Tally])[];
}

/** The engine's transaction over one of IndexedDB. */
export class IndexedDbTransaction implements Transaction {
  readonly #native: NativeTransaction;
  readonly #unreadable: UnreadableRows;
  readonly #asked: IDBTransactionDurability;
  /** The first request that failed. The transaction itself cannot tell: its `error` is null at the `error` event, in all engines. */
  failure: RuntimeStoreError | undefined;
  /** What is counted, if this is to be committed with a mark. */
  readonly #tallies: RowTallies | undefined;
  readonly #counting: Promise<number> | undefined;
  /** Whether anything was asked to be written. */
  hasWritten = false;
  /** The rows of `runtime_heads` that were put: how far their runtimes have come, once this has completed. */
  readonly writtenHeads: Row[] = [];
  /** How many transactions have written to the database, this one among them, once it was told to commit. */
  count: number | undefined;
  /** Whether something was refused of which a transaction of this durability may lose a part. */
  needsStrict = false;
  /** About how many bytes were written that were not synced, and how many may be. */
  bytes = 0;
  readonly #room: number;

  constructor(
    native: NativeTransaction,
    {
      unreadable,
      durability,
      mark,
      leastCount = 0,
      room = Infinity,
    }: Pick<Task<unknown>, "unreadable" | "durability" | "mark" | "leastCount" | "room">,
  ) {
    this.#native = native;
    this.#unreadable = unreadable;
    this.#asked = durability;
    this.#room = room;
    if (!mark) return;
    this.#tallies = new RowTallies({
      get: (table, key) => this.#getRow(table, key),
      hasRows: async (table) => (await this.lastKey(table, [])) !== undefined,
      tally: (owner) => this.#tally(owner),
    });
    this.#counting = awaitedLater(this.countCommits().then((count) => Math.max(count, leastCount)));
  }

  /** As the browser has granted it; `undefined` where it knows none. */
  get durability(): IDBTransactionDurability | undefined {
    return this.#native.durability;
  }

  async get(table: TableName, key: Key): Promise<Row | undefined> {
    this.#tallies?.expect(table, key);
    const row = await this.#getRow(table, key);
    this.#tallies?.see(table, key, row);
    return row;
  }

  async #getRow(table: TableName, key: Key): Promise<Row | undefined> {
    const store = this.#native.objectStore(table);
    if (!this.#unreadable.has(table, key)) {
      return this.#read(table, key, () => store.get(storedForm(key)) as Promise<Row | undefined>);
    }
    const isThere = (await this.#request({ table, key }, () => store.getKey(storedForm(key)))) !== undefined;
    return isThere ? rowOfKey(table, key) : undefined; // which no checksum fits
  }

  async list(table: TableName, range: Parameters<Transaction["list"]>[1]): Promise<Row[]> {
    const rows = await this.#listRows(table, range);
    if (this.#tallies) {
      for (const row of rows as (Row | null)[]) if (row) this.#tallies.see(table, keyOf(table, row), row);
    }
    return rows;
  }

  async #listRows(table: TableName, { prefix, after, limit }: Parameters<Transaction["list"]>[1]): Promise<Row[]> {
    if (limit === 0) return []; // IndexedDB takes 0 for "all"
    const count = limit !== undefined && limit > GREATEST_COUNT ? undefined : limit;
    const range = storedRange(table, prefix, after);
    const store = this.#native.objectStore(table);
    if (!this.#unreadable.has(table, prefix)) {
      return this.#read(table, prefix, () => store.getAll(range, count) as Promise<Row[]>);
    }
    const keys = await this.#request({ table, key: prefix }, () => store.getAllKeys(range, count));
    const rows = await Promise.all(keys.map((key) => this.#getRow(table, keyOfStored(key))));
    return rows.filter((row) => row !== undefined);
  }

  async lastKey(table: TableName, prefix: Key): Promise<Key | undefined> {
    const cursor = await this.#request({ table, key: prefix }, () =>
      this.#native.objectStore(table).openKeyCursor(storedRange(table, prefix), "prev"),
    );
    return cursor ? keyOfStored(cursor.primaryKey) : undefined;
  }

  insert(table: TableName, row: Row): void {
    const key = keyOf(table, row);
    this.#takeRow(row);
    this.#tallies?.insert(table, key, row);
    this.#write({ table, key }, () => this.#native.objectStore(table).add(row));
  }

  put(table: TableName, row: Row): void {
    const key = keyOf(table, row);
    this.#takeRow(row);
    if (table === "runtime_heads") this.writtenHeads.push(row);
    this.#tallies?.put(table, key, row);
    this.#write({ table, key }, () => this.#native.objectStore(table).put(row));
  }

  delete(table: TableName, prefix: Key): void {
    this.#tallies?.delete(table, prefix);
    this.#write({ table, key: prefix }, () => this.#native.objectStore(table).delete(storedRange(table, prefix)));
  }

  async readBody(id: string, seal: number | undefined): Promise<Body | undefined> {
    const range = storedRange(BODIES, [id]);
    const rows = await this.#read(
      BODIES,
      [id],
      () => this.#native.objectStore(BODIES).getAll(range) as Promise<BlockRow[]>,
    );
    return rows.length === 0 ? undefined : bodyOf(id, rows, seal);
  }

  async writeBody(id: string, { blocks }: Body, stored?: Body): Promise<number> {
    const known = stored?.blocks ?? [];
    const changed = blocks.flatMap((block, number) => (block === known[number] ? [] : [{ block, number }]));
    for (const { block } of changed) this.#takeUpTo(LONGEST_IN_LOG, block.bytes.length);
    for (const [number, block] of known.entries()) {
      if (block !== blocks[number]) this.#takeUpTo(LONGEST_IN_LOG, block.bytes.length, 0);
    }
    if (!stored) this.deleteBody(id);
    else if (known.length > blocks.length) this.#deleteBlocks([id], [id, blocks.length - 1]);
    const store = this.#native.objectStore(BODIES);
    let bytes = 0;
    for (const { block, number } of changed) {
      const row: BlockRow = { body_id: id, block: number, bytes: block.bytes, checksum: block.checksum };
      const at = { table: BODIES, key: [id, number] };
      bytes += row.bytes.length;
      if (bytes < BYTES_IN_ONE_GO) {
        this.#write(at, () => store.put(row));
      } else {
        await this.#request(at, () => store.put(row));
        bytes = 0;
      }
    }
    return sealOf(blocks);
  }

  deleteBody(id: string, length = Infinity): void {
    this.#takeUpTo(LONGEST_IN_LOG, length, 0); // no block is longer than its body
    this.#deleteBlocks([id]);
  }

  #deleteBlocks(prefix: Key, after?: Key): void {
    const range = storedRange(BODIES, prefix, after);
    this.#write({ table: BODIES, key: prefix }, () => this.#native.objectStore(BODIES).delete(range));
  }

  async listBodies(): Promise<string[]> {
    const keys = await this.#request(
      { table: BODIES, key: [] },
      () => this.#native.objectStore(BODIES).getAllKeys() as Promise<unknown> as Promise<[string, number][]>,
    );
    return [...new Set(keys.map(([id]) => id))];
  }

  async tally(runtimeId?: string): Promise<Tally | undefined> {
    const owner = ownerOf(runtimeId);
    const tally = await this.#tally(owner);
    if (tally === "damaged") throw corruptRow(TALLIES, [owner], "is not what was written");
    return tally;
  }

  async #tally(owner: string): Promise<Tally | "damaged" | undefined> {
    if (this.#unreadable.has(TALLIES, [owner])) return "damaged";
    const row = await this.#read(
      TALLIES,
      [owner],
      () => this.#native.objectStore(TALLIES).get(owner) as Promise<unknown>,
    );
    return tallyIn(owner, row);
  }

  /** How many transactions have written to the database until now; 0 where nobody has counted. */
  async countCommits(): Promise<number> {
    const numbers = IDBKeyRange.bound(0, Number.MAX_SAFE_INTEGER);
    const last = await this.#request({ table: COMMITS, key: [] }, () =>
      this.#native.objectStore(COMMITS).openKeyCursor(numbers, "prev"),
    );
    return Number(last?.primaryKey ?? 0);
  }

  /** What is to be written last, once the work is done. */
  async ending(): Promise<Ending> {
    const [count = 0, tallies = []] = await Promise.all([this.#counting, this.#tallies?.settled()]);
    return { count: count + 1, tallies };
  }

  /** Writes the mark, the count and the tallies, last of all, and tells the browser that no request follows. */
  commit({ commit_id, forgotten }: CommitMark, { count, tallies }: Ending): void {
    const row = { table: COMMITS, key: [commit_id] };
    this.count = count;
    for (const [owner, tally] of tallies) {
      const at = { table: TALLIES, key: [owner] };
      const isNothing = tally.rows === 0 && tally.sum === 0 && owner !== ownerOf(undefined);
      this.#write(at, () => {
        const store = this.#native.objectStore(TALLIES);
        return isNothing ? store.delete(owner) : store.put(rowOfTally(owner, tally));
      });
    }
    for (const key of forgotten) this.#write(row, () => this.#native.objectStore(COMMITS).delete(key));
    this.#write(row, () => this.#native.objectStore(COMMITS).put({ commit_id }));
    this.#write(row, () => this.#native.objectStore(COMMITS).delete(count - 1));
    this.#write(row, () => this.#native.objectStore(COMMITS).put({ commit_id: count }));
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

  #takeRow(row: Row): void {
    if (this.#asked !== "strict") this.#takeUpTo(LARGEST_ROW, sizeOf(row));
  }

  /**
   * Takes account of a value that is to be written or, with `written` 0, to be removed, if the transaction is not strict.
   * @throws {RuntimeStoreError} when it takes a strict one to write or remove a value beyond `most` bytes, or to write so many in
   * all: a file of its own is gone soon after the record that tells so, which may not be on the disk by then.
   */
  #takeUpTo(most: number, bytes: number, written = bytes): void {
    if (this.#asked === "strict") return;
    this.bytes += written;
    if (bytes <= most && this.bytes <= this.#room) return;
    this.needsStrict = true;
    throw new RuntimeStoreError("unsupported", "so many bytes take strict durability");
  }

  async #read<T>(table: Scope[number], key: Key, request: () => Promise<T>): Promise<T> {
    try {
      return await this.#request({ table, key }, request);
    } catch (error) {
      if (isRuntimeStoreError(error) && error.code === "corrupt_record") this.#unreadable.note(table, key);
      throw error;
    }
  }

  async #request<T>(row: RowReference, request: () => Promise<T>): Promise<T> {
    try {
      return await request();
    } catch (cause) {
      throw this.#note(row, cause);
    }
  }

  #write(row: RowReference, request: () => Promise<unknown>): void {
    this.hasWritten = true;
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
