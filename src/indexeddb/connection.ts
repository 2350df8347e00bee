import { type IDBPDatabase, unwrap } from "idb";
import { openDatabase } from "./open-database.ts";

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
   * @throws {RuntimeStoreError} as `openDatabase`.
   */
  database(): Promise<IDBPDatabase> {
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
      native.onversionchange = () => {
        letGo();
        native.close();
      };
    }, letGo);
    return opening;
  }
}
