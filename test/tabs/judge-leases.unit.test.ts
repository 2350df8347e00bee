import { expect, test } from "vitest";
import type { Commit } from "./judge-commits.ts";
import { judgeLeases } from "./judge-leases.ts";
import type { TabHistory } from "./judge-tabs.ts";
import type { Attempt, TabEvent } from "./tab-events.ts";

const acquired = (epoch: number, started: number): TabEvent => ({ event: "acquired", epoch, started, ended: started });
const lost = (epoch: number, at: number): TabEvent => ({ event: "lease lost", epoch, at, code: "lease_lost" });

/** The commit of a revision, which is acknowledged unless it has a code. */
function attempt(
  epoch: number,
  started: number,
  ending: { readonly sequence: number } | { readonly code: string },
): Attempt {
  return { event: "attempt", operation_id: `at ${started}`, digest: "", epoch, started, ended: started, ...ending };
}

const history = (name: string, ...events: readonly TabEvent[]): TabHistory => ({ name, isKilled: false, events });

/** What the leases of these tabs are judged to be; each acknowledged attempt is stored. */
function judge(...tabs: readonly TabHistory[]): number {
  const commits = tabs.flatMap((tab) =>
    tab.events.flatMap((said): Commit[] => {
      if (said.event !== "attempt" || said.sequence === undefined) return [];
      const { operation_id, sequence } = said;
      const stored = [{ revision: sequence + 1, operation_id }] as unknown as Commit["stored"];
      const rest = { isFollowed: false, notBefore: said.started };
      return [{ tab, operation_id, attempts: [said], acknowledgement: said, stored, ...rest }];
    }),
  );
  return judgeLeases(tabs, commits).length;
}

const holder = [acquired(1, 0), attempt(1, 100, { sequence: 0 })];
const thief = history("thief", acquired(2, 200), attempt(2, 300, { sequence: 1 }));

test("a lease that is stolen, and whose loss its holder hears of, is fine", () => {
  const late = [attempt(1, 400, { code: "lease_lost" }), lost(1, 500)];
  expect(judge(history("holder", ...holder, ...late), thief)).toBe(0);
});

test("a commit that was under way when its lease was lost may be acknowledged afterwards", () => {
  const underWay = { ...attempt(1, 150, { sequence: 1 }), ended: 250 };
  expect(judge(history("holder", ...holder, lost(1, 240), underWay), history("thief", acquired(2, 200)))).toBe(0);
});

test("a commit that is acknowledged when its lease was lost is a violation, by whatever it is known", () => {
  expect(judge(history("holder", ...holder, lost(1, 190), attempt(1, 195, { sequence: 1 })))).toBe(1);
  const refused = attempt(1, 190, { code: "lease_lost" });
  expect(judge(history("holder", ...holder, refused, attempt(1, 195, { sequence: 1 })))).toBe(1);
  // Another lease had been given long before.
  expect(
    judge(history("holder", ...holder, attempt(1, 250, { sequence: 1 })), history("thief", acquired(2, 200))),
  ).toBe(1);
  // It is stored behind a commit of a later lease.
  expect(judge(history("holder", ...holder, attempt(1, 201, { sequence: 2 })), thief)).toBe(1);
});

test("an epoch that is given twice, or not in order, is a violation", () => {
  expect(judge(history("one", acquired(1, 0)), history("other", acquired(1, 1)))).toBe(1);
  expect(judge(history("one", acquired(2, 0)), history("other", acquired(1, 100)))).toBe(1);
  expect(judge(history("one", acquired(2, 0)), history("other", acquired(1, 1)))).toBe(0);
});
