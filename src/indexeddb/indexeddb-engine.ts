import type { IDBPDatabase } from "idb";
import { isRuntimeStoreError, RuntimeStoreError } from "../core/errors.ts";
import type { Channel, Engine, Locks, Scope, Transaction } from "../engine/index.ts";
import { isDeleted, standingOf } from "../store/standings.ts";
import { withAttempts } from "./attempts.ts";
import { isConnectionLost } from "./browser-errors.ts";
import { BLOCK_SIZES, MOST_BYTES_IN_LOG } from "./body-blocks.ts";
import { CommitMarks, mayBeForgotten } from "./commit-marks.ts";
import type { Connection } from "./connection.ts";
import type { CrashGuard } from "./crash-guard.ts";
import { Deadline } from "./deadline.ts";
import type { IndexedDbTransaction } from "./indexeddb-transaction.ts";
import { type Outcome, runTransaction, type Task } from "./run-transaction.ts";
import { withStorageFigures } from "./storage-figures.ts";
import { UnreadableRows } from "./unreadable-rows.ts";
import { heldLock, lockManager } from "./web-locks.ts";

/** How long the search for a commit that gave no answer may take, in milliseconds. */
const LOOK_LIMIT = 10_000;

/** How an engine runs its transactions. */
export interface EngineSettings {
  readonly durability: "strict" | "relaxed";
  /** How long one may take, in milliseconds. */
  readonly operationTimeout: number;
  /** Hears of every transaction that writes, before it. */
  readonly guard?: CrashGuard | undefined;
}

/** A task, and how long its transaction may take once the database is open, in milliseconds. */
type TimedTask<T> = Omit<Task<T>, "deadline"> & { readonly limit: number };

/**
 * An engine on IndexedDB: one table is one object store, bodies lie in blocks.
 *
 * A transaction that fails because its connection was lost is run again on a new one, and one that was asked to commit and
 * never answered is looked up first: so a failure means that nothing was written, and `outcome_unknown` that nobody can tell.
 */
export class IndexedDbEngine implements Engine {
  readonly blockSizes = BLOCK_SIZES;
  readonly #connection: Connection;
  readonly #settings: EngineSettings;
  readonly #marks = new CommitMarks();
  /** How much was written since the last strict transaction. */
  #unsyncedBytes = 0;
  /** Then Chromium's LevelDB engine cannot open the database either, and does not say why. */
  #isDiskFull = false;

  constructor(connection: Connection, settings: EngineSettings) {
    this.#connection = connection;
    this.#settings = settings;
  }

  get channel(): Channel {
    return this.#connection.channel;
  }

  /** A runtime's lock is one of the database that is open, not of its name. */
  get locks(): Locks | undefined {
    const manager = lockManager();
    const prefix = `burrow-store lease ${this.#connection.identity} `;
    return manager && { request: (name, options) => heldLock(manager, prefix + name, options) };
  }

  transact<T>(
    mode: "readonly" | "readwrite",
    scope: Scope,
    work: (transaction: Transaction) => Promise<T>,
  ): Promise<T> {
    return this.#transact(mode, scope, work);
  }

  /** The durability that the browser says its transactions have; `undefined` where it knows none. */
  grantedDurability(): Promise<IDBTransactionDurability | undefined> {
    return this.#transact("readonly", ["runtime_heads"], ({ durability }) => Promise.resolve(durability));
  }

  stopAsking(): void {
    this.#connection.stopAsking();
  }

