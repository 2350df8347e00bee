import { describe, expect, test } from "vitest";
import type { Ending, Part } from "./endings.ts";
import { JUDGES, type Observations, type TrialName, type Verdict } from "./verdicts.ts";

const done: Ending = { ended: "done" };
const refused: Ending = { ended: "refused", error: "Error: no" };
const hung: Ending = { ended: "hung", afterMs: 1 };
const nothing: Ending = { ended: "done", found: { snapshot: null, receipt: null } };
const turn = (snapshot: Part, receipt: Part = snapshot): Ending => ({ ended: "done", found: { snapshot, receipt } });

/** What a trial saw, and the verdict; none where the trial was not carried out. */
type Case<Trial extends TrialName> = readonly [seen: Observations[Trial], verdict: Verdict | undefined];

const CASES: { readonly [Trial in TrialName]: readonly Case<Trial>[] } = {
  "over quota": [
    [{ saving: refused, stored: turn(1) }, "told"],
    [{ saving: refused, stored: nothing }, "silent loss"],
    [{ saving: refused, stored: turn(2, 1) }, "torn"],
    [{ saving: refused, stored: refused }, "lost"],
    [{ saving: refused, stored: hung }, "hangs"],
    [{ saving: done, stored: turn(1) }, "silent loss"],
    [{ saving: done, stored: turn(2) }, undefined],
    [{ saving: refused, stored: turn(2) }, undefined],
    [{ saving: hung, stored: turn(1) }, "hangs"],
  ],
  "forced close": [
    [{ saves: [done, done], loading: turn(3), stored: turn(3) }, "safe"],
    [{ saves: [refused, done], loading: turn(3), stored: turn(3) }, "told"],
    [{ saves: [refused, refused], loading: turn(1), stored: turn(1) }, "dead until reload"],
    [{ saves: [done, refused], loading: turn(2), stored: turn(2) }, "dead until reload"],
    [{ saves: [done, done], loading: refused, stored: turn(3) }, "dead until reload"],
    [{ saves: [done, done], loading: turn(3), stored: turn(1) }, "silent loss"],
    [{ saves: [hung, done], loading: turn(3), stored: turn(3) }, "hangs"],
    [{ saves: [done, done], loading: hung, stored: turn(3) }, "hangs"],
  ],
  "kill -9": [
    [[{ acknowledged: 4, stored: turn(4) }], "safe"],
    [[{ acknowledged: 4, stored: turn(5) }], "safe"],
    [[{ acknowledged: 4, stored: refused }], "told"],
    [[{ acknowledged: 4, stored: turn(3) }], "silent loss"],
    [[{ acknowledged: 4, stored: turn(5, 4) }], "torn"],
    [[{ acknowledged: 4, stored: turn(null, 4) }], "torn"],
    [[{ acknowledged: 4, stored: turn("other", 4) }], "wrong value"],
    [
      [
        { acknowledged: 4, stored: turn(4) },
        { acknowledged: 4, stored: turn(5, 4) },
        { acknowledged: 4, stored: refused },
      ],
      "torn",
    ],
    [[], undefined],
  ],
  "older tab": [
    [{ version: 1, calls: [] }, "n/a"],
    [{ version: 2, calls: [refused] }, "told"],
    [{ version: 2, calls: [done, refused] }, "told"],
    [{ version: 2, calls: [hung] }, "hangs"],
    [{ version: 2, calls: [done, done, turn(1)] }, "safe"],
    [{ version: 2, calls: [done, done, nothing] }, "silent loss"],
  ],
  "flipped bit": [
    [{ flips: 1, stored: refused }, "told"],
    [{ flips: 1, stored: turn("other", 1) }, "wrong value"],
    [{ flips: 1, stored: turn(1) }, "safe"],
    [{ flips: 1, stored: nothing }, "silent loss"],
    [{ flips: 0, stored: turn(1) }, undefined],
  ],
  "wiped database": [
    [{ inOpenTab: refused, stored: refused, whenNew: nothing }, "told"],
    [{ inOpenTab: turn(1), stored: refused, whenNew: nothing }, "told"],
    [{ inOpenTab: refused, stored: nothing, whenNew: nothing }, "silent loss"],
    [{ inOpenTab: nothing, stored: refused, whenNew: nothing }, "silent loss"],
    // An error that a new database gives too tells nothing.
    [{ inOpenTab: refused, stored: refused, whenNew: refused }, "silent loss"],
    [{ inOpenTab: refused, stored: hung, whenNew: nothing }, "hangs"],
    [{ inOpenTab: refused, stored: turn(1), whenNew: nothing }, undefined],
  ],
  "two tabs": [
    [{ second: refused, stored: turn(2) }, "told"],
    [{ second: refused, stored: turn(1) }, "silent loss"],
    [{ second: done, stored: turn(3) }, "silent loss"],
    [{ second: done, stored: turn(2) }, "silent loss"],
    [{ second: done, stored: turn(3, 2) }, "torn"],
    [{ second: hung, stored: turn(2) }, "hangs"],
  ],
};

describe.each(Object.keys(CASES) as TrialName[])("%s", (trial) => {
  test.each(casesOf(trial))("$seen is $verdict", ({ verdict, judge }) => {
    if (verdict === undefined) expect(judge).toThrow();
    else expect(judge()).toMatchObject({ verdict });
  });
});

function casesOf<Trial extends TrialName>(trial: Trial) {
  const judge: (seen: Observations[Trial]) => { verdict: Verdict } = JUDGES[trial];
  return CASES[trial].map(([seen, verdict]) => ({ seen: JSON.stringify(seen), verdict, judge: () => judge(seen) }));
}
