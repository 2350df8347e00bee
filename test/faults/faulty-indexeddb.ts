/** What is counted, from one, in the database under test; `request` is one of an object store's. */
export type Point = "connection" | "transaction" | "request" | "commit";

/** Something that goes wrong in IndexedDB, done in place of one call: `call` makes the real one. */
export type Fault = { readonly name: string } & (
  | { readonly at: "connection"; strike(call: () => IDBOpenDBRequest): IDBOpenDBRequest }
  | {
      readonly at: "transaction";
      strike(call: () => IDBTransaction, database: IDBDatabase, faulty: FaultyIndexedDb): IDBTransaction;
    }
  | {
      readonly at: "request";
      /** The methods that it can happen to; any, if left out. */
      readonly of?: readonly RequestMethod[];
      strike(call: () => IDBRequest, store: IDBObjectStore): IDBRequest;
    }
  | { readonly at: "commit"; strike(call: () => void, transaction: IDBTransaction, faulty: FaultyIndexedDb): void }
);

const REQUEST_METHODS = [
  "get",
  "getAll",
  "getKey",
  "getAllKeys",
  "openKeyCursor",
  "count",
  "add",
  "put",
  "delete",
] as const;
export type RequestMethod = (typeof REQUEST_METHODS)[number];

/** When a fault goes wrong: at its point number `n`, counted from one, or at that and all after it. */
export interface Timing {
  readonly n: number;
  readonly isPersistent: boolean;
}

/** How far the transaction had come that a fault struck first. */
export type Phase = "read" | "write" | "committing";

const watched = new WeakMap<IDBDatabase, FaultyIndexedDb>();
const committing = new WeakSet<IDBTransaction>();
const doomed = new WeakSet<IDBTransaction>();
let nativeCalls = 0;

/** One database of the realm's IndexedDB that can be made to fail; open it through `factory`, within `patchIndexedDb`. */
export class FaultyIndexedDb {
  readonly factory: IDBFactory;
  /** Every call that was met, in order. */
  readonly met: { readonly at: Point; readonly method?: string }[] = [];
  /** How many calls went wrong. */
  struck = 0;
  readonly #armed: { readonly fault: Fault; readonly timing: Timing; seen: number }[] = [];
  #firstStruck: IDBTransaction | IDBTransactionMode | undefined;
  #latest: IDBDatabase | undefined;

  constructor() {
    const real = indexedDB;
    this.factory = {
      open: (name, version) => this.meet("connection", () => this.#open(real, name, version)),
      deleteDatabase: (name) => real.deleteDatabase(name),
      cmp: (a, b) => real.cmp(a, b),
      databases: () => real.databases(),
    };
  }

  arm(fault: Fault, timing: Timing): void {
    this.#armed.push({ fault, timing, seen: 0 });
  }

  get isArmed(): boolean {
    return this.#armed.length > 0;
  }

  disarm(): void {
    this.#armed.length = 0;
  }

  /** How far the first struck transaction had come; `undefined` when no transaction was struck. */
  get phase(): Phase | undefined {
    const struck = this.#firstStruck;
    if (struck === undefined) return undefined;
    if (typeof struck === "string") return struck === "readonly" ? "read" : "write";
    if (struck.mode === "readonly") return "read";
    return committing.has(struck) ? "committing" : "write";
  }

  /** Closes the connection that was opened last, as the browser does, without a word. */
  closeSilently(): void {
    this.#latest?.close();
  }

  /** Makes a call, or has the fault make it when its number has come. */
  meet<T>(at: Point, call: () => T, target?: unknown, detail?: string): T {
    this.met.push({ at, ...(detail === undefined ? {} : { method: detail }) });
    const armed = this.#armed.find(({ fault }) => fits(fault, at, detail));
    if (!armed) return call();
    const { n, isPersistent } = armed.timing;
    armed.seen++;
    if (armed.seen < n || (armed.seen > n && !isPersistent)) return call();
    this.struck++;
    if (at === "request") this.#firstStruck ??= (target as IDBObjectStore).transaction;
    if (at === "commit") this.#firstStruck ??= target as IDBTransaction;
    // Both sides of the union agree on `at`, which TypeScript cannot follow through a type parameter.
    const strike = armed.fault.strike as unknown as (call: () => T, target: unknown, faulty: this) => T;
    if (at !== "transaction") return strike(call, target, this);
    try {
      const begun = strike(call, target, this);
      this.#firstStruck ??= begun as IDBTransaction;
      return begun;
    } finally {
      this.#firstStruck ??= detail as IDBTransactionMode;
    }
  }

  #open(real: IDBFactory, name: string, version: number | undefined): IDBOpenDBRequest {
    const request = real.open(name, version);
    request.addEventListener("success", () => {
      this.#latest = request.result;
      watched.set(request.result, this);
    });
    return request;
  }
}

