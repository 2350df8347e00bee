import { BODIES, TABLES } from "../engine/index.ts";

/** Members of a block's key in the table of bodies. */
export const BLOCK_KEY = ["body_id", "block"];

/**
 * Every step that made the schema what it is, oldest first; a database of version n has had the first n. Steps are only
 * ever appended: a database that somebody has must open for ever.
 */
export const SCHEMA_STEPS: readonly ((database: IDBDatabase) => void)[] = [
  function createTables(database) {
    for (const [name, key] of Object.entries(TABLES)) database.createObjectStore(name, { keyPath: [...key] });
    database.createObjectStore(BODIES, { keyPath: BLOCK_KEY });
  },
];

export const SCHEMA_VERSION = SCHEMA_STEPS.length;
