import { type IDBPDatabase, wrap } from "idb";
import { isRuntimeStoreError, RuntimeStoreError } from "../core/errors.ts";
import { BODIES, TABLES, TALLIES } from "../engine/index.ts";
import { abort } from "./abort.ts";
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

/** There is no database, and none was made. */
export class MissingDatabase extends Error {
  /** What the browser said of it, where it did. */
  readonly reported: string | undefined;

  constructor(reported: string | undefined) {
    super("the database is gone: the browser, the user or a script has removed it");
    this.reported = reported;
  }
}

/**
 * Opens a database and brings it to this version's schema. Where there is none, one is made if `mayMake` says so, given what
 * the browser reports to have lost.
 * @throws {MissingDatabase}
 * @throws {RuntimeStoreError} `schema_from_the_future`, `database_blocked`, `database_unavailable`, `quota_exceeded` or
 * `disk_full`.
 */
export function openDatabase(
  address: DatabaseAddress,
  mayMake: (reported: string | undefined) => boolean,
): Promise<IDBPDatabase> {
  return settled(address, "opening the database", async () => {
    const request = address.factory.open(address.name, SCHEMA_VERSION);
    let upgrade = request.transaction;
    let refusal: unknown;
    request.onupgradeneeded = (event) => {
      const { oldVersion } = event;
      const { transaction, result } = request;
      upgrade = transaction;
      if (!transaction) return;
      try {
        if (oldVersion > 0) assertOurs(result, [BODIES]);
        else if (!mayMake(lossReportedBy(event))) throw new MissingDatabase(lossReportedBy(event));
        for (const step of SCHEMA_STEPS.slice(oldVersion)) step(result, transaction);
      } catch (cause) {
        refusal = cause;
        abort(transaction);
      }
    };
    const database = await (wrap(request) as Promise<IDBPDatabase>).catch((cause: unknown) => {
      // When an upgrade fails, the request itself says no more than AbortError.
      throw upgrade?.error ?? refusal ?? cause;
    });
    try {
      assertOurs(database, [...Object.keys(TABLES), BODIES, COMMITS, TALLIES]);
      return database;
    } catch (refusal) {
      database.close();
      throw refusal;
    }
  });
}

/** The identity of the database of that name; `undefined` when there is none, or it cannot be opened. */
export async function findIdentity(address: DatabaseAddress): Promise<string | undefined> {
  const database = await openAsItIs(address);
  database?.close();
  return database && identityOf(database);
}

/** Whether there is a database of that name that can be opened, and is taken for one of this library, whatever its version. */
export async function isOurs(address: DatabaseAddress): Promise<boolean> {
  const database = await openAsItIs(address);
  database?.close();
  return database?.objectStoreNames.contains(BODIES) ?? false;
}

/** A database in whatever version it has; `undefined` when there is none, or it cannot be opened. */
function openAsItIs(address: DatabaseAddress): Promise<IDBPDatabase | undefined> {
  const opening = settled(address, "looking for the database", () => {
    const request = address.factory.open(address.name);
    request.onupgradeneeded = () => {
      if (request.transaction) abort(request.transaction);
    };
    return wrap(request) as Promise<IDBPDatabase>;
  });
  return opening.catch(() => undefined);
}

/** Chromium alone tells that the database is new because its files were damaged. */
function lossReportedBy(event: IDBVersionChangeEvent): string | undefined {
  const { dataLoss, dataLossMessage } = event as { dataLoss?: string; dataLossMessage?: string };
  return dataLoss === "total" ? (dataLossMessage ?? "") : undefined;
}

/** Refuses a database that somebody else made under the same name. */
function assertOurs(database: Pick<IDBDatabase, "objectStoreNames">, stores: readonly string[]): void {
  if (stores.every((store) => database.objectStoreNames.contains(store))) return;
  throw new RuntimeStoreError("database_unavailable", "there is a database of this name that other code has made");
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
    if (cause instanceof MissingDatabase) throw cause;
    isLate = isRuntimeStoreError(cause) && cause.code === "timed_out";
    if (!isLate) throw fromBrowserError(cause, doing);
    const what = `${doing} took over ${openTimeout} ms: another tab may keep it open`;
    throw new RuntimeStoreError("database_blocked", what);
  } finally {
    deadline.cancel();
  }
}
