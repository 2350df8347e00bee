import { type IDBPDatabase, unwrap, wrap } from "idb";
import { RuntimeStoreError } from "../core/errors.ts";
import { fromBrowserError } from "./browser-errors.ts";
import { SCHEMA_STEPS, SCHEMA_VERSION } from "./schema.ts";

const OPEN_LIMIT_MILLISECONDS = 10_000;

/**
 * The connection to one database. It is let go when another tab wants to upgrade or delete the database, and when the
 * browser closes it; the next use opens it again.
 */
export class Connection {
  readonly #factory: IDBFactory;
  readonly #name: string;
  #database: Promise<IDBPDatabase> | undefined;

  constructor(factory: IDBFactory, name: string) {
    this.#factory = factory;
    this.#name = name;
  }

  /**
   * The open database.
   * @throws {RuntimeStoreError} `schema_from_the_future`, `database_blocked`, `database_unavailable` or `quota_exceeded`.
   */
  database(): Promise<IDBPDatabase> {
    this.#database ??= this.#open();
    this.#database.catch(() => this.forget());
    return this.#database;
  }

  /** Lets the next use open the database anew. */
  forget(): void {
    this.#database = undefined;
  }

  async close(): Promise<void> {
    const database = await this.#database?.catch(() => undefined);
    this.forget();
    database?.close();
  }

  async #open(): Promise<IDBPDatabase> {
    let request: IDBOpenDBRequest;
    try {
      request = this.#factory.open(this.#name, SCHEMA_VERSION);
    } catch (cause) {
      throw fromBrowserError(cause, "opening the database");
    }
    request.onupgradeneeded = ({ oldVersion }) => {
      for (const step of SCHEMA_STEPS.slice(oldVersion)) step(request.result);
    };
    const opening = wrap(request).then(
      (database) => database as IDBPDatabase,
      (cause: unknown) => {
        throw fromBrowserError(cause, "opening the database");
      },
    );
    const database = await withinOpenLimit(opening);
    const native = unwrap(database);
    native.onversionchange = () => {
      this.forget();
      native.close();
    };
    native.onclose = () => {
      this.forget();
    };
    return database;
  }
}

/** `blocked` fires for the first waiting open only, and later ones wait in silence (all engines): only a limit ends the wait. */
async function withinOpenLimit(opening: Promise<IDBPDatabase>): Promise<IDBPDatabase> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let late = false;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      late = true;
      reject(new RuntimeStoreError("database_blocked", "another tab keeps an older version of the database open"));
    }, OPEN_LIMIT_MILLISECONDS);
  });
  try {
    return await Promise.race([opening, limit]);
  } finally {
    clearTimeout(timer);
    if (late) {
      opening.then(
        (database) => {
          database.close();
        },
        () => undefined,
      );
    }
  }
}
