import { openIndexedDbRuntimeStore } from "burrow-store/indexeddb";
import { BrokenLaw, expectEqual, expectThat, show } from "../../src/conformance/expectation.ts";
import { boundary, EMPTY_DIGEST, runId } from "../../src/conformance/samples.ts";
import { FURNISHED } from "../../src/conformance/whole-store.ts";
import type { BurrowStore } from "../../src/contract/index.ts";
import { isRuntimeStoreError } from "../../src/core/errors.ts";
import type { End, Ends, FaultRow } from "./faults.ts";
import { type Fault, FaultyIndexedDb, fits, type Phase, type Point, type Timing } from "./faulty-indexeddb.ts";
import { type Contents, FurnishedDatabase } from "./furnished-database.ts";

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
  readonly before: Contents;
  readonly after: Contents;
  readonly met: FaultyIndexedDb["met"];
}

/** The operations that do what can be done beside damaged rows. */
const PASSES_DAMAGE: ReadonlySet<string> = new Set([
  "deleteRuntime",
  "measureRuntimes",
  "pruneInputs",
  "restoreRuntime",
  "sessions.delete",
  "sessions.save",
  "verifyRuntime",
]);

/** The most that an operation is attempted; each attempt may have to be looked up, in one that may have to be repeated too. */
const ATTEMPTS = 4;

/** Runs operations on furnished databases while something goes wrong. */
export class NthFailure {
  #first: Promise<FurnishedDatabase> | undefined;
  readonly #idle: FurnishedDatabase[] = [];
  readonly #controls = new Map<string, Promise<Control>>();

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
    return this.#inDatabase(async (database) => {
      const { name } = database;
      const faulty = new FaultyIndexedDb();
      const limits = fault.isHang === true ? HASTY : PATIENT;
      const opening = () => openIndexedDbRuntimeStore({ ...limits, name, indexedDB: faulty.factory });
      let store = operation.opens === true ? undefined : await opening();
      if (fault.at === "connection") faulty.closeSilently();
      faulty.met.length = 0;
      faulty.arm(fault, timing);
      if (fault.thenOpening) faulty.arm(fault.thenOpening, { ...timing, n: 1 });
      const { end, value, cause } = await endOf(async () => {
        store ??= await opening();
        return operation.call(store);
      });
      faulty.disarm();

      const { struck, phase } = faulty;
      expectThat(struck > 0 || end === "resolved", `without any fault it ends with ${end}`);
      const isDamaged = fault.isDamage === true && timing.isPersistent && struck > 0;
      const isFree = struck === 0 || (isDamaged && PASSES_DAMAGE.has(operation.name));
      const due = isFree ? "resolved" : dueEnd(timing.isPersistent ? fault.persistent : fault.once, phase);
      if (end !== due) throw new BrokenLaw(`it ends with ${end} where ${due} is due`, { cause });
      expectFacts(cause);
      const isTriedAgain = timing.isPersistent || end === "resolved";
      const isLookedUp = end === "outcome_unknown" || end === "timed_out";
      if (!isDamaged) expectFewAttempts(faulty, control, isTriedAgain ? 2 * ATTEMPTS : isLookedUp ? 1 : 0);
      if (end === "resolved" && !isDamaged) expectEqual(value, control.value, "the value");

      const other = await openIndexedDbRuntimeStore({ ...PATIENT, name });
      if (end !== "resolved" || !isDamaged) expectContents(await database.contents(other), end, control);
      store ??= await opening();
      await expectProgress(store, other);
      await Promise.all([store.close(), other.close()]);
      return { end, struck };
    });
  }

  async destroy(): Promise<void> {
    const all = [...this.#idle, ...(this.#first ? [await this.#first] : [])];
    await Promise.all(all.map((database) => database.destroy()));
  }

  #control(operation: Operation): Promise<Control> {
    const known = this.#controls.get(operation.name);
    if (known) return known;
    const control = this.#runWithoutFault(operation);
    this.#controls.set(operation.name, control);
    return control;
  }

  #runWithoutFault(operation: Operation): Promise<Control> {
    return this.#inDatabase(async (database) => {
      const faulty = new FaultyIndexedDb();
      const store = await openIndexedDbRuntimeStore({ ...PATIENT, name: database.name, indexedDB: faulty.factory });
      const before = await database.contents(store);
      faulty.met.length = 0;
      const value = await operation.call(store);
      const met = [...faulty.met];
      const after = await database.contents(store);
      await store.close();
      const isWrite = met.some(({ at }) => at === "commit");
      expectThat(isWrite === differ(after.shown, before.shown), `${operation.name} does not do what it is to do`);
      expectThat(isWrite || (value !== undefined && show(value) !== "[]"), `${operation.name} finds nothing`);
      return { value, before, after, met };
    });
  }

  /** One whose run failed is not used again. */
  async #inDatabase<T>(work: (database: FurnishedDatabase) => Promise<T>): Promise<T> {
    this.#first ??= FurnishedDatabase.make();
    const database = this.#idle.pop() ?? (await (await this.#first).copy());
    await database.restore();
    const result = await work(database);
    this.#idle.push(database);
    return result;
  }
}

