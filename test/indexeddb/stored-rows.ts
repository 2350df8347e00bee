import { openDB } from "idb";
import { checksum, type Row, type TableName, type Transaction } from "../../src/engine/index.ts";
import { storedForm } from "../../src/indexeddb/stored-keys.ts";
import { putRow } from "../../src/store/rows.ts";

/** The database that the tests of damage open as a store, and edit behind its back. */
export const NAME = "damage";

type StoredRow = Record<string, unknown>;
type StoredKey = readonly (string | number)[];

async function inDatabase<T>(work: (database: Awaited<ReturnType<typeof openDB>>) => Promise<T>): Promise<T> {
  const database = await openDB(NAME);
  try {
    return await work(database);
  } finally {
    database.close();
  }
}

/** One stored row as it is. */
export const stored = (table: string, key: StoredKey) =>
  inDatabase(async (database) => (await database.get(table, storedForm(key))) as StoredRow);

/** Changes one stored row, and leaves its checksum as it is. */
export const change = (table: string, key: StoredKey, edit: (row: StoredRow) => object) =>
  inDatabase(async (database) => {
    await database.put(table, edit((await database.get(table, storedForm(key))) as StoredRow));
  });

/** Stores a row with a checksum that fits, as a write of another time would have. */
export const forge = (table: TableName, row: object) =>
  inDatabase(async (database) => {
    const puts: Promise<unknown>[] = [];
    const transaction = { put: (_: TableName, sealed: Row) => puts.push(database.put(table, sealed)) };
    putRow(transaction as unknown as Transaction, table, row as Row);
    await Promise.all(puts);
  });

export const put = (table: string, row: object) => inDatabase((database) => database.put(table, row));

export const remove = (table: string, key: StoredKey) =>
  inDatabase((database) => database.delete(table, storedForm(key)));

/** All that is stored, as one text: blocks by their length and checksum. */
export const everyRow = () =>
  inDatabase(async (database) => {
    const tables = [...database.objectStoreNames];
    const rows = await Promise.all(tables.map((table) => database.getAll(table)));
    return JSON.stringify([tables, rows], (_, value: unknown) => {
      if (value instanceof Uint8Array) return [value.length, checksum(value)];
      return typeof value === "bigint" ? `${value}n` : value;
    });
  });
