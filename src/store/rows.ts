import type { Listed, OnCorrupt } from "../contract/index.ts";
import { isRuntimeStoreError, RuntimeStoreError } from "../core/errors.ts";
import {
  checksum,
  compareKeys,
  type Key,
  keyOf,
  type Row,
  rowOfKey,
  type TableName,
  TABLES,
  type Transaction,
} from "../engine/index.ts";
import { decodeRecord, encodeRecord } from "../records/index.ts";

const encoder = new TextEncoder();

/** Writes a row with a checksum over all of its members, so that damage shows when it is read. */
export function putRow(transaction: Transaction, table: TableName, members: Row): void {
  transaction.put(table, sealed(members));
}

/** As `putRow`, and fails the transaction when the key is taken. */
export function insertRow(transaction: Transaction, table: TableName, members: Row): void {
  transaction.insert(table, sealed(members));
}

/**
 * The row under a key, or `undefined`.
 * @throws {RuntimeStoreError} `corrupt_record`, where it is not what was written under this key.
 */
export async function getRow<R extends Row>(
  transaction: Transaction,
  table: TableName,
  key: Key,
): Promise<R | undefined> {
  const row = await readRow(transaction, table, key);
  return row && intact<R>(table, row);
}

/** What stands under a key, damaged or not. */
export async function readRow(transaction: Transaction, table: TableName, key: Key): Promise<Row | undefined> {
  const row = await transaction.get(table, key);
  return row === undefined ? undefined : rowUnder(table, key, row);
}

/** What stands under the keys of a range, damaged or not. */
export async function readRows(
  transaction: Transaction,
  table: TableName,
  range: Parameters<Transaction["list"]>[1] = { prefix: [] },
): Promise<Row[]> {
  const rows = await transaction.list(table, range);
  return rows.map((row) => rowUnder(table, range.prefix, row));
}

/**
 * As `readRows`, page by page, each as large as `size` says by then. Where a damaged row does not tell where the next page
 * begins, all that is left is one page.
 */
export async function* readPages(
  transaction: Transaction,
  table: TableName,
  { prefix, after }: { prefix: Key; after?: Key | undefined },
  size: () => number,
): AsyncGenerator<Row[], void> {
  for (let last = after; ;) {
    const limit = size();
    const rows = await readRows(transaction, table, { prefix, after: last, limit });
    const end = rows.length < limit ? undefined : rows.at(-1);
    const next = end && keyOf(table, end);
    const goesOn = next?.length === TABLES[table].length && compareKeys(next, last ?? prefix) > 0;
    yield !end || goesOn ? rows : await readRows(transaction, table, { prefix, after: last });
    if (!goesOn) return;
    last = next;
  }
}

/**
 * What a browser gave for a key, or for one that begins with it. A row of any other key, or no row at all, counts as a row of
 * what is known of its key and nothing else, which no checksum fits.
 */
function rowUnder(table: TableName, prefix: Key, given: unknown): Row {
  const row = (typeof given === "object" && given !== null ? given : {}) as Row;
  const key = keyOf(table, row);
  const isUnder = prefix.every((member, index) => member === key[index]);
  if (isUnder && key.length === TABLES[table].length) return row;
  return rowOfKey(table, isUnder ? key : prefix);
}

/** What a reading of several rows gave: what the sound ones say, and an error for each damaged one. */
export interface Found<T> {
  readonly sound: readonly T[];
  readonly damaged: readonly RuntimeStoreError[];
}

/** Reads row after row, and tells those that are `corrupt_record` from the others. */
export function separate<R, T>(rows: readonly R[], read: (row: R) => T): Found<T> {
  const sound: T[] = [];
  const damaged: RuntimeStoreError[] = [];
  for (const row of rows) {
    try {
      sound.push(read(row));
    } catch (error) {
      if (!isDamage(error)) throw error;
      damaged.push(error);
    }
  }
  return { sound, damaged };
}

/** What was found, provided that nothing of it is damaged. */
export function allSound<T>({ sound, damaged }: Found<T>): T[] {
  const [first] = damaged;
  if (first) throw first;
  return [...sound];
}

/** The list that a caller asked for, of what was found. */
export function listed<T, C extends OnCorrupt | undefined>(found: Found<T>, onCorrupt: C): Listed<T, C>[] {
  const sound = onCorrupt === "skip" || onCorrupt === "mark" ? found.sound : allSound(found);
  const marks = onCorrupt === "mark" ? found.damaged.map((corrupt) => ({ corrupt })) : [];
  return [...sound, ...marks] as Listed<T, C>[];
}

/** The row itself, once its checksum has told that it is as it was written. */
export function intact<R extends Row>(table: TableName, row: Row): R {
  if (isIntact(row)) return row as R;
  throw corruptRow(table, keyOf(table, row), "is not what was written");
}

export function isIntact(row: Row): boolean {
  if (knownIntact.has(row)) return true;
  const isIntact = Object.values(row).every(isRowValue) && row.checksum === checksumOf(row);
  if (isIntact) knownIntact.add(row);
  return isIntact;
}

/** Nobody changes a row, so that each is hashed once: one that is written or read is also counted. */
const knownIntact = new WeakSet<Row>();

/** A value that its JSON text, which the checksum covers, tells from any other: not a boxed one, -0, NaN or a Date. */
function isRowValue(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value) && !Object.is(value, -0);
  return typeof value === "string" || typeof value === "boolean";
}

/** Tells the error of a damaged row or body from any other. */
export function isDamage(error: unknown): error is RuntimeStoreError {
  return isRuntimeStoreError(error) && error.code === "corrupt_record";
}

export function corruptRow(table: string, key: Key, what: string, cause?: unknown): RuntimeStoreError {
  return new RuntimeStoreError("corrupt_record", `the row ${JSON.stringify(key)} of ${table} ${what}`, {
    row: { table, key },
    cause,
  });
}

/** The members of a row that hold a wire record: its text, and the format that the text is in. */
export type RecordMembers = { readonly format: string; readonly record: string };

export function recordMembers(record: unknown): RecordMembers {
  const { format, text } = encodeRecord(record);
  return { format, record: text };
}

/** The wire record that a row holds, made anew at each reading. */
export function recordOf(table: TableName, row: Row & RecordMembers): unknown {
  try {
    return decodeRecord({ format: row.format, text: row.record });
  } catch (cause) {
    throw corruptRow(table, keyOf(table, row), "does not hold a record of this version", cause);
  }
}

/** A row with a checksum over all of its members; those that are `undefined` are left out. */
export function sealed(members: Row): Row {
  const row = Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
  const whole = { ...row, checksum: checksumOf(row) };
  knownIntact.add(whole);
  return whole;
}

function checksumOf(row: Row): number {
  const names = Object.keys(row).filter((name) => name !== "checksum");
  return checksum(encoder.encode(JSON.stringify(names.sort().map((name) => [name, row[name]]))));
}
