import type { RuntimeStoreErrorCode } from "../../src/core/errors.ts";
import { abortDoomed, doom, type Fault, natively, type Phase } from "./faulty-indexeddb.ts";

/** How an operation ends that a fault struck. */
export type End = "resolved" | RuntimeStoreErrorCode;

/** How it ends, the same in every phase of the struck transaction, or by phase. */
export type Ends = End | Readonly<Record<Phase, End>>;

/** A fault, and how every operation has to end that it strikes. */
export type FaultRow = Fault & {
  /** When it happens once. */
  readonly once: Ends;
  /** When it goes on happening. */
  readonly persistent: Ends;
  /** What goes wrong besides, when the store opens another connection. */
  readonly thenOpening?: Extract<Fault, { at: "connection" }>;
  /** Whether it is to be given up at a deadline; else the deadlines are far away. */
  readonly isHang?: true;
  /** Whether it is damage, which `verifyRuntime` may report instead of failing. */
  readonly isDamage?: true;
};

const RETRIED = { once: "resolved", persistent: "database_unavailable" } as const;

/** As `RETRIED`, but that a commit which goes on failing in silence can neither be made nor be looked up. */
const LOOKED_UP = {
  once: "resolved",
  persistent: { read: "database_unavailable", write: "database_unavailable", committing: "outcome_unknown" },
} as const;

const always = (end: End) => ({ once: end, persistent: end }) as const;

const exception =
  (name: string, message = "of the test's making") =>
  () =>
    new DOMException(message, name);

type Exception = () => DOMException;

/** Every way in which a request, a transaction, a commit or a connection goes wrong. */
export const FAULTS: readonly FaultRow[] = [
  { name: "a request throws InvalidStateError", ...requestThrows(exception("InvalidStateError")), ...RETRIED },
  {
    name: "a request throws TransactionInactiveError",
    ...requestThrows(exception("TransactionInactiveError")),
    ...RETRIED,
  },
  { name: "a request throws DataError", ...requestThrows(exception("DataError")), ...always("database_unavailable") },
  { name: "a request fails with UnknownError", ...requestFails(exception("UnknownError")), ...LOOKED_UP },
  {
    name: "a request fails with InvalidStateError",
    ...requestFails(exception("InvalidStateError")),
    ...LOOKED_UP,
  },
  {
    name: "a request fails with QuotaExceededError",
    ...requestFails(exception("QuotaExceededError")),
    ...always("quota_exceeded"),
  },
  {
    name: "a request finds the disk full",
    ...requestFails(exception("UnknownError", "Internal error: IO error: FILE_ERROR_NO_SPACE")),
    ...always("disk_full"),
  },
  {
    name: "a read finds a value that cannot be read",
    ...requestFails(exception("NotReadableError")),
    of: ["get", "getAll"],
    isDamage: true,
    ...always("corrupt_record"),
  },
  {
    name: "a read finds the file of a large value gone",
    ...requestFails(exception("UnknownError", "Failed to read large IndexedDB value")),
    of: ["get", "getAll"],
    isDamage: true,
    ...always("corrupt_record"),
  },
  {
    name: "an insertion finds its key taken",
    ...requestFails(exception("ConstraintError")),
    of: ["add"],
    ...always("receipt_conflict"),
  },
  { name: "the transaction aborts without a reason after a request", ...abortAfterRequest(), ...LOOKED_UP },
  { name: "the browser closes the connection at a request", ...closedAtRequest("abort"), ...LOOKED_UP },
  {
    name: "the browser closes the connection at a request and fires `close` alone",
    ...closedAtRequest("nothing"),
    ...LOOKED_UP,
  },
  {
    name: "a transaction cannot begin: InvalidStateError",
    ...cannotBegin(exception("InvalidStateError")),
    ...RETRIED,
  },
  {
    name: "a transaction cannot begin: SecurityError",
    ...cannotBegin(exception("SecurityError")),
    ...always("database_unavailable"),
  },
  { name: "a transaction finds its connection closed", ...connectionFoundClosed(), ...RETRIED },
  {
    name: "a transaction ends well and the page is told `abort`",
    ...acknowledgementLost(["abort"]),
    ...LOOKED_UP,
  },
  {
    name: "a transaction ends well and its connection closes before it says so",
    ...acknowledgementLost(["abort", "close"]),
    ...LOOKED_UP,
  },
  {
    name: "a transaction ends well and all that it says is that its connection closes",
    ...acknowledgementLost(["close"]),
    ...LOOKED_UP,
  },
  {
    name: "a transaction ends well, its connection closes before it says so, and no other opens",
    ...acknowledgementLost(["abort", "close"]),
    thenOpening: { name: "UnknownError", ...openingFails(exception("UnknownError")) },
    ...LOOKED_UP,
  },
  {
    name: "a transaction ends well, its connection closes before it says so, and another is refused",
    ...acknowledgementLost(["abort", "close"]),
    thenOpening: { name: "SecurityError", ...openingFails(exception("SecurityError")) },
    once: { read: "database_unavailable", write: "database_unavailable", committing: "outcome_unknown" },
    persistent: { read: "database_unavailable", write: "database_unavailable", committing: "outcome_unknown" },
  },
  {
    name: "a transaction ends well and says nothing",
    ...acknowledgementLost([]),
    isHang: true,
    once: { read: "timed_out", write: "timed_out", committing: "resolved" },
    persistent: { read: "timed_out", write: "timed_out", committing: "outcome_unknown" },
  },
  { name: "a transaction waits for ever", ...waitsForEver(), isHang: true, ...always("timed_out") },
  {
    name: "commit throws",
    at: "commit",
    strike() {
      throw new DOMException("of the test's making", "InvalidStateError");
    },
    ...always("resolved"),
  },
  {
    name: "a commit is aborted over quota after every request succeeded",
    ...commitAborts(exception("QuotaExceededError")),
    ...always("quota_exceeded"),
  },
  {
    name: "a commit finds the disk full (Chromium, SQLite)",
    ...commitAborts(exception("QuotaExceededError", "Encountered disk full while committing transaction.")),
    ...always("disk_full"),
  },
  {
    name: "a commit finds the disk full (Chromium, LevelDB)",
    ...commitAborts(exception("DataError", "Failed to write blobs.")),
    ...always("disk_full"),
  },
  { name: "a commit fails with UnknownError", ...commitAborts(exception("UnknownError")), ...RETRIED },
  { name: "a commit is aborted without a reason", ...commitAborts(), ...RETRIED },
  { name: "the browser closes the connection at a commit", ...closedAtCommit("abort"), ...RETRIED },
  {
    name: "the browser closes the connection at a commit and fires `close` alone",
    ...closedAtCommit("nothing"),
    ...RETRIED,
  },
  { name: "a commit does not happen and says nothing", ...commitIsLost(), isHang: true, ...always("timed_out") },
  { name: "a commit takes for ever", ...commitTakesForEver(), isHang: true, ...always("outcome_unknown") },
  { name: "an opening fails with UnknownError", ...openingFails(exception("UnknownError")), ...RETRIED },
  { name: "an opening fails with AbortError", ...openingFails(exception("AbortError")), ...RETRIED },
  {
    name: "an opening fails with VersionError",
    ...openingFails(exception("VersionError")),
    ...always("schema_from_the_future"),
  },
  {
    name: "an opening fails with SecurityError",
    ...openingFails(exception("SecurityError")),
    ...always("database_unavailable"),
  },
  {
    name: "an opening fails over quota",
    ...openingFails(exception("QuotaExceededError")),
    ...always("quota_exceeded"),
  },
  {
    name: "an opening throws SecurityError",
    at: "connection",
    strike() {
      throw new DOMException("of the test's making", "SecurityError");
    },
    ...always("database_unavailable"),
  },
  { name: "an opening is never answered", ...openingIsNeverAnswered(), isHang: true, ...always("database_blocked") },
  { name: "an opened connection is closed at once", ...openingIsClosedAtOnce(), ...RETRIED },
];

