import { expect } from "vitest";
import type { Violation } from "./history.ts";
import type { Tally } from "./kill-all.ts";

const KINDS: readonly Violation["kind"][] = ["lost", "duplicated", "torn", "unopened"];

/** Prints what came of the kills, and asserts that they cost nothing that was acknowledged, and tore nothing. */
export function expectNoLoss(tallies: readonly Tally[]): void {
  const lines = tallies.map(({ violations, ...counts }) => {
    const count = (kind: Violation["kind"]) => violations.filter((violation) => violation.kind === kind).length;
    return { ...counts, ...Object.fromEntries(KINDS.map((kind) => [kind, count(kind)])) };
  });
  console.table(lines);
  expect(tallies.flatMap(({ violations }) => violations)).toEqual([]);
  expect(tallies.map(({ kind, wipes }) => ({ kind, wipes }))).toEqual(tallies.map(({ kind }) => ({ kind, wipes: 0 })));
}
