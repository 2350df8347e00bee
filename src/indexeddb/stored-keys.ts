import { BODIES, type Key, type TableName, TABLES } from "../engine/index.ts";

/**
 * How a key of these members is stored: one member by itself, more as an array. Chromium's SQLite engine (156) takes a key
 * path of one member in an array for that member's name once it reads it back from the disk, and then finds no row under the
 * keys that it made before.
 */
export function storedForm<T extends string | number>(members: readonly T[]): T | T[] {
  const [only] = members;
  return members.length === 1 && only !== undefined ? only : [...members];
}

/** The key that was stored as this. */
export function keyOfStored(stored: IDBValidKey): Key {
  return (Array.isArray(stored) ? stored : [stored]) as Key;
}

/** All keys of a table that begin with `prefix`, or those of them after another: arrays sort after all text and numbers. */
export function storedRange(table: TableName | typeof BODIES, prefix: Key, after?: Key): IDBKeyRange {
  const isAfter = after !== undefined;
  if (table !== BODIES && TABLES[table].length === 1) {
    return IDBKeyRange.bound((after ?? prefix)[0] ?? "", prefix[0] ?? [], isAfter, false);
  }
  return IDBKeyRange.bound([...(after ?? prefix)], [...prefix, []], isAfter, true);
}