type At<P extends Fault["at"]> = Omit<Extract<Fault, { at: P }>, "name">;

function requestThrows(error: Exception): At<"request"> {
  return {
    at: "request",
    strike() {
      throw error();
    },
  };
}

/** The events come in their real order: those before it succeed, it fails, those behind it are aborted, then the transaction is. */
function requestFails(error: Exception): At<"request"> {
  return {
    at: "request",
    strike(call, store) {
      const { transaction } = store;
      afterAllBefore(transaction, () => {
        const cause = error();
        present(request, cause);
        present(transaction, cause);
        abortDoomed(transaction);
      });
      const request = call();
      return request;
    },
  };
}

function abortAfterRequest(): At<"request"> {
  return {
    at: "request",
    strike(call, { transaction }) {
      const request = call();
      doom(transaction);
      request.addEventListener("success", () => abortDoomed(transaction));
      return request;
    },
  };
}

function closedAtRequest(said: "abort" | "nothing"): At<"request"> {
  return {
    at: "request",
    strike(call, { transaction }) {
      afterAllBefore(transaction, () => closeByBrowser(transaction, said));
      return call();
    },
  };
}

function cannotBegin(error: Exception): At<"transaction"> {
  return {
    at: "transaction",
    strike() {
      throw error();
    },
  };
}

function connectionFoundClosed(): At<"transaction"> {
  return {
    at: "transaction",
    strike(call, database) {
      database.close();
      return call();
    },
  };
}

/** The transaction ends well; what the page is told instead of `complete` are these events. */
function acknowledgementLost(instead: readonly ("abort" | "close")[]): At<"transaction"> {
  return {
    at: "transaction",
    strike(call) {
      const transaction = call();
      transaction.addEventListener("complete", (event) => {
        const { db } = transaction;
        event.stopImmediatePropagation();
        if (instead.includes("close")) db.close();
        for (const type of instead) (type === "abort" ? transaction : db).dispatchEvent(eventLike(event, type));
      });
      return transaction;
    },
  };
}

