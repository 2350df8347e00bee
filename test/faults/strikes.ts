import { abortDoomed, doom, type Fault, natively } from "./faulty-indexeddb.ts";

/** Makes an error as the browser makes it, when it is wanted. */
export const exception =
  (name: string, message = "of the test's making") =>
  () =>
    new DOMException(message, name);

type Exception = () => DOMException;

type At<P extends Fault["at"]> = Omit<Extract<Fault, { at: P }>, "name">;

export function requestThrows(error: Exception): At<"request"> {
  return {
    at: "request",
    strike() {
      throw error();
    },
  };
}

/** The events come in their real order: those before it succeed, it fails, those behind it are aborted, then the transaction is. */
export function requestFails(error: Exception): At<"request"> {
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

export function abortAfterRequest(): At<"request"> {
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

export function closedAtRequest(said: "abort" | "nothing"): At<"request"> {
  return {
    at: "request",
    strike(call, { transaction }) {
      afterAllBefore(transaction, () => closeByBrowser(transaction, said));
      return call();
    },
  };
}

export function cannotBegin(error: Exception): At<"transaction"> {
  return {
    at: "transaction",
    strike() {
      throw error();
    },
  };
}

export function connectionFoundClosed(): At<"transaction"> {
  return {
    at: "transaction",
    strike(call, database) {
      database.close();
      return call();
    },
  };
}

/** The transaction ends well; what the page is told instead of `complete` are these events. */
export function acknowledgementLost(instead: readonly ("abort" | "close")[]): At<"transaction"> {
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
export function waitsForEver(): At<"transaction"> {
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

export function commitAborts(error?: Exception): At<"commit"> {
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

export function commitIsLost(): At<"commit"> {
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
export function commitTakesForEver(): At<"commit"> {
  return {
    at: "commit",
    strike(call, transaction, faulty) {
      keepAlive(transaction, () => faulty.isArmed);
      doom(transaction);
      call();
    },
  };
}

export function closedAtCommit(said: "abort" | "nothing"): At<"commit"> {
  return {
    at: "commit",
    strike(call, transaction) {
      afterAllBefore(transaction, () => closeByBrowser(transaction, said));
      call();
    },
  };
}

/** A real request that fails: for an older version than a database of the test's own has. */
export function openingFails(error: Exception): At<"connection"> {
  return {
    at: "connection",
    strike() {
      const request = indexedDB.open(NEWER, 1);
      request.addEventListener("error", () => present(request, error()));
      return request;
    },
  };
}

export function openingIsNeverAnswered(): At<"connection"> {
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

export function openingIsClosedAtOnce(): At<"connection"> {
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
