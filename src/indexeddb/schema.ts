import { BODIES, TABLES } from "../engine/index.ts";
import { storedForm } from "./stored-keys.ts";

/** Members of a block's key in the table of bodies. */
export const BLOCK_KEY = ["body_id", "block"];

/** The object store of the marks by which a commit is found whose answer was lost. */
export const COMMITS = "commits";

/**
 * Every step that made the schema what it is, oldest first; a database of version n has had the first n. Steps are only
 * ever appended: a database that somebody has must open for ever.
 */
export const SCHEMA_STEPS: readonly ((database: IDBDatabase, upgrade: IDBTransaction) => void)[] = [
  function createTables(database) {
    for (const [name, key] of Object.entries(TABLES)) database.createObjectStore(name, { keyPath: [...key] });
    database.createObjectStore(BODIES, { keyPath: BLOCK_KEY });
  },
  function createCommits(database) {
    database.createObjectStore(COMMITS, { keyPath: "commit_id" });
  },
  function keyByTheMemberAlone(database, upgrade) {
    for (const [name, members] of Object.entries(TABLES)) {
      const keyPath = storedForm<string>(members);
      if (Array.isArray(keyPath)) continue;
      const reading = upgrade.objectStore(name).getAll();
      reading.onsuccess = () => {
        database.deleteObjectStore(name);
        const table = database.createObjectStore(name, { keyPath });
        // The newest last: rows that were written after such a restart stand before those that it lost.
        for (const row of reading.result.reverse()) table.put(row);
      };
    }
  },
];

export const SCHEMA_VERSION = SCHEMA_STEPS.length;