/** Behind one on the same tables that is kept alive until this one was aborted; Firefox aborts it only when it may begin. */
function waitsForEver(): At<"transaction"> {
  return {
    at: "transaction",
    strike(call, database, faulty) {
      const tables = [...database.objectStoreNames];
      const blocker = natively(() => database.transaction(tables, "readwrite"));
      const waiting = call();
      let isOver = false;
      waiting.addEventListener("abort", () => (isOver = true));
      keepAlive(blocker, () => !isOver && faulty.isArmed);
      return waiting;
    },
  };
}

function commitAborts(error?: Exception): At<"commit"> {
  return {
    at: "commit",
    strike(call, transaction) {
      afterAllBefore(transaction, () => {
        if (error) present(transaction, error());
        abortDoomed(transaction);
      });
      call();
    },
  };
}

function commitIsLost(): At<"commit"> {
  return {
    at: "commit",
    strike(call, transaction) {
      transaction.db.addEventListener("abort", (event) => event.stopImmediatePropagation(), { capture: true });
      afterAllBefore(transaction, () => abortDoomed(transaction));
      call();
    },
  };
}

/** Nobody can look, for it stands in the way; once the fault is over it happens. */
function commitTakesForEver(): At<"commit"> {
  return {
    at: "commit",
    strike(call, transaction, faulty) {
      keepAlive(transaction, () => faulty.isArmed);
      doom(transaction);
      call();
    },
  };
}

function closedAtCommit(said: "abort" | "nothing"): At<"commit"> {
  return {
    at: "commit",
    strike(call, transaction) {
      afterAllBefore(transaction, () => closeByBrowser(transaction, said));
      call();
    },
  };
}

/** A real request that fails: for an older version than a database of the test's own has. */
function openingFails(error: Exception): At<"connection"> {
  return {
    at: "connection",
    strike() {
      const request = indexedDB.open(NEWER, 1);
      request.addEventListener("error", () => present(request, error()));
      return request;
    },
  };
}

function openingIsNeverAnswered(): At<"connection"> {
  return {
    at: "connection",
    strike() {
      const request = indexedDB.open(NEWER);
      request.addEventListener("success", (event) => {
        event.stopImmediatePropagation();
        request.result.close();
      });
      return request;
    },
  };
}

function openingIsClosedAtOnce(): At<"connection"> {
  return {
    at: "connection",
    strike(call) {
      const request = call();
      request.addEventListener("success", (event) => {
        const database = request.result;
        database.close();
        setTimeout(() => database.dispatchEvent(eventLike(event, "close")));
      });
      return request;
    },
  };
}

/** A database of a newer version than anybody asks for, so that a request for version 1 of it really fails. */
const NEWER = "a newer database";

export function makeNewerDatabase(): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NEWER, 2);
    request.onerror = () => reject(request.error ?? new Error("it cannot be opened"));
    request.onsuccess = () => {
      request.result.close();
      resolve();
    };
  });
}

/** Runs `strike` when the requests made so far have succeeded and before any later one does; nothing when one of them fails. */
function afterAllBefore(transaction: IDBTransaction, strike: () => void): void {
  doom(transaction);
  const [table = ""] = transaction.objectStoreNames;
  const sentinel = natively(() => transaction.objectStore(table).count());
  sentinel.addEventListener("success", strike);
}

function keepAlive(transaction: IDBTransaction, isWanted: () => boolean): void {
  if (!isWanted()) return;
  const [table = ""] = transaction.objectStoreNames;
  const request = natively(() => transaction.objectStore(table).count());
  request.addEventListener("success", () => keepAlive(transaction, isWanted));
}

/** Ends a transaction as the browser does that closes its connection: `said` is what becomes of it, before the connection's `close`. */
function closeByBrowser(transaction: IDBTransaction, said: "abort" | "nothing"): void {
  const { db } = transaction;
  const pass = (event: Event) => {
    if (said === "nothing") event.stopImmediatePropagation();
    if (event.target === transaction) setTimeout(() => db.dispatchEvent(eventLike(event, "close")));
  };
  // On their way down, before anybody else hears them.
  db.addEventListener("error", pass, { capture: true });
  db.addEventListener("abort", pass, { capture: true });
  abortDoomed(transaction);
  db.close();
}

/** An event of the class of another: those of fake-indexeddb take no others. */
function eventLike(event: Event, type: string): Event {
  return new (event.constructor as typeof Event)(type, { bubbles: type === "abort" });
}

/** Has a request or a transaction show this error as its own. */
function present(target: IDBRequest | IDBTransaction, error: DOMException): void {
  Object.defineProperty(target, "error", { get: () => error, set: () => undefined, configurable: true });
}