/** The rows of these databases are put back again and again, which a witness takes for what it is. */
const ALONE = { flushAfterCrash: false, witness: false } as const;
/** Milliseconds, which pass twenty times as fast in these tests. */
const HASTY = { ...ALONE, openTimeout: 20_000, operationTimeout: 20_000 };
const PATIENT = { ...ALONE, openTimeout: 400_000, operationTimeout: 400_000 };

function dueEnd(ends: Ends, phase: Phase | undefined): End {
  if (typeof ends === "string") return ends;
  if (phase === undefined) throw new Error("a fault of connections has one end");
  return ends[phase];
}

async function endOf(call: () => Promise<unknown>): Promise<{ end: End; value?: unknown; cause?: unknown }> {
  try {
    return { end: "resolved", value: await call() };
  } catch (error) {
    // A boundary whose revision is taken tells of its head instead, and why.
    const taken = codeOf(error) === "corrupt_record" ? codeOf((error as Error).cause) : undefined;
    if (isRuntimeStoreError(error)) return { end: taken ?? error.code, cause: error };
    throw new BrokenLaw(`it rejects with ${show(error)}, which is no RuntimeStoreError`, { cause: error });
  }
}

const codeOf = (error: unknown) => (isRuntimeStoreError(error) ? error.code : undefined);

/** Demands what an error tells besides its code. */
function expectFacts(error: unknown): void {
  if (!isRuntimeStoreError(error)) return;
  const { code, row, cause, storage } = error;
  const isOfRow = code === "corrupt_record" || code === "receipt_conflict";
  expectThat(!isOfRow || row !== undefined, `${code} names no row`);
  const isOfBrowser = code !== "timed_out" && code !== "database_blocked" && code !== "corrupt_record";
  expectThat(!isOfBrowser || cause !== undefined, `${code} has no cause`);
  const isOfStorage = code === "quota_exceeded" || code === "disk_full";
  expectThat(
    isOfStorage === (storage !== undefined),
    `${code} tells of storage where it is not to, or not where it is`,
  );
}

/**
 * Demands that there were no more transactions and connections than without a fault, but for so many; and for the one
 * transaction in which each connection that was opened again looks whether the database is still as far as it was.
 */
function expectFewAttempts({ met }: FaultyIndexedDb, control: Control, more: number): void {
  const most = countOf(control.met, "transaction") + more;
  const connections = countOf(met, "connection");
  const transactions = countOf(met, "transaction");
  const again = Math.max(0, connections - countOf(control.met, "connection"));
  expectThat(connections <= most, `${connections} connections where ${most} will do`);
  expectThat(transactions <= most + again, `${transactions} transactions where ${most + again} will do`);
}

const countOf = (met: FaultyIndexedDb["met"], point: Point) => met.filter(({ at }) => at === point).length;

function expectContents(found: Contents, end: End, { before, after }: Pick<Control, "before" | "after">): void {
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
async function expectProgress(struck: BurrowStore, other: BurrowStore): Promise<void> {
  expectEqual(await struck.loadRuntime(FURNISHED), await other.loadRuntime(FURNISHED), "what both stores load");
  for (const [sequence, [writer, reader]] of [[struck, other] as const, [other, struck] as const].entries()) {
    const due = { run_id: runId(9), sequence, conversation_digest: EMPTY_DIGEST, message_count: 0 };
    const receipt = await writer.commitSessionBoundary(FURNISHED, boundary({ runId: due.run_id }));
    expectEqual(receipt, { ...due, boundary: "immediate", contributing_input_ids: [] }, "the next receipt");
    expectEqual(await reader.loadBoundaryReceipt(FURNISHED, runId(9), sequence), receipt, "the receipt as stored");
  }
}
