import type { BurrowStore } from "../contract/index.ts";
import { RuntimeStoreError } from "../core/errors.ts";
import { createStore } from "../store/index.ts";
import { withAttempts } from "./attempts.ts";
import { fromBrowserError } from "./browser-errors.ts";
import { Connection } from "./connection.ts";
import { CrashGuard, type LogFlush } from "./crash-guard.ts";
import { type EngineSettings, IndexedDbEngine } from "./indexeddb-engine.ts";
import { type DatabaseAddress, deleteDatabase, findIdentity } from "./open-database.ts";
import type { OnDataLoss } from "./open-witnessed.ts";
import { withStorageFigures } from "./storage-figures.ts";
import type { WitnessStorage } from "./witness-storage.ts";
import { Witness } from "./witness.ts";

/** How to open a durable store. */
export interface IndexedDbOptions {
  /** The database's name within the page's origin. */
  readonly name: string;
  /**
   * `strict` (the default) resolves a call when its data has been handed to the disk; `relaxed` when it has been handed to
   * the operating system, which may lose what came last when the power fails.
   */
  readonly durability?: "strict" | "relaxed" | undefined;
  /**
   * How long other tabs may hold up the opening of the database, in milliseconds; 10,000 if left out. On top come, each for a few
   * seconds at most, a flush after a crash, a witness that is slow to answer, and the comparison with what it knows.
   */
  readonly openTimeout?: number | undefined;
  /**
   * How long an operation may take from the moment that its turn has come, in milliseconds; 60,000 if left out. Time in which
   * the page was frozen or the machine asleep does not count. Opening the database again comes on top, and so does finding out
   * how a commit without an answer ended.
   */
  readonly operationTimeout?: number | undefined;
  /**
   * What to do when the browser has lost data: `refuse` (if left out) or `start-anew`. It may ask the user, and take its time;
   * when it throws, that is a refusal.
   */
  readonly onDataLoss?: OnDataLoss | undefined;
  /**
   * Where to note how far each runtime has come, so that a loss is noticed; some 200 characters a runtime. If left out, in a
   * window `localStorage`, in a worker the origin private file system; none for a factory of your own. `false` notes nothing.
   */
  readonly witness?: WitnessStorage | false | undefined;
  /**
   * Whether the first opening after a crash has Chromium put its log away, so that a torn record in it does no harm: 5 MB are
   * written and removed, once. `true` if left out; other browsers do not need it.
   */
  readonly flushAfterCrash?: boolean | undefined;
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
 * newer version of this library has been here, `database_blocked`, `database_unavailable`, `quota_exceeded`, `disk_full`;
 * `database_wiped` and `database_rolled_back` when the browser has lost what was acknowledged, and `onDataLoss` does not say
 * to start anew.
 */
export async function openIndexedDbRuntimeStore(options: IndexedDbOptions): Promise<BurrowStore> {
  const { durability, operationTimeout, onDataLoss, ...address } = checkedOptions(options);
  const witness = witnessOf(options);
  const guard = checkedFlushAfterCrash(options) ? CrashGuard.of(address.factory) : undefined;
  const logFlush = (await guard?.retain()) ?? "off";
  const connection = new Connection(address, witness, onDataLoss);
  const engine = new IndexedDbEngine(connection, { durability, operationTimeout, guard });
  try {
    await withAttempts(() => connection.database());
  } catch (error) {
    await engine.close();
    throw await withStorageFigures(error);
  }
  const store = createStore(engine);
  openings.set(store, { engine, witness: witness.kind, logFlush });
  return store;
}

/** What is known of a store since it was opened. */
export interface Opening {
  readonly engine: IndexedDbEngine;
  /** Which storage notes how far runtimes have come. */
  readonly witness: Witness["kind"];
  readonly logFlush: LogFlush | "off";
}

const openings = new WeakMap<BurrowStore, Opening>();

/** The opening of a store that was opened here. */
export function openingOf(store: BurrowStore): Opening | undefined {
  return openings.get(store);
}

/**
 * Deletes the database of that name with all that is in it; fine when there is none. Open stores of this library let go of it.
 * It takes the `witness`, `indexedDB` and `flushAfterCrash` that the store is opened with: a witness that is not told takes a
 * deletion for a loss.
 * @throws {RuntimeStoreError} `database_blocked` when another tab keeps it open (the browser still deletes it once it can),
 * `database_unavailable`, or `unsupported` where there is no IndexedDB.
 */
export async function deleteIndexedDbRuntimeStore(
  name: string,
  options: Pick<IndexedDbOptions, "indexedDB" | "openTimeout" | "witness" | "flushAfterCrash"> = {},
): Promise<void> {
  const address = checkedOptions({ ...options, name });
  const witness = witnessOf({ ...options, name });
  const guard = checkedFlushAfterCrash(options) ? CrashGuard.of(address.factory) : undefined;
  await guard?.retain();
  try {
    const identity = await findIdentity(address);
    const deleted = identity === undefined ? [] : [identity];
    await witness.giveUp(deleted);
    await withAttempts(() => deleteDatabase(address));
    await witness.giveUp(deleted); // who opened it in between took that back
  } finally {
    await guard?.release();
  }
}

function checkedOptions(
  options: IndexedDbOptions,
): DatabaseAddress & EngineSettings & Pick<IndexedDbOptions, "onDataLoss"> {
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
  const { onDataLoss } = options;
  if (onDataLoss !== undefined && typeof onDataLoss !== "function") {
    throw new RuntimeStoreError("invalid_input", "onDataLoss is a function", { path: "onDataLoss" });
  }
  const openTimeout = checkedTimeout(options, "openTimeout") ?? OPEN_TIMEOUT;
  const operationTimeout = checkedTimeout(options, "operationTimeout") ?? OPERATION_TIMEOUT;
  return { name, durability, openTimeout, operationTimeout, onDataLoss, factory: factoryOf(options.indexedDB) };
}

function checkedFlushAfterCrash({ flushAfterCrash }: Pick<IndexedDbOptions, "flushAfterCrash">): boolean {
  if (flushAfterCrash === undefined || typeof flushAfterCrash === "boolean") return flushAfterCrash ?? true;
  throw new RuntimeStoreError("invalid_input", "flushAfterCrash is true or false", { path: "flushAfterCrash" });
}

/** The notes that every realm of an origin shares are about the databases of the origin's own factory. */
function witnessOf(options: IndexedDbOptions): Witness {
  const { indexedDB } = globalThis as { indexedDB?: IDBFactory };
  const isForeign = options.indexedDB !== undefined && options.indexedDB !== indexedDB;
  return new Witness(options.name, checkedWitness(options) ?? (isForeign ? false : undefined));
}

const WITNESS_METHODS = ["get", "set", "delete", "keys"] as const satisfies readonly (keyof WitnessStorage)[];

function checkedWitness({ witness }: Pick<IndexedDbOptions, "witness">): WitnessStorage | false | undefined {
  if (witness === undefined || witness === false) return witness;
  const isStorage = typeof witness === "object" && (witness as unknown) !== null;
  if (isStorage && WITNESS_METHODS.every((method) => typeof witness[method] === "function")) return witness;
  const methods = WITNESS_METHODS.join(", ");
  throw new RuntimeStoreError("invalid_input", `a witness has the methods ${methods}, or is false`, {
    path: "witness",
  });
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

/**
 * The given IndexedDB, or that of this page or worker.
 * @throws {RuntimeStoreError} `unsupported` where there is none; `database_unavailable` where it cannot be reached.
 */
export function factoryOf(given: IDBFactory | undefined): IDBFactory {
  try {
    const { indexedDB, IDBKeyRange } = globalThis as { indexedDB?: IDBFactory; IDBKeyRange?: unknown };
    const factory = given ?? indexedDB;
    if (factory && IDBKeyRange !== undefined) return factory;
  } catch (cause) {
    throw fromBrowserError(cause, "reaching IndexedDB"); // a sandboxed frame may throw a SecurityError
  }
  throw new RuntimeStoreError("unsupported", "there is no IndexedDB here");
}
