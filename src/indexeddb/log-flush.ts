import type { IDBPDatabase } from "idb";
import { BALLAST } from "./origin-database.ts";
import { storageFigures } from "./storage-figures.ts";

/** Rows this large stay in LevelDB's log, and so many of them are more than the 4 MiB that it keeps in memory. */
const ROW_BYTES = 48 * 1024;
const ROWS = 107;
const ROWS_AT_ONCE = 20;

/** So many times the bytes written have to be free, for they are stored twice until the log is put away. */
const ROOM = 4 * ROWS * ROW_BYTES;

/** Whether the origin has room for a flush; `true` where the browser does not say. */
export async function hasRoomForFlush(): Promise<boolean> {
  const { usage, quota } = await storageFigures();
  return usage === undefined || quota === undefined || quota - usage > ROOM;
}

/**
 * Has Chromium's LevelDB engine put away the log of the origin's IndexedDB. A process that is killed between the head of a log
 * record and its content leaves a log that the next start reads and appends to; what stands behind the torn record makes the
 * start after that take the log for damaged, and remove everything (google/leveldb issue 1287). A log that was put away
 * is not read again.
 */
export async function flushLog(database: IDBPDatabase): Promise<void> {
  for (let rows = 0; rows < ROWS; rows += ROWS_AT_ONCE) {
    const transaction = database.transaction(BALLAST, "readwrite", { durability: "strict" });
    const puts = Array.from({ length: Math.min(ROWS_AT_ONCE, ROWS - rows) }, () =>
      transaction.store.put(crypto.getRandomValues(new Uint8Array(ROW_BYTES))),
    );
    await Promise.all([...puts, transaction.done]);
  }
  await database.clear(BALLAST);
}
