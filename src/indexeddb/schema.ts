import { newUuid } from "../core/ids.ts";
import { BODIES, TABLES, TALLIES } from "../engine/index.ts";
import { abort } from "./abort.ts";
import { keyOfStored, storedForm } from "./stored-keys.ts";
import { ownerOf, rowOfTally } from "./tally-rows.ts";

/** Members of a block's key in the table of bodies. */
export const BLOCK_KEY = ["body_id", "block"];

/**
 * The object store of the marks by which a commit is found whose answer was lost. One of its keys is a number: how many commits
 * there were. It is a key because every browser can read those, whatever became of the values.
 */
export const COMMITS = "commits";

/** What the name of an empty object store begins with that tells this database from any other of its name. */
const IDENTITY = "identity ";

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
      const old = upgrade.objectStore(name);
      const readingKeys = old.getAllKeys();
      const reading = old.getAll();
      reading.onsuccess = () => {
        try {
          database.deleteObjectStore(name);
          const table = database.createObjectStore(name, { keyPath });
          // Each under the key that it had, also one that is damaged. The newest last: rows that were written after such a
          // restart stand before those that it lost.
          const rows = reading.result.map((row: object, index) => {
            const [key] = keyOfStored(readingKeys.result[index] ?? []);
            return { ...row, [keyPath]: key };
          });
          for (const row of rows.reverse()) table.put(row);
        } catch {
          abort(upgrade); // WebKitGTK 2.50 fires `success` also after an abort
        }
      };
    }
  },
  function giveIdentity(database) {
    database.createObjectStore(`${IDENTITY}${newUuid()}`);
  },
  function createTallies(database, upgrade) {
    const tallies = database.createObjectStore(TALLIES, { keyPath: "owner" });
    const counting = upgrade.objectStore("sessions").count();
    counting.onsuccess = () => {
      if (counting.result === 0) tallies.put(rowOfTally(ownerOf(undefined), { rows: 0, sum: 0 }));
    };
  },
];

export const SCHEMA_VERSION = SCHEMA_STEPS.length;

/** What tells this database from one that was made anew under its name. It is in a name so that it is known without a transaction. */
export function identityOf(database: Pick<IDBDatabase, "objectStoreNames">): string {
  return [...database.objectStoreNames].find((name) => name.startsWith(IDENTITY)) ?? "";
}
