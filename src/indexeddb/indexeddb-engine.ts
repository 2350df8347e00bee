import { isRuntimeStoreError, RuntimeStoreError } from "../core/errors.ts";
import type { Engine, Scope, Transaction } from "../engine/index.ts";
import { withAttempts } from "./attempts.ts";
import { isConnectionLost } from "./browser-errors.ts";
import { CommitMarks } from "./commit-marks.ts";
import type { Connection } from "./connection.ts";
import { Deadline } from "./deadline.ts";
import { type Outcome, runTransaction, type Task } from "./run-transaction.ts";
import { withStorageFigures } from "./storage-figures.ts";

/** How long the search for a commit that gave no answer may take, in milliseconds. */
const LOOK_LIMIT = 10_000;

/** How an engine runs its transactions. */
export interface EngineSettings {
  readonly durability: "strict" | "relaxed";
  /** How long one may take, in milliseconds. */
  readonly operationTimeout: number;
}

/**
 * An engine on IndexedDB: one table is one object store, bodies lie in blocks.
 *
 * A transaction that fails because its connection was lost is run again on a new one, and one that was asked to commit and
 * never answered is looked up first: so a failure means that nothing was written, and `outcome_unknown` that nobody can tell.
 */
export class IndexedDbEngine implements Engine {
  readonly #connection: Connection;
  readonly #settings: EngineSettings;
  readonly #marks = new CommitMarks();
  #isDiskFull = false;

  constructor(connection: Connection, settings: EngineSettings) {
    this.#connection = connection;
    this.#settings = settings;
  }

  async transact<T>(
    mode: "readonly" | "readwrite",
    scope: Scope,
    work: (transaction: Transaction) => Promise<T>,
  ): Promise<T> {
    const { durability, operationTimeout } = this.#settings;
    const deadline = new Deadline(operationTimeout);
    try {
      const value = await withAttempts(() => {
        const mark = mode === "readwrite" ? this.#marks.next() : undefined;
        return this.#attempt({ mode, scope, work, mark, durability, deadline });
      });
      this.#isDiskFull = false;
      return value;
    } catch (error) {
      throw await withStorageFigures(this.#withDiskInMind(error));
    } finally {
      deadline.cancel();
    }
  }

  /** The durability that the browser says its transactions have; `undefined` where it knows none. */
  async grantedDurability(): Promise<IDBTransactionDurability | undefined> {
    const database = await withAttempts(() => this.#connection.database());
    const { durability } = this.#settings;
    return database.transaction("runtime_heads", "readonly", { durability }).durability;
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  /** The error, or what is behind it: once the disk is full, Chromium's LevelDB engine cannot open the database, and does not say why. */
  #withDiskInMind(error: unknown): unknown {
    if (!isRuntimeStoreError(error)) return error;
    const { code, detail, row, cause } = error;
    if (this.#isDiskFull && isConnectionLost(error)) return new RuntimeStoreError("disk_full", detail, { row, cause });
    this.#isDiskFull = code === "disk_full";
    return error;
  }

  async #attempt<T>(task: Task<T>): Promise<T> {
    const outcome = await this.#run(task);
    if (outcome.end === "failed") throw outcome.error;
    if (outcome.end === "unanswered" && !(await this.#wasCommitted(task))) throw outcome.error;
    if (task.mark) this.#marks.settle(task.mark);
    return outcome.value;
  }

  async #run<T>(task: Task<T>): Promise<Outcome<T>> {
    const database = await this.#connection.database();
    const outcome = await runTransaction(database, task);
    if (outcome.end !== "completed" && isConnectionSuspect(outcome.error)) this.#connection.letGo(database);
    return outcome;
  }

  /**
   * Whether a transaction that gave no answer was committed. A readwrite transaction over the same tables begins when that
   * one has ended, one way or the other.
   */
  async #wasCommitted({ scope, mark, durability }: Task<unknown>): Promise<boolean> {
    const id = mark?.commit_id ?? "";
    const deadline = new Deadline(LOOK_LIMIT);
    const look = { mode: "readwrite", scope, durability, deadline } as const;
    try {
      return await withAttempts(() => this.#attempt({ ...look, work: (transaction) => transaction.hasMark(id) }));
    } catch (cause) {
      if (isRuntimeStoreError(cause) && isDatabaseGone(cause)) throw cause;
      throw new RuntimeStoreError(
        "outcome_unknown",
        "the connection was lost during a commit, and it cannot be looked up",
        {
          cause,
        },
      );
    } finally {
      deadline.cancel();
    }
  }
}

/** Whether to do without the connection on which this error came up. */
const isConnectionSuspect = (error: unknown): boolean =>
  isConnectionLost(error) || (isRuntimeStoreError(error) && error.code === "timed_out");

/** Then there is nothing to look in, and nothing left of what was committed. */
const isDatabaseGone = ({ code }: RuntimeStoreError): boolean =>
  code === "database_wiped" || code === "database_closed";
