import { type IDBPDatabase, wrap } from "idb";
import { isRuntimeStoreError, RuntimeStoreError } from "../core/errors.ts";
import { BODIES, TABLES } from "../engine/index.ts";
import { fromBrowserError } from "./browser-errors.ts";
import { Deadline } from "./deadline.ts";
import { COMMITS, identityOf, SCHEMA_STEPS, SCHEMA_VERSION } from "./schema.ts";

/** How to reach a database. */
export interface DatabaseAddress {
  readonly factory: IDBFactory;
  readonly name: string;
  /** How long other tabs may hold up its opening or deletion, in milliseconds. */
  readonly openTimeout: number;
}

/**
 * Opens a database and brings it to this version's schema. Where an `identity` is given it is this database or none.
 * @throws {RuntimeStoreError} `schema_from_the_future`, `database_blocked`, `database_wiped`, `database_unavailable`,
 * `quota_exceeded` or `disk_full`.
 */
export function openDatabase(address: DatabaseAddress, identity: string | undefined): Promise<IDBPDatabase> {
  return settled(address, "opening the database", async () => {
    const request = address.factory.open(address.name, SCHEMA_VERSION);
    let refusal: RuntimeStoreError | undefined;
    let upgrade = request.transaction;
    request.onupgradeneeded = ({ oldVersion }) => {
      upgrade = request.transaction;
      if (oldVersion > 0) refusal = foreignDatabase(request.result, [BODIES]);
      else if (identity !== undefined) refusal = wiped();
      if (refusal || !upgrade) upgrade?.abort();
      else for (const step of SCHEMA_STEPS.slice(oldVersion)) step(request.result, upgrade);
    };
    try {
      const database = (await wrap(request)) as IDBPDatabase;
      refusal = foreignDatabase(database, [...Object.keys(TABLES), BODIES, COMMITS]);
      if (identity !== undefined && identityOf(database) !== identity) refusal ??= wiped();
      if (!refusal) return database;
      database.close();
      throw refusal;
    } catch (cause) {
      // When an upgrade fails, the request itself says no more than AbortError.
      throw refusal ?? upgrade?.error ?? cause;
    }
  });
}

const wiped = () => new RuntimeStoreError("database_wiped", "the browser has removed the open database");

/** The refusal of a database that somebody else made under the same name. */
function foreignDatabase(
  database: Pick<IDBDatabase, "objectStoreNames">,
  stores: readonly string[],
): RuntimeStoreError | undefined {
  if (stores.every((store) => database.objectStoreNames.contains(store))) return undefined;
  return new RuntimeStoreError("database_unavailable", "the database of this name is none of this library's");
}

/**
 * Deletes a database; fine when there is none. When it is blocked, the browser still deletes it once it can.
 * @throws {RuntimeStoreError} `database_blocked` or `database_unavailable`.
 */
export async function deleteDatabase(address: DatabaseAddress): Promise<void> {
  await settled(address, "deleting the database", () => wrap(address.factory.deleteDatabase(address.name)));
}

/**
 * The result of a request that other tabs can hold up, within a limit: `blocked` fires for the first waiting one only, later
 * ones wait in silence (all engines). A database that opens after all is closed again.
 */
async function settled<T extends IDBPDatabase | undefined>(
  { openTimeout }: DatabaseAddress,
  doing: string,
  request: () => Promise<T>,
): Promise<T> {
  const deadline = new Deadline(openTimeout);
  let isLate = false;
  try {
    const result = request();
    result.then(
      (database) => {
        if (isLate) database?.close();
      },
      () => undefined,
    );
    return await deadline.race(result);
  } catch (cause) {
    isLate = isRuntimeStoreError(cause) && cause.code === "timed_out";
    if (!isLate) throw fromBrowserError(cause, doing);
    const what = `${doing} took over ${openTimeout} ms: another tab may keep it open`;
    throw new RuntimeStoreError("database_blocked", what);
  } finally {
    deadline.cancel();
  }
}
