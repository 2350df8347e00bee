import { expect } from "vitest";
import type { TabJudgement } from "./judge-tabs.ts";
import type { Theft } from "./stolen-lease.ts";

/** Prints what tabs came to, and asserts that they kept one truth, and that so many commits at least were acknowledged. */
export function expectTruth(trial: string, { violations, ...counts }: TabJudgement, atLeast: number): void {
  console.log(`${trial}: ${JSON.stringify(counts)}`);
  expect(violations).toEqual([]);
  expect(counts.acknowledged).toBeGreaterThanOrEqual(atLeast);
}

/** As `expectTruth`; and asserts that the lease was refused while it was held, lost by theft and by nothing else, and inherited. */
export function expectTheft(trial: string, { saidInSleep, afterSleep, reasons, heir, ...rest }: Theft): void {
  expectTruth(trial, rest, 1);
  expect({ saidInSleep, afterSleep, reasons, heir }).toEqual({
    saidInSleep: 0,
    afterSleep: ["lease_lost", "lease_lost", "lease_lost"],
    reasons: ["lease_lost"],
    heir: ["lease_held", "epoch 3"],
  });
}
