import { CLOCK_MARGIN_MS } from "./acknowledged.ts";
import { askingTimes, type Commit } from "./judge-commits.ts";
import type { TabHistory, TabViolation } from "./judge-tabs.ts";
import type { Heard } from "./tab-events.ts";

/** What a tab was told of boundaries, in its order. */
export function hintsIn({ events }: TabHistory): Heard[] {
  return events.filter((said) => said.event === "heard").filter(({ change }) => change.kind === "boundary");
}

/** Each boundary is told of at most once, and none that is not stored, or not yet asked for. */
export function judgeHints(history: TabHistory, commits: readonly Commit[]): TabViolation[] {
  const askedAt = askingTimes(commits);
  const told = new Set<number>();
  return hintsIn(history).flatMap(({ at, change: { revision } }) => {
    const faults: string[] = [];
    if (told.has(revision)) faults.push("again");
    told.add(revision);
    const asked = askedAt.get(revision);
    if (asked === undefined) faults.push("which was never stored");
    else if (asked > at + CLOCK_MARGIN_MS) faults.push("before it was asked for");
    return faults.map((fault) => ({
      kind: "hint" as const,
      what: `${history.name} was told of revision ${revision}, ${fault}`,
    }));
  });
}
