import { type BurrowStore, isRuntimeStoreError, newRunId, newSessionId, type SessionId } from "../../src/index.ts";
import { deleteIndexedDbRuntimeStore, openIndexedDbRuntimeStore } from "../../src/indexeddb/index.ts";
import { localStorageWitness } from "../../src/indexeddb/witness-storage.ts";
import { SCHEMA_STEPS } from "../../src/indexeddb/schema.ts";
import { consumedByRun, promptInput, queuedInputState } from "../../src/records/index.ts";
import { assistantMessage, encodeSession, newSession, userMessage } from "../../src/session/index.ts";
import { contradictionsIn } from "./contradictions.ts";
import { randomText } from "./random-text.ts";

const NAME = "faults";

/** How a call ended, as plain data: with a value, or with the members of its error. Times are `performance.now()`. */
export interface Ending<T> {
  readonly code: string;
  readonly value?: T | undefined;
  readonly storage?: unknown;
  readonly message?: string;
  readonly from: number;
  readonly to: number;
}

/** What is stored for a runtime, and whatever in it does not fit together. */
export interface Stored {
  readonly revision: number;
  readonly contradictions: readonly string[];
}

/** The store objects that this page opened, oldest first. Calls go to the newest, or to the one whose number they give. */
const stores: BurrowStore[] = [];
const sessions = new Map<string, SessionId>();
const closings: number[] = [];

/** What the page says on its console when a store begins a transaction that writes. */
export const WRITING = "a store begins to write";

/** The browser's factory, which says when a store begins to write, and notes when the browser closes a connection. */
const factory: Pick<IDBFactory, "open"> = {
  open(name, version) {
    const request = indexedDB.open(name, version);
    request.addEventListener("success", () => {
      watch(request.result);
    });
    return request;
  },
};

function watch(database: IDBDatabase): void {
  database.transaction = (...given) => {
    const transaction = IDBDatabase.prototype.transaction.apply(database, given);
    if (transaction.mode === "readwrite") console.debug(WRITING);
    return transaction;
  };
  const note = () => closings.push(performance.now());
  database.addEventListener("close", note);
  // Where an abort goes before it, the store lets go of the connection, and `close` is not fired any more.
  database.addEventListener("abort", ({ target }) => {
    if ((target as IDBTransaction).error?.name === "UnknownError") note();
  });
}

export function openStore({ openTimeout = 10_000, startAnew = false } = {}): Promise<Ending<number>> {
  const options = { name: NAME, openTimeout, indexedDB: factory as IDBFactory, witness: localStorageWitness() };
  const onDataLoss = () => "start-anew" as const;
  return endingOf(
    async () => stores.push(await openIndexedDbRuntimeStore(startAnew ? { ...options, onDataLoss } : options)) - 1,
  );
}

/** When the browser closed connections of these stores since the last call. Waits for the first, at most two seconds. */
export async function takeClosings(): Promise<number[]> {
  const limit = performance.now() + 2000;
  while (closings.length === 0 && performance.now() < limit) await new Promise((resolve) => setTimeout(resolve, 2));
  return closings.splice(0);
}

export async function closeStores(): Promise<void> {
  await Promise.all(stores.splice(0).map((store) => store.close()));
}

export function deleteStore({ openTimeout = 10_000 } = {}): Promise<Ending<void>> {
  return endingOf(() => deleteIndexedDbRuntimeStore(NAME, { openTimeout }));
}

/** After `wait` milliseconds, commits a conversation of `bytes` with one input that it consumes; resolves to the revision. */
export async function commit({ bytes = 100, wait = 0, runtimeId = "agent", number = stores.length - 1 } = {}) {
  const id = sessions.get(runtimeId) ?? newSessionId();
  sessions.set(runtimeId, id);
  const messages = [userMessage("question"), assistantMessage(randomText(bytes))];
  const input = queuedInputState(promptInput("question"));
  const runId = newRunId();
  const boundary = {
    runId,
    boundary: "run_start",
    sessionDelta: { sessionSnapshot: encodeSession({ ...newSession({ id }), messages }) },
    contributingInputIds: [input.input_id],
    inputUpdates: [consumedByRun(input, { runId })],
    operationId: input.input_id,
  } as const;
  if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
  return endingOf(() => storeOf(number).commitSessionBoundary(runtimeId, boundary));
}

/** Makes so many commits, each as soon as the one before has ended. */
export async function commits({ times, ...options }: { times: number; bytes?: number; wait?: number }) {
  const endings = [];
  for (let time = 0; time < times; time++) endings.push(await commit(options));
  return endings;
}

/** All that is stored for a runtime, as one transaction sees it. */
export function stored({ runtimeId = "agent", number = stores.length - 1 } = {}): Promise<Ending<Stored>> {
  return endingOf(async () => {
    const store = storeOf(number);
    const [head] = (await store.listRuntimes()).filter(({ runtime_id }) => runtime_id === runtimeId);
    if (!head) return { revision: 0, contradictions: [] };
    const dump = await store.dumpRuntime(runtimeId);
    const contradictions = dump ? contradictionsIn(dump) : [];
    return { revision: head.revision, contradictions };
  });
}

export function deleteRuntime(runtimeId: string): Promise<Ending<void>> {
  return endingOf(() => storeOf(stores.length - 1).deleteRuntime(runtimeId, { withSessions: true }));
}

/** The versions of the store's database that the browser knows; none when there is no database. */
export async function versions(): Promise<number[]> {
  const databases = await indexedDB.databases();
  return databases.flatMap(({ name, version }) => (name === NAME && version !== undefined ? [version] : []));
}

/**
 * Opens the store's database as another program would that hears neither `versionchange` nor `close`, and keeps it open.
 * Below this library's version it makes the object stores that the version has; above, none.
 */
export function holdDatabase(version: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, version);
    request.onupgradeneeded = ({ oldVersion }) => {
      const { result, transaction } = request;
      if (transaction) for (const step of SCHEMA_STEPS.slice(oldVersion, version)) step(result, transaction);
    };
    request.onsuccess = () => {
      held.push(request.result);
      resolve(request.result.version);
    };
    request.onerror = () => {
      reject(request.error ?? new Error("the database did not open"));
    };
  });
}

const held: IDBDatabase[] = [];

/** How many receipts there are in the database that this page holds, whatever its version. */
export function countReceipts(): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = held
      .at(-1)
      ?.transaction("runtime_boundary_receipts")
      .objectStore("runtime_boundary_receipts")
      .count();
    if (!request) throw new Error("this page holds no database");
    request.onsuccess = () => {
      resolve(request.result);
    };
    request.onerror = () => {
      reject(request.error ?? new Error("the receipts were not counted"));
    };
  });
}

export function deleteDatabase(): Promise<void> {
  for (const database of held.splice(0)) database.close();
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(NAME);
    request.onsuccess = () => {
      resolve();
    };
    request.onerror = () => {
      reject(request.error ?? new Error("the database was not deleted"));
    };
  });
}

function storeOf(number: number): BurrowStore {
  const store = stores[number];
  if (!store) throw new Error("no store is open in this page");
  return store;
}

async function endingOf<T>(call: () => Promise<T>): Promise<Ending<T>> {
  const from = performance.now();
  try {
    const value = await call();
    return { code: "done", value, from, to: performance.now() };
  } catch (error) {
    if (!isRuntimeStoreError(error)) throw error;
    const { code, storage, message } = error;
    return { code, storage, message, from, to: performance.now() };
  }
}
