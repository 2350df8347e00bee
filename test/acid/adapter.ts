/** The stores that are put to the test, by the names of their packages. */
export const STORES = [
  "burrow-store",
  "idb",
  "dexie",
  "localforage",
  "y-indexeddb",
  "tinybase",
  "@tanstack/ai-client",
] as const;
export type StoreName = (typeof STORES)[number];

/** The one that must pass. */
export const OURS: StoreName = "burrow-store";

/**
 * What an agent keeps of its last turn: a conversation, and the receipt that proves it. An app reads each by itself, so
 * they are two records, which belong together: one without the other is a lie.
 */
export interface Turn {
  readonly snapshot: string;
  /** The number of the turn. */
  readonly receipt: number;
}

/**
 * What a store is asked for. An adapter calls the library as its documentation does, and passes on what the library's
 * hooks tell of failures. It adds nothing of its own: no time limit, no checksum, no comparison, no second attempt.
 */
export interface OpenStore {
  /** Replaces the turn of a key. Resolves when the library says that it is stored, in whatever way it says so. */
  save(key: string, turn: Turn): Promise<unknown>;
  /** A part that is not there is left out. */
  load(key: string): Promise<Partial<Turn>>;
}

/** Opens a store over the database of this name. Nothing closes it but the end of its tab. */
export type Adapter = (database: string) => Promise<OpenStore>;
