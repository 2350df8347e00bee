import { type IDBPDatabase, unwrap } from "idb";
import { RuntimeStoreError } from "../core/errors.ts";
import { type Scope, TALLIES } from "../engine/index.ts";
import { abort } from "./abort.ts";
import { fromBrowserError, isConnectionLost } from "./browser-errors.ts";
import type { CommitMark } from "./commit-marks.ts";
import { answerWithin, type Deadline } from "./deadline.ts";
import { IndexedDbTransaction } from "./indexeddb-transaction.ts";
import { COMMITS } from "./schema.ts";
import type { UnreadableRows } from "./unreadable-rows.ts";

/** How long a transaction that was told to abort may take to say that it has, in milliseconds. */
const ABORT_LIMIT = 5_000;

/** What to run in a transaction. */
export interface Task<T> {
  readonly mode: "readonly" | "readwrite";
  /** Where it writes, those of commits and of tallies besides. */
  readonly scope: readonly (Scope[number] | typeof COMMITS)[];
  readonly work: (transaction: IndexedDbTransaction) => Promise<T>;
  /** Where it writes: what to find its commit by. */
  readonly mark?: CommitMark | undefined;
  /** How many bytes it may write unless it is strict; any, if left out. */
  readonly room?: number | undefined;
  /** How many transactions are known to have written to the database, should its own count be lost. */
  readonly leastCount?: number | undefined;
  readonly unreadable: UnreadableRows;
  readonly durability: IDBTransactionDurability;
  readonly deadline: Deadline;
}

/** How a transaction ended. */
export type Outcome<T> =
  | { readonly end: "completed"; readonly value: T }
  /** Nothing was written. */
  | { readonly end: "failed"; readonly error: RuntimeStoreError }
  /** The browser was asked to commit and gave no answer. If it did not commit, `error` is why. */
  | { readonly end: "unanswered"; readonly value: T; readonly error: RuntimeStoreError };

/** Runs one transaction and tells how it ended: once it has, or once the deadline has passed. */
export async function runTransaction<T>(database: IDBPDatabase, task: Task<T>): Promise<Outcome<T>> {
  const { work, mark, deadline } = task;
  let opened: ReturnType<typeof begin>;
  try {
    opened = begin(database, task);
  } catch (cause) {
    return { end: "failed", error: fromBrowserError(cause, "starting a transaction") };
  }
  const native = unwrap(opened);
  const transaction = new IndexedDbTransaction(opened, task);
  const ended = endOf(native);
  let done: { readonly value: T } | undefined;
  let isComplete: boolean | undefined;
  let thrown: unknown;
  try {
    // The first request follows at once: Safari once ended a transaction at a microtask between.
    const stopped = ended.then(() => Promise.reject(reasonOf(native)));
    const working = async () => {
      const value = await work(transaction);
      const ending = mark && (await transaction.ending());
      if (ending) transaction.commit(mark, ending);
      done = { value };
    };
    await deadline.race(Promise.race([working(), stopped]));
    isComplete = await deadline.race(ended);
  } catch (error) {
    thrown = error;
    abort(native);
    isComplete = await answerWithin(Math.min(deadline.limit, ABORT_LIMIT), ended);
  }
  if (done && isComplete) return { end: "completed", value: done.value };
  if (isComplete && transaction.hasWritten) {
    // No browser is known to do so while its requests are awaited. What was written until then is stored.
    return { end: "failed", error: new RuntimeStoreError("outcome_unknown", "the transaction ended before its work") };
  }
  const error = mostTelling([transaction.failure, native.error && reasonOf(native), thrown, reasonOf(native)]);
  const isInDoubt = mark !== undefined && (isComplete === undefined || isConnectionLost(error));
  if (done && isInDoubt) return { end: "unanswered", value: done.value, error };
  return { end: "failed", error };
}

/** The first that says more than that the connection went: a request's own error, the transaction's (over quota all there is), or any. */
function mostTelling(errors: readonly unknown[]): RuntimeStoreError {
  const known = errors
    .filter((error) => error != null)
    .map((error) => fromBrowserError(error, "the transaction failed"));
  return known.find((error) => !isConnectionLost(error)) ?? (known[0] as RuntimeStoreError);
}

const reasonOf = ({ error }: IDBTransaction): RuntimeStoreError =>
  fromBrowserError(error ?? new DOMException("no reason given", "AbortError"), "the transaction was aborted");

function begin(database: IDBPDatabase, { mode, scope, durability }: Omit<Task<unknown>, "work">) {
  const stores = mode === "readwrite" ? [...new Set([...scope, COMMITS, TALLIES])] : [...scope];
  const opened = database.transaction(stores, mode as "readwrite", { durability });
  opened.done.catch(() => undefined); // it rejects at `error`, when the cause is not known yet; `endOf` waits for `abort`
  return opened;
}

/**
 * Whether the transaction completed. An abort after the last success fires no `error`, so both ends are heard. `undefined`
 * when its connection was closed without a word about it: then Chromium 156 never fires either (41 of 200 forced closes).
 */
function endOf(native: IDBTransaction): Promise<boolean | undefined> {
  return new Promise((resolve) => {
    const { db } = native;
    const end = (isComplete?: boolean) => {
      db.removeEventListener("close", closed);
      resolve(isComplete);
    };
    const closed = () => setTimeout(end); // the abort may be the next event
    native.addEventListener("complete", () => {
      end(true);
    });
    native.addEventListener("abort", () => {
      end(false);
    });
    db.addEventListener("close", closed);
  });
}