  async close(): Promise<void> {
    await this.#connection.close();
    await Promise.all([this.#connection.witness.settled(), this.#settings.guard?.release()]);
  }

  async #transact<T>(mode: Task<T>["mode"], scope: Scope, work: Task<T>["work"]): Promise<T> {
    const { durability, operationTimeout, guard } = this.#settings;
    if (mode === "readwrite") await guard?.beforeWriting();
    const unreadable = new UnreadableRows();
    const attempt = () => {
      const mark = mode === "readwrite" ? this.#marks.next() : undefined;
      return this.#attempt({ mode, scope, work, mark, unreadable, durability, limit: operationTimeout });
    };
    try {
      return await unreadable.learning(() => withAttempts(attempt));
    } catch (error) {
      throw await withStorageFigures(error);
    } finally {
      if (mode === "readwrite") guard?.afterWriting();
    }
  }

  async #attempt<T>(task: TimedTask<T>): Promise<T> {
    let used: IndexedDbTransaction | undefined;
    const work = (transaction: IndexedDbTransaction) => {
      used = transaction;
      return task.work(transaction);
    };
    const leastCount = this.#connection.witness.writes;
    const outcome = await this.#run({ ...task, work, leastCount, room: MOST_BYTES_IN_LOG - this.#unsyncedBytes });
    if (used?.needsStrict && task.durability !== "strict") return this.#attempt({ ...task, durability: "strict" });
    if (outcome.end === "failed") throw outcome.error;
    if (outcome.end === "unanswered" && !(await this.#wasCommitted(task))) throw outcome.error;
    if (task.mark) this.#marks.settle(task.mark);
    if (task.mode === "readwrite") {
      this.#unsyncedBytes = task.durability === "strict" ? 0 : this.#unsyncedBytes + (used?.bytes ?? 0);
    }
    if (used?.count !== undefined) {
      const living = used.writtenHeads.filter((row) => !isDeleted(row));
      const standings = living.map(standingOf).filter((standing) => standing !== undefined);
      const deleted = used.writtenHeads.filter(isDeleted).map((row) => String(row.runtime_id));
      this.#connection.witness.note({ writes: used.count, standings, deleted });
    }
    return outcome.value;
  }

  async #run<T>({ limit, ...task }: TimedTask<T>): Promise<Outcome<T>> {
    const database = await this.#database();
    const deadline = new Deadline(limit);
    const outcome = await runTransaction(database, { ...task, deadline }).finally(() => deadline.cancel());
    if (outcome.end === "completed") {
      if (task.mode === "readwrite") this.#isDiskFull = false;
      return outcome;
    }
    const { error } = outcome;
    if (error.code === "disk_full") this.#isDiskFull = true;
    if (error.code === "timed_out" || isConnectionLost(error)) this.#connection.letGo(database);
    return outcome;
  }

  async #database(): Promise<IDBPDatabase> {
    try {
      return await this.#connection.database();
    } catch (error) {
      if (!this.#isDiskFull || !isConnectionLost(error)) throw error;
      const { detail, cause } = error as RuntimeStoreError;
      throw new RuntimeStoreError("disk_full", detail, { cause });
    }
  }

  /**
   * Whether a transaction that gave no answer was committed. A readwrite transaction over the same tables begins when that
   * one has ended, one way or the other.
   */
  async #wasCommitted({ scope, mark, unreadable, durability }: TimedTask<unknown>): Promise<boolean> {
    const id = mark?.commit_id ?? "";
    const look = { mode: "readwrite", scope, unreadable, durability, limit: LOOK_LIMIT } as const;
    try {
      const isThere = await withAttempts(() =>
        this.#attempt({ ...look, work: (transaction) => transaction.hasMark(id) }),
      );
      if (isThere || !mayBeForgotten(id)) return isThere;
      throw new RuntimeStoreError("timed_out", "so much time has passed that its mark may have been removed");
    } catch (cause) {
      if (isRuntimeStoreError(cause) && isDatabaseGone(cause)) throw cause;
      throw new RuntimeStoreError("outcome_unknown", "a commit gave no answer and cannot be looked up", { cause });
    }
  }
}

/** Then there is nothing to look in, and nothing left of what was committed. */
const isDatabaseGone = ({ code }: RuntimeStoreError): boolean =>
  code === "database_wiped" || code === "database_closed";
