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
export function expectTheft(trial: string, { doneInSleep, afterSleep, leases, ...rest }: Theft): void {
  expectTruth(trial, rest, 1);
  expect({ doneInSleep, afterSleep, leases }).toEqual({
    doneInSleep: 0,
    afterSleep: ["lease_lost", "lease_lost", "lease_lost", "acknowledged"],
    leases: {
      sleeper: ["epoch 1", "epoch 1 lease_lost", "epoch 4"],
      thief: ["epoch 2"],
      heir: ["lease_held", "epoch 3", "epoch 3 lease_lost"],
    },
  });
}
