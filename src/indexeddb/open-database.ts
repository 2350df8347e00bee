import { type IDBPDatabase, wrap } from "idb";
import { RuntimeStoreError } from "../core/errors.ts";
import { fromBrowserError } from "./browser-errors.ts";
import { BODIES, TABLES } from "../engine/index.ts";
import { SCHEMA_STEPS, SCHEMA_VERSION } from "./schema.ts";

const LIMIT_MILLISECONDS = 10_000;

/**
 * Opens a database and brings it to this version's schema.
 * @throws {RuntimeStoreError} `schema_from_the_future`, `database_blocked`, `database_unavailable` or `quota_exceeded`.
 */
export function openDatabase(factory: IDBFactory, name: string): Promise<IDBPDatabase> {
  return settled("opening the database", () => {
    const request = factory.open(name, SCHEMA_VERSION);
    request.onupgradeneeded = ({ oldVersion }) => {
      for (const step of SCHEMA_STEPS.slice(oldVersion)) step(request.result);
    };
    return (wrap(request) as Promise<IDBPDatabase>).then(withOurStores);
  });
}

/** The database, unless it was made by somebody else under the same name. */
function withOurStores(database: IDBPDatabase): IDBPDatabase {
  if ([...Object.keys(TABLES), BODIES].every((store) => database.objectStoreNames.contains(store))) return database;
  database.close();
  throw new RuntimeStoreError("database_unavailable", "the database of this name is none of this library's");
}

/**
 * Deletes a database; fine when there is none. When it is blocked, the browser still deletes it once it can.
 * @throws {RuntimeStoreError} `database_blocked` or `database_unavailable`.
 */
export async function deleteDatabase(factory: IDBFactory, name: string): Promise<void> {
  await settled("deleting the database", () => wrap(factory.deleteDatabase(name)));
}

/**
 * The result of a request that other tabs can hold up, within a limit: `blocked` fires for the first waiting one only, later
 * ones wait in silence (all engines). A database that opens after all is closed again.
 */
async function settled<T extends IDBPDatabase | undefined>(doing: string, request: () => Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isLate = false;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      isLate = true;
      reject(new RuntimeStoreError("database_blocked", `${doing} took over 10 s: another tab may keep it open`));
    }, LIMIT_MILLISECONDS);
  });
  try {
    const result = request();
    result.then(
      (database) => {
        if (isLate) database?.close();
      },
      () => undefined,
    );
    return await Promise.race([result, limit]);
  } catch (cause) {
    throw fromBrowserError(cause, doing);
  } finally {
    clearTimeout(timer);
  }
}
