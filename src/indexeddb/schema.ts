import { BODIES, TABLES } from "../engine/index.ts";

/** Members of a block's key in the table of bodies. */
export const BLOCK_KEY = ["body_id", "block"];

/** The object store of the marks by which a commit is found whose answer was lost. */
export const COMMITS = "commits";

/**
 * Every step that made the schema what it is, oldest first; a database of version n has had the first n. Steps are only
 * ever appended: a database that somebody has must open for ever.
 */
export const SCHEMA_STEPS: readonly ((database: IDBDatabase) => void)[] = [
  function createTables(database) {
    for (const [name, key] of Object.entries(TABLES)) database.createObjectStore(name, { keyPath: [...key] });
    database.createObjectStore(BODIES, { keyPath: BLOCK_KEY });
  },
  function createCommits(database) {
    database.createObjectStore(COMMITS, { keyPath: "commit_id" });
  },
];

export const SCHEMA_VERSION = SCHEMA_STEPS.length;
