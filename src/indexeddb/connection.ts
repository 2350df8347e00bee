import { type IDBPDatabase, unwrap } from "idb";
import { RuntimeStoreError } from "../core/errors.ts";
import { openDatabase } from "./open-database.ts";

/**
 * The connection to one database. It is let go when another tab wants to upgrade the database, and when the browser closes
 * it; the next use opens it again. When the database is deleted it is let go for good: to open it would make a new one.
 */
export class Connection {
  readonly #factory: IDBFactory;
  readonly #name: string;
  #database: Promise<IDBPDatabase> | undefined;
  #isDeleted = false;

  constructor(factory: IDBFactory, name: string) {
    this.#factory = factory;
    this.#name = name;
  }

  /**
   * The open database.
   * @throws {RuntimeStoreError} as `openDatabase`, or `database_closed` once the database was deleted.
   */
  database(): Promise<IDBPDatabase> {
    if (this.#isDeleted) return Promise.reject(new RuntimeStoreError("database_closed", "the database was deleted"));
    this.#database ??= this.#open();
    return this.#database;
  }

  /** Lets go of the database, when the transactions begun on it have ended; the next use opens it anew. */
  async close(): Promise<void> {
    const database = this.#database;
    this.#database = undefined;
    (await database?.catch(() => undefined))?.close();
  }

  #open(): Promise<IDBPDatabase> {
    const opening = openDatabase(this.#factory, this.#name);
    const letGo = () => {
      if (this.#database === opening) this.#database = undefined;
    };
    opening.then((database) => {
      const native = unwrap(database);
      native.onclose = letGo;
      native.onversionchange = ({ newVersion }) => {
        this.#isDeleted ||= newVersion === null;
        letGo();
        native.close();
      };
    }, letGo);
    return opening;
  }
}
