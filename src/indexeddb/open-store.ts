import type { BurrowStore } from "../contract/index.ts";
import { RuntimeStoreError } from "../core/errors.ts";
import { createStore } from "../store/index.ts";
import { fromBrowserError } from "./browser-errors.ts";
import { Connection } from "./connection.ts";
import { IndexedDbEngine } from "./indexeddb-engine.ts";
import { deleteDatabase } from "./open-database.ts";

/** How to open a durable store. */
export interface IndexedDbOptions {
  /** The database's name within the page's origin. */
  readonly name: string;
  /**
   * `strict` (the default) resolves a call when its data has been handed to the disk; `relaxed` when it has been handed to
   * the operating system, which may lose it, and in Chromium the body of a receipt with it, when the power fails.
   */
  readonly durability?: "strict" | "relaxed" | undefined;
  /** The factory to use instead of the global `indexedDB`, in a realm that has IndexedDB's other globals. */
  readonly indexedDB?: IDBFactory | undefined;
}

/**
 * Opens the durable store of that name, which is made when it is not there. Any number of tabs and workers may have it open.
 * @throws {RuntimeStoreError} `invalid_input`, `unsupported` where there is no IndexedDB, `schema_from_the_future` when a
 * newer version of this library has been here, `database_blocked`, `database_unavailable`.
 */
export async function openIndexedDbRuntimeStore(options: IndexedDbOptions): Promise<BurrowStore> {
  const { name, durability = "strict" } = checkedOptions(options);
  const connection = new Connection(factoryOf(options.indexedDB), name);
  await connection.database();
  return createStore(new IndexedDbEngine(connection, durability));
}

/**
 * Deletes the database of that name with all that is in it; fine when there is none. Open stores of this library let go of it.
 * @throws {RuntimeStoreError} `database_blocked` when another tab keeps it open (the browser still deletes it once it can),
 * `database_unavailable`, or `unsupported` where there is no IndexedDB.
 */
export async function deleteIndexedDbRuntimeStore(
  name: string,
  options: Pick<IndexedDbOptions, "indexedDB"> = {},
): Promise<void> {
  checkedOptions({ name });
  await deleteDatabase(factoryOf(options.indexedDB), name);
}

function checkedOptions(options: IndexedDbOptions): IndexedDbOptions {
  if (typeof options !== "object" || (options as unknown) === null) {
    throw new RuntimeStoreError("invalid_input", "options must be an object with a `name`");
  }
  const { name, durability } = options as { name: unknown; durability?: unknown };
  if (typeof name !== "string" || name === "") {
    throw new RuntimeStoreError("invalid_input", "a database needs a name of at least one character", { path: "name" });
  }
  if (durability !== undefined && durability !== "strict" && durability !== "relaxed") {
    throw new RuntimeStoreError("invalid_input", 'durability is "strict" or "relaxed"', { path: "durability" });
  }
  return options;
}

function factoryOf(given: IDBFactory | undefined): IDBFactory {
  try {
    const { indexedDB, IDBKeyRange } = globalThis as { indexedDB?: IDBFactory; IDBKeyRange?: unknown };
    const factory = given ?? indexedDB;
    if (factory && IDBKeyRange !== undefined) return factory;
  } catch (cause) {
    throw fromBrowserError(cause, "reaching IndexedDB"); // a sandboxed frame may throw a SecurityError
  }
  throw new RuntimeStoreError("unsupported", "there is no IndexedDB here");
}
