import { openIndexedDbRuntimeStore } from "burrow-store/indexeddb";
import { BrokenLaw, expectEqual, expectThat, show } from "../../src/conformance/expectation.ts";
import { boundary, EMPTY_DIGEST, runId } from "../../src/conformance/samples.ts";
import { everythingIn, furnish, FURNISHED } from "../../src/conformance/whole-store.ts";
import type { BurrowStore } from "../../src/contract/index.ts";
import { isRuntimeStoreError } from "../../src/core/errors.ts";
import { type End, type Ends, type FaultRow, TIMEOUT } from "./faults.ts";
import { type Fault, FaultyIndexedDb, fits, natively, type Phase, type Timing } from "./faulty-indexeddb.ts";

/** An operation of a store, by its name. */
export interface Operation {
  readonly name: string;
  readonly call: (store: BurrowStore) => Promise<unknown>;
  /** Whether the opening of the store is part of it, and so can fail. */
  readonly opens?: boolean;
}

/** One run: what is called, what goes wrong, and when. */
export interface Scenario {
  readonly operation: Operation;
  readonly fault: FaultRow;
  readonly timing: Timing;
}

/** How a run ended, and whether its fault came up at all. */
export interface Result {
  readonly end: End;
  readonly struck: number;
}

/** What an operation does when nothing goes wrong. */
interface Control {
  readonly value: unknown;
  readonly after: Contents;
  readonly met: FaultyIndexedDb["met"];
}

/** All that the store shows, and how many rows each object store has: what is left behind shows in the latter alone. */
interface Contents {
  readonly shown: object;
  readonly rows: Readonly<Record<string, number>>;
}

type Rows = ReadonlyMap<string, readonly unknown[]>;

/** Marks of commits stay for a while after they were needed, so their number tells nothing. */
const MARKS = "commits";

/** The most that an operation is attempted: once, and thrice more. */
const ATTEMPTS = 4;

let databases = 0;

/** Furnished databases, what they hold, and what every operation makes of one. */
export class Furnished {
  readonly #rows: Rows;
  readonly #before: Contents;
  readonly #controls = new Map<string, Promise<Control>>();

  private constructor(rows: Rows, before: Contents) {
    this.#rows = rows;
    this.#before = before;
  }

  static async make(): Promise<Furnished> {
    const name = newName();
    const store = await openIndexedDbRuntimeStore({ name });
    await furnish(store);
    await store.close();
    const furnished = new Furnished(await rowsIn(name), await contentsOf(name));
    await destroy(name);
    return furnished;
  }

  /** At how many points a fault can happen to an operation that goes on without retries. */
  async points(operation: Operation, fault: Fault): Promise<number> {
    if (fault.at === "connection") return 1;
    const { met } = await this.#control(operation);
    return met.filter(({ at, method }) => fits(fault, at, method)).length;
  }

