import { type IDBPDatabase, unwrap } from "idb";
import { isRuntimeStoreError, RuntimeStoreError } from "../core/errors.ts";
import { HintChannel } from "./hint-channel.ts";
import type { DatabaseAddress } from "./open-database.ts";
import { type DataLossDecision, type OnDataLoss, openWitnessed } from "./open-witnessed.ts";
import { identityOf } from "./schema.ts";
import type { Witness } from "./witness.ts";

/**
 * The connection to one database. It is let go when another tab wants to upgrade the database, when the browser closes it,
 * and when it fails; the next use opens it again. When the database is gone or older it is let go for good, and never made anew.
 */
export class Connection {
  readonly #address: DatabaseAddress;
  /** It knows which database was opened first, and how far its runtimes have come: one that is less is not it. */
  readonly witness: Witness;
  /** What its stores say to each other. */
  readonly channel: HintChannel;
  readonly #onDataLoss: OnDataLoss;
  /** Ends the question what to do about a loss. */
  #refuse: (decision: DataLossDecision) => void = () => undefined;
  #opening: Promise<IDBPDatabase> | undefined;
  #opened: IDBPDatabase | undefined;
  #identity: string | undefined;
  /** Why there is no database to open any more. */
  #gone: RuntimeStoreError | undefined;

  constructor(address: DatabaseAddress, witness: Witness, onDataLoss?: OnDataLoss) {
    this.#address = address;
    this.witness = witness;
    this.channel = new HintChannel(address.name, () => this.#identity);
    const closed = new Promise<DataLossDecision>((resolve) => (this.#refuse = resolve));
    this.#onDataLoss = (loss) => Promise.race([onDataLoss?.(loss) ?? "refuse", closed]);
  }

  /**
   * The open database.
   * @throws {RuntimeStoreError} as `openWitnessed`; once it was closed or the database deleted `database_closed`, and once data
   * were lost, and the app did not go on without them, `database_wiped` or `database_rolled_back`, each time.
   */
  database(): Promise<IDBPDatabase> {
    if (this.#gone) return Promise.reject(this.#gone);
    this.#opening ??= this.#open();
    return this.#opening;
  }

  /** Which database it is that is open, or was last. */
  get identity(): string | undefined {
    return this.#identity;
  }

  /** Lets go of a database when the transactions begun on it have ended; the next use opens it anew. */
  letGo(database: IDBPDatabase): void {
    if (this.#opened === database) this.#opening = this.#opened = undefined;
    database.close();
  }

  /** Takes a question about a loss that has no answer yet for refused. */
  stopAsking(): void {
    this.#refuse("refuse");
  }

  /** Lets go of whatever is open, or being opened, for good. */
  async close(): Promise<void> {
    this.#gone ??= new RuntimeStoreError("database_closed", "this store was closed");
    this.stopAsking();
    this.channel.close();
    const database = await this.#opening?.catch(() => undefined);
    if (database) this.letGo(database);
  }

  async #open(): Promise<IDBPDatabase> {
    try {
      const database = await openWitnessed(this.#address, {
        witness: this.witness,
        onDataLoss: this.#onDataLoss,
        hold: (database) => this.#hold(database),
      });
      if (!this.#gone) return database;
      database.close();
      throw this.#gone;
    } catch (error) {
      this.#opening = undefined;
      if (isRuntimeStoreError(error) && (error.loss || error.code === "database_closed")) this.#gone ??= error;
      throw this.#gone ?? error;
    }
  }

  #hold(database: IDBPDatabase): void {
    this.#opened = database;
    this.#identity = identityOf(database);
    const native = unwrap(database);
    native.onclose = () => {
      this.letGo(database);
    };
    native.onversionchange = ({ newVersion }) => {
      if (newVersion === null) this.#gone ??= new RuntimeStoreError("database_closed", "the database was deleted");
      this.letGo(database);
    };
  }
}