/** Whether a call is one that a fault can happen to. */
export const fits = (fault: Fault, at: Point, method: string | undefined): boolean =>
  fault.at === at && (fault.at !== "request" || fault.of === undefined || fault.of.includes(method as RequestMethod));

/** Makes calls of one's own that neither count nor fail. */
export function natively<T>(call: () => T): T {
  nativeCalls++;
  try {
    return call();
  } finally {
    nativeCalls--;
  }
}

/**
 * A transaction that a fault will abort when its time has come. Until then a `commit` only looks as if it were made, for a
 * real one could not be called off any more.
 */
export function doom(transaction: IDBTransaction): void {
  doomed.add(transaction);
}

/** Aborts a doomed transaction. */
export function abortDoomed(transaction: IDBTransaction): void {
  natively(() => transaction.abort());
}

/**
 * Has the realm's IndexedDB meet the faults of the databases that are opened through a `FaultyIndexedDb`; other databases do
 * not notice.
 * @returns what undoes it.
 */
export function patchIndexedDb(): () => void {
  const undo = [
    patch(IDBDatabase.prototype, "transaction", (original) => {
      return function (this: IDBDatabase, names, mode = "readonly", options) {
        const call = () => original.call(this, names, mode, options);
        // fake-indexeddb begins the transaction of an upgrade by the same method.
        const isUpgrade = (mode as string) === "versionchange";
        const faulty = isUpgrade || nativeCalls > 0 ? undefined : watched.get(this);
        return faulty ? faulty.meet("transaction", call, this, mode) : call();
      };
    }),
    patch(IDBTransaction.prototype, "commit", (original) => {
      return function (this: IDBTransaction) {
        const call = () => {
          if (!doomed.has(this)) original.call(this);
          committing.add(this);
        };
        const faulty = nativeCalls > 0 ? undefined : watched.get(this.db);
        if (faulty) faulty.meet("commit", call, this);
        else call();
      };
    }),
    patch(IDBTransaction.prototype, "abort", (original) => {
      return function (this: IDBTransaction) {
        const looksCommitting = doomed.has(this) && committing.has(this);
        if (looksCommitting && nativeCalls === 0) throw new DOMException("it is committing", "InvalidStateError");
        original.call(this);
      };
    }),
    ...REQUEST_METHODS.map((method) =>
      patch(IDBObjectStore.prototype, method, (original) => {
        return function (this: IDBObjectStore, ...given: unknown[]) {
          const call = () => (original as (...given: unknown[]) => IDBRequest).apply(this, given);
          const faulty = nativeCalls > 0 ? undefined : watched.get(this.transaction.db);
          return faulty ? faulty.meet("request", call, this, method) : call();
        } as typeof original;
      }),
    ),
  ];
  return () => {
    for (const one of undo) one();
  };
}

function patch<O extends object, K extends keyof O>(object: O, name: K, make: (original: O[K]) => O[K]): () => void {
  const original = object[name];
  object[name] = make(original);
  return () => {
    object[name] = original;
  };
}