  /**
   * Runs an operation on a furnished database of its own while a fault happens to it, and demands that it ends as the fault's
   * row says; that all is then stored or nothing; and that both this store and a new one go on.
   */
  async run({ operation, fault, timing }: Scenario): Promise<Result> {
    const control = await this.#control(operation);
    const faulty = new FaultyIndexedDb();
    const name = newName();
    await this.#fill(name);
    const opening = () => openIndexedDbRuntimeStore({ ...OPTIONS, name, indexedDB: faulty.factory });
    let store = operation.opens === true ? undefined : await opening();
    if (fault.at === "connection") faulty.closeSilently();
    faulty.met.length = 0;
    faulty.arm(fault, timing);
    const { end, value, cause } = await endOf(async () => {
      store ??= await opening();
      return operation.call(store);
    });
    faulty.disarm();
    try {
      const { struck, phase } = faulty;
      expectThat(struck > 0 || end === "resolved", `without any fault it ends with ${end}`);
      const due = struck === 0 ? "resolved" : dueEnd(timing.isPersistent ? fault.persistent : fault.once, phase);
      if (end !== due) throw new BrokenLaw(`it ends with ${end} where ${due} is due`, { cause });
      if (end === "database_unavailable") expectThat(isCaused(cause), "the error has no cause");
      expectThat(countOf(faulty, "connection") <= ATTEMPTS * 2, `${countOf(faulty, "connection")} connections opened`);
      if (end === "resolved") expectEqual(value, control.value, "the value");
      expectContents(await contentsOf(name), end, { before: this.#before, after: control.after });
      await expectProgress(store ?? (await opening()), name);
      return { end, struck };
    } finally {
      await store?.close();
      await destroy(name);
    }
  }

  #control(operation: Operation): Promise<Control> {
    const known = this.#controls.get(operation.name);
    if (known) return known;
    const control = this.#runWithoutFault(operation);
    this.#controls.set(operation.name, control);
    return control;
  }

  async #runWithoutFault(operation: Operation): Promise<Control> {
    const name = newName();
    await this.#fill(name);
    const faulty = new FaultyIndexedDb();
    const store = await openIndexedDbRuntimeStore({ ...OPTIONS, name, indexedDB: faulty.factory });
    faulty.met.length = 0;
    const value = await operation.call(store);
    const met = [...faulty.met];
    await store.close();
    const after = await contentsOf(name);
    await destroy(name);
    const isWrite = met.some(({ at }) => at === "commit");
    expectThat(isWrite === differ(after.shown, this.#before.shown), `${operation.name} does not do what it is to do`);
    expectThat(isWrite || (value !== undefined && show(value) !== "[]"), `${operation.name} finds nothing`);
    return { value, after, met };
  }

  /** Makes a furnished database: a copy of the first one. */
  async #fill(name: string): Promise<void> {
    const store = await openIndexedDbRuntimeStore({ name });
    await store.close();
    await inDatabase(name, "readwrite", (transaction) => {
      for (const [table, rows] of this.#rows) for (const row of rows) transaction.objectStore(table).put(row);
    });
  }
}

const OPTIONS = { openTimeout: TIMEOUT, operationTimeout: TIMEOUT };

const newName = () => `n-th failure ${databases++}`;
const isCaused = (error: unknown) => error instanceof Error && error.cause !== undefined;
const countOf = ({ met }: FaultyIndexedDb, point: string) => met.filter(({ at }) => at === point).length;

function dueEnd(ends: Ends, phase: Phase | undefined): End {
  if (typeof ends === "string") return ends;
  if (phase === undefined) throw new Error("a fault of connections has one end");
  return ends[phase];
}

async function endOf(call: () => Promise<unknown>): Promise<{ end: End; value?: unknown; cause?: unknown }> {
  try {
    return { end: "resolved", value: await call() };
  } catch (error) {
    if (isRuntimeStoreError(error)) return { end: error.code, cause: error };
    throw new BrokenLaw(`it rejects with ${show(error)}, which is no RuntimeStoreError`, { cause: error });
  }
}

function expectContents(found: Contents, end: End, { before, after }: { before: Contents; after: Contents }): void {
  if (end === "outcome_unknown") {
    expectContents(found, differ(found.shown, before.shown) ? "resolved" : "timed_out", { before, after });
  } else {
    expectEqual(found, end === "resolved" ? after : before, `what is stored after ${end}`);
  }
}

function differ(a: unknown, b: unknown): boolean {
  try {
    expectEqual(a, b, "");
    return false;
  } catch {
    return true;
  }
}

/** Demands that a store which a fault struck, and one that is opened now, read and commit, and see each other's commits. */
async function expectProgress(struck: BurrowStore, name: string): Promise<void> {
  const other = await openIndexedDbRuntimeStore({ ...OPTIONS, name });
  try {
    expectEqual(await struck.loadRuntime(FURNISHED), await other.loadRuntime(FURNISHED), "what both stores load");
    for (const [sequence, [writer, reader]] of [[struck, other] as const, [other, struck] as const].entries()) {
      const due = { run_id: runId(9), sequence, conversation_digest: EMPTY_DIGEST, message_count: 0 };
      const receipt = await writer.commitSessionBoundary(FURNISHED, boundary({ runId: due.run_id }));
      expectEqual(receipt, { ...due, boundary: "immediate", contributing_input_ids: [] }, "the next receipt");
      expectEqual(await reader.loadBoundaryReceipt(FURNISHED, runId(9), sequence), receipt, "the receipt as stored");
    }
  } finally {
    await other.close();
  }
}

async function contentsOf(name: string): Promise<Contents> {
  const store = await openIndexedDbRuntimeStore({ ...OPTIONS, name });
  const shown = await everythingIn(store);
  await store.close();
  const rows: Record<string, number> = {};
  for (const [table, { length }] of await rowsIn(name)) if (table !== MARKS) rows[table] = length;
  return { shown, rows };
}

async function rowsIn(name: string): Promise<Rows> {
  const requests: (readonly [string, IDBRequest<unknown[]>])[] = [];
  await inDatabase(name, "readonly", (transaction) => {
    for (const table of transaction.objectStoreNames) {
      requests.push([table, transaction.objectStore(table).getAll()]);
    }
  });
  return new Map(requests.map(([table, { result }]) => [table, result]));
}

/** Works on a database behind the store's back. */
async function inDatabase(
  name: string,
  mode: IDBTransactionMode,
  work: (transaction: IDBTransaction) => void,
): Promise<void> {
  const opening = indexedDB.open(name);
  await settled(opening);
  const transaction = opening.result.transaction([...opening.result.objectStoreNames], mode);
  natively(() => work(transaction));
  await new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error ?? new Error("aborted"));
  });
  opening.result.close();
}

const destroy = (name: string): Promise<void> => settled(indexedDB.deleteDatabase(name));

function settled(request: IDBOpenDBRequest): Promise<void> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error ?? new Error("failed"));
  });
}
