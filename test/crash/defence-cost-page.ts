import { openDB } from "idb";
import { boundary, conversation, delta, sessionId } from "../../src/conformance/samples.ts";
import { type IndexedDbOptions, openIndexedDbRuntimeStore, storageReport } from "../../src/indexeddb/index.ts";
import { localStorageWitness } from "../../src/indexeddb/witness-storage.ts";
import { anotherFactory } from "../indexeddb/another-factory.ts";

const COMMITS = 200;
const OPENINGS = 40;
const FLUSHES = 20;
const SNAPSHOT = delta(conversation(sessionId(1), "x".repeat(10_000)));

/** Times in milliseconds, by what took them; `without` is a store with neither a witness nor a guard. */
export interface DefenceTimes {
  readonly commit: { readonly with: readonly number[]; readonly without: readonly number[] };
  readonly open: { readonly with: readonly number[]; readonly without: readonly number[] };
  readonly openAfterCrash: readonly number[];
  /** What came of the flush after each crash. */
  readonly flushes: readonly (string | undefined)[];
}

/** Each opens as another tab would, with a guard of its own. */
const openWith = (more: Partial<IndexedDbOptions> = {}) =>
  openIndexedDbRuntimeStore({
    name: "with defence",
    indexedDB: anotherFactory(),
    witness: localStorageWitness(),
    ...more,
  });
const openWithout = () =>
  openIndexedDbRuntimeStore({ name: "without defence", witness: false, flushAfterCrash: false });

/** Does everything with and without the defence, in turn. */
export async function measureDefence(): Promise<DefenceTimes> {
  const commit = { with: [] as number[], without: [] as number[] };
  const open = { with: [] as number[], without: [] as number[] };
  const stores = { with: await openWith(), without: await openWithout() };
  for (let time = 0; time < COMMITS; time++) {
    for (const how of ["with", "without"] as const) {
      const call = () => stores[how].commitSessionBoundary("agent", boundary({ sessionDelta: SNAPSHOT }));
      commit[how].push(await timeOf(call));
    }
  }
  await Promise.all([stores.with.close(), stores.without.close()]);
  for (let time = 0; time < OPENINGS; time++) {
    open.with.push(await timeOf(async () => (await openWith()).close()));
    open.without.push(await timeOf(async () => (await openWithout()).close()));
  }
  const openAfterCrash: number[] = [];
  const flushes: (string | undefined)[] = [];
  for (let time = 0; time < FLUSHES; time++) {
    await leaveMark(`crashed tab ${time}`);
    const start = performance.now();
    const store = await openWith();
    openAfterCrash.push(performance.now() - start);
    flushes.push((await storageReport(store)).logFlush);
    await store.close();
  }
  return { commit, open, openAfterCrash, flushes };
}

/** As a tab leaves it that dies. */
async function leaveMark(tab_id: string): Promise<void> {
  const database = await openDB("burrow-store origin");
  await database.put("tabs", { tab_id });
  database.close();
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
