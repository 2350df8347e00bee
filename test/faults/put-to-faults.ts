import { afterAll, beforeAll, expect, test } from "vitest";
import type { BurrowStore } from "../../src/contract/index.ts";
import type { End, FaultRow } from "./faults.ts";
import { patchIndexedDb } from "./faulty-indexeddb.ts";
import { inLanes } from "./in-lanes.ts";
import { NthFailure, type Operation, type Scenario } from "./nth-failure.ts";
import { makeNewerDatabase } from "./strikes.ts";

/** What to run: every fault at its every point in every operation, or only some of the points. */
interface Plan {
  readonly operations: Readonly<Record<string, (store: BurrowStore) => Promise<unknown>>>;
  readonly faults: readonly FaultRow[];
  /** How many runs go on side by side. */
  readonly lanes: number;
  /** Where a fault begins that goes on, which costs four attempts each time: at the first point, the last, and one between them; at all, if left out. */
  readonly between?: (points: readonly number[], scenario: string) => number;
}

/** The opening of a store, with a call that shows that it is open: the faults of connections can happen to it too. */
const OPENING: Operation = { name: "open", opens: true, call: (store) => store.listRuntimes() };

/** A time at which everything happens, so that what two runs store is the same. */
const NOW = Date.parse("2025-03-04T05:06:07.890Z");

/** How many times faster time passes for what waits. */
const HURRY = 20;

/** Registers a test for each fault, once and persistent, and prints what they came to. */
export function putToFaults({ operations, faults, lanes, between }: Plan): void {
  const counts = new Map<End | "runs" | "without effect", number>();
  const count = (what: End | "runs" | "without effect") => counts.set(what, (counts.get(what) ?? 0) + 1);
  const { setTimeout: realSetTimeout } = globalThis;
  const realNow = Date.now;
  const nthFailure = new NthFailure();
  let unpatch: () => void;

  beforeAll(async () => {
    Date.now = () => NOW;
    hurry();
    unpatch = patchIndexedDb();
    await makeNewerDatabase();
  });

  afterAll(async () => {
    await nthFailure.destroy();
    unpatch();
    Date.now = realNow;
    globalThis.setTimeout = realSetTimeout;
    console.log(`n-th failure: ${[...counts].map(([what, times]) => `${times} ${what}`).join(", ")}`);
  });

  /** Has timers fire early, so that waiting takes less of a test. */
  function hurry(): void {
    const hurried = (work: () => void, milliseconds = 0) => realSetTimeout(work, milliseconds / HURRY);
    globalThis.setTimeout = hurried as typeof setTimeout;
  }

  async function scenarios(fault: FaultRow, isPersistent: boolean): Promise<Scenario[]> {
    const all = Object.entries(operations).map(([name, call]): Operation => ({ name, call }));
    if (fault.at === "connection") all.push(OPENING);
    const firstOfItsKind = faults.find(({ at }) => at === fault.at);
    const lists = all.map(async (operation) => {
      const points = await nthFailure.points(operation, fault);
      const chosen =
        isPersistent && points > 2 && between?.(allOf(points).slice(1, -1), `${fault.name}/${operation.name}`);
      const numbers = chosen ? [1, chosen, points] : allOf(points);
      // Beyond the last point nothing goes wrong, whatever the fault.
      if (fault === firstOfItsKind) numbers.push(points + 1);
      return numbers.map((n) => ({ operation, fault, timing: { n, isPersistent } }));
    });
    return (await Promise.all(lists)).flat();
  }

  for (const fault of faults) {
    for (const isPersistent of [false, true]) {
      test(`${fault.name}${isPersistent ? ", again and again" : ""}`, async () => {
        const failures: string[] = [];
        await inLanes(lanes, await scenarios(fault, isPersistent), async (scenario) => {
          try {
            const { end, struck } = await nthFailure.run(scenario);
            count("runs");
            count(struck === 0 ? "without effect" : end);
          } catch (error) {
            failures.push(`${scenario.operation.name}, ${fault.at} ${scenario.timing.n}: ${String(error)}`);
          }
        });
        expect(failures).toEqual([]);
      });
    }
  }
}

const allOf = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
