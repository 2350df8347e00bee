import { openIndexedDbRuntimeStore } from "burrow-store/indexeddb";
import { everythingIn, furnish } from "../../src/conformance/whole-store.ts";
import type { BurrowStore } from "../../src/contract/index.ts";
import { identityOf } from "../../src/indexeddb/schema.ts";

/** All that a store shows, and how many rows each object store has: what was left behind shows in the latter alone. */
export interface Contents {
  readonly shown: object;
  readonly rows: Readonly<Record<string, number>>;
}

/** Marks of commits stay for a while after they were needed: their number tells nothing. */
const MARKS = "commits";

let databases = 0;
const newName = () => `n-th failure ${databases++}`;

/**
 * A database that can be furnished again and again: its rows are put back behind the store's back, which takes a tenth of
 * the time of a new one in Firefox.
 */
export class FurnishedDatabase {
  readonly name: string;
  readonly #rows: ReadonlyMap<string, readonly unknown[]>;
  readonly #database: IDBDatabase;

  private constructor(name: string, database: IDBDatabase, rows: ReadonlyMap<string, readonly unknown[]>) {
    this.name = name;
    this.#database = database;
    this.#rows = rows;
  }

  /** The first one; all others are copies of one, so that what is random in it is the same in all. */
  static async make(): Promise<FurnishedDatabase> {
    const name = newName();
    const store = await openIndexedDbRuntimeStore({ name });
    await furnish(store);
    await store.close();
    const database = await reopened(name);
    return new FurnishedDatabase(name, database, await rowsIn(database));
  }

  /** Another one; what it holds comes with `restore`. */
  async copy(): Promise<FurnishedDatabase> {
    const name = newName();
    await (await openIndexedDbRuntimeStore({ name })).close();
    return new FurnishedDatabase(name, await reopened(name), this.#rows);
  }

  /** Makes everything as it was when it was furnished first. */
  async restore(): Promise<void> {
    const transaction = this.#database.transaction([...this.#rows.keys()], "readwrite");
    for (const [table, rows] of this.#rows) {
      transaction.objectStore(table).clear();
      for (const row of rows) transaction.objectStore(table).put(row);
    }
    await completed(transaction);
  }

  async contents(store: BurrowStore): Promise<Contents> {
    const rows: Record<string, number> = {};
    for (const [table, { length }] of await rowsIn(this.#database)) if (table !== MARKS) rows[table] = length;
    return { shown: await everythingIn(store), rows };
  }

  async destroy(): Promise<void> {
    this.#database.close();
    await settled(indexedDB.deleteDatabase(this.name));
  }
}

/** A connection that goes behind the store's back. */
async function reopened(name: string): Promise<IDBDatabase> {
  const opening = indexedDB.open(name);
  await settled(opening);
  return opening.result;
}

async function rowsIn(database: IDBDatabase): Promise<ReadonlyMap<string, readonly unknown[]>> {
  const tables = [...database.objectStoreNames].filter((name) => name !== identityOf(database));
  const transaction = database.transaction(tables);
  const requests = tables.map(
    (table) => [table, transaction.objectStore(table).getAll() as IDBRequest<unknown[]>] as const,
  );
  await completed(transaction);
  return new Map(requests.map(([table, { result }]) => [table, result]));
}

function completed(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error("aborted"));
  });
}

function settled(request: IDBOpenDBRequest): Promise<void> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error ?? new Error("failed"));
  });
}
