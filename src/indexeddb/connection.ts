import { type IDBPDatabase, unwrap } from "idb";
import { isRuntimeStoreError, RuntimeStoreError } from "../core/errors.ts";
import { type DatabaseAddress, openDatabase } from "./open-database.ts";
import { identityOf } from "./schema.ts";

/**
 * The connection to one database. It is let go when another tab wants to upgrade the database, when the browser closes it,
 * and when it fails; the next use opens it again. When the database is gone it is let go for good, and never made anew.
 */
export class Connection {
  readonly #address: DatabaseAddress;
  #opening: Promise<IDBPDatabase> | undefined;
  #opened: IDBPDatabase | undefined;
  /** Of the database that was opened first: another of its name is not it. */
  #identity: string | undefined;
  /** Why there is no database to open any more. */
  #gone: RuntimeStoreError | undefined;

  constructor(address: DatabaseAddress) {
    this.#address = address;
  }

  /**
   * The open database.
   * @throws {RuntimeStoreError} as `openDatabase`; once it was closed or the database deleted `database_closed`, and once the
   * browser has removed the database `database_wiped`, each time.
   */
  database(): Promise<IDBPDatabase> {
    if (this.#gone) return Promise.reject(this.#gone);
    this.#opening ??= this.#open();
    return this.#opening;
  }

  /** Lets go of a database when the transactions begun on it have ended; the next use opens it anew. */
  letGo(database: IDBPDatabase): void {
    if (this.#opened === database) this.#opening = this.#opened = undefined;
    database.close();
  }

  /** Lets go of whatever is open, or being opened, for good. */
  async close(): Promise<void> {
    this.#gone ??= new RuntimeStoreError("database_closed", "this store was closed");
    const database = await this.#opening?.catch(() => undefined);
    if (database) this.letGo(database);
  }

  async #open(): Promise<IDBPDatabase> {
    try {
      const database = await openDatabase(this.#address, this.#identity);
      this.#identity = identityOf(database);
      this.#opened = database;
      const native = unwrap(database);
      native.onclose = () => {
        this.letGo(database);
      };
      native.onversionchange = ({ newVersion }) => {
        if (newVersion === null) this.#gone ??= new RuntimeStoreError("database_closed", "the database was deleted");
        this.letGo(database);
      };
      return database;
    } catch (error) {
      this.#opening = undefined;
      if (isRuntimeStoreError(error) && error.code === "database_wiped") this.#gone = error;
      throw error;
    }
  }
}
