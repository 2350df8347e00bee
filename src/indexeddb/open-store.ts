import type { BurrowStore } from "../contract/index.ts";
import { RuntimeStoreError } from "../core/errors.ts";
import { createStore } from "../store/index.ts";
import { withAttempts } from "./attempts.ts";
import { fromBrowserError } from "./browser-errors.ts";
import { Connection } from "./connection.ts";
import { type EngineSettings, IndexedDbEngine } from "./indexeddb-engine.ts";
import { type DatabaseAddress, deleteDatabase } from "./open-database.ts";
import { withStorageFigures } from "./storage-figures.ts";

/** How to open a durable store. */
export interface IndexedDbOptions {
  /** The database's name within the page's origin. */
  readonly name: string;
  /**
   * `strict` (the default) resolves a call when its data has been handed to the disk; `relaxed` when it has been handed to
   * the operating system, which may lose it, and in Chromium the body of a receipt with it, when the power fails.
   */
  readonly durability?: "strict" | "relaxed" | undefined;
  /** How long other tabs may hold up the opening of the database, in milliseconds; 10,000 if left out. */
  readonly openTimeout?: number | undefined;
  /**
   * How long an operation may take from the moment that its turn has come, in milliseconds; 60,000 if left out. Time in which
   * the page was frozen or the machine asleep does not count. Opening the database again comes on top, and so does finding out
   * how a commit without an answer ended.
   */
  readonly operationTimeout?: number | undefined;
  /** The factory to use instead of the global `indexedDB`, in a realm that has IndexedDB's other globals. */
  readonly indexedDB?: IDBFactory | undefined;
}

const OPEN_TIMEOUT = 10_000;
const OPERATION_TIMEOUT = 60_000;
/** The greatest delay that timers take. */
const GREATEST_TIMEOUT = 2 ** 31 - 1;

/**
 * Opens the durable store of that name, which is made when it is not there. Any number of tabs and workers may have it open.
 * @throws {RuntimeStoreError} `invalid_input`, `unsupported` where there is no IndexedDB, `schema_from_the_future` when a
 * newer version of this library has been here, `database_blocked`, `database_unavailable`, `quota_exceeded`, `disk_full`.
 */
export async function openIndexedDbRuntimeStore(options: IndexedDbOptions): Promise<BurrowStore> {
  const { durability, operationTimeout, ...address } = checkedOptions(options);
  const connection = new Connection(address);
  const engine = new IndexedDbEngine(connection, { durability, operationTimeout });
  try {
    await withAttempts(() => connection.database());
  } catch (error) {
    throw await withStorageFigures(error);
  }
  const store = createStore(engine);
  engines.set(store, engine);
  return store;
}

const engines = new WeakMap<BurrowStore, IndexedDbEngine>();

/** The engine of a store that was opened here. */
export function engineOf(store: BurrowStore): IndexedDbEngine | undefined {
  return engines.get(store);
}

/**
 * Deletes the database of that name with all that is in it; fine when there is none. Open stores of this library let go of it.
 * @throws {RuntimeStoreError} `database_blocked` when another tab keeps it open (the browser still deletes it once it can),
 * `database_unavailable`, or `unsupported` where there is no IndexedDB.
 */
export async function deleteIndexedDbRuntimeStore(
  name: string,
  options: Pick<IndexedDbOptions, "indexedDB" | "openTimeout"> = {},
): Promise<void> {
  const address = checkedOptions({ ...options, name });
  await withAttempts(() => deleteDatabase(address));
}

function checkedOptions(options: IndexedDbOptions): DatabaseAddress & EngineSettings {
  if (typeof options !== "object" || (options as unknown) === null) {
    throw new RuntimeStoreError("invalid_input", "options must be an object with a `name`");
  }
  const { name, durability = "strict" } = options as { name: unknown; durability?: unknown };
  if (typeof name !== "string" || name === "") {
    throw new RuntimeStoreError("invalid_input", "a database needs a name of at least one character", { path: "name" });
  }
  if (durability !== "strict" && durability !== "relaxed") {
    throw new RuntimeStoreError("invalid_input", 'durability is "strict" or "relaxed"', { path: "durability" });
  }
  const openTimeout = checkedTimeout(options, "openTimeout") ?? OPEN_TIMEOUT;
  const operationTimeout = checkedTimeout(options, "operationTimeout") ?? OPERATION_TIMEOUT;
  return { name, durability, openTimeout, operationTimeout, factory: factoryOf(options.indexedDB) };
}

/** A timeout among some options, or `undefined` where it is left out. */
export function checkedTimeout<Name extends string>(
  options: Partial<Readonly<Record<Name, number | undefined>>>,
  path: Name,
): number | undefined {
  const timeout: unknown = (options as typeof options | null)?.[path];
  if (timeout === undefined) return undefined;
  if (typeof timeout === "number" && timeout > 0 && timeout <= GREATEST_TIMEOUT) return timeout;
  throw new RuntimeStoreError("invalid_input", `${path} is a number of milliseconds up to 2^31-1`, { path });
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
