import type { CommittedReceipt } from "../../src/index.ts";
import { Acknowledged } from "./acknowledged.ts";
import type { TabHistory, TabViolation } from "./judge-tabs.ts";
import { type Attempt, operationOf } from "./tab-events.ts";

/** One turn of a tab: how often it was tried, and what is stored of it. */
export interface Commit {
  readonly tab: TabHistory;
  readonly operation_id: string;
  /** In the order in which they were made; none when the tab was killed before it was heard of any. */
  readonly attempts: readonly Attempt[];
  readonly acknowledgement: Attempt | undefined;
  readonly stored: readonly CommittedReceipt[];
  /** Whether anything was heard of a later turn of the tab. */
  readonly isFollowed: boolean;
  /** The time before which the attempt that is stored was surely not made. */
  readonly notBefore: number;
}

/** All turns that tabs told of, and those that are stored although a killed tab had no time to tell; of each tab in its order. */
export function commitsIn(histories: readonly TabHistory[], receipts: readonly CommittedReceipt[]): Commit[] {
  const storedUnder = grouped(receipts, ({ operation_id }) => operation_id);
  return histories.flatMap((tab) => {
    const attempts = tab.events.filter((said) => said.event === "attempt");
    const attemptsOf = grouped(attempts, ({ operation_id }) => operation_id);
    const commits: Commit[] = [];
    for (let turn = 0; ; turn++) {
      const operation_id = operationOf(tab.name, turn);
      const own = attemptsOf.get(operation_id) ?? [];
      const stored = storedUnder.get(operation_id) ?? [];
      if (own.length === 0 && stored.length === 0) return commits;
      const acknowledgement = own.find(({ sequence }) => sequence !== undefined);
      const isFollowed = turn + 1 < attemptsOf.size;
      const notBefore = acknowledgement?.started ?? own.find(isUnknown)?.started ?? attempts.at(-1)?.ended ?? 0;
      commits.push({ tab, operation_id, attempts: own, acknowledgement, stored, isFollowed, notBefore });
    }
  });
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string | undefined): ReadonlyMap<string | undefined, T[]> {
  const groups = new Map<string | undefined, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}

/** Of each revision, the time before which its commit was surely not asked for. */
export function askingTimes(commits: readonly Commit[]): ReadonlyMap<number, number> {
  return new Map(commits.flatMap(({ notBefore, stored }) => stored.map(({ revision }) => [revision, notBefore])));
}

/** Holds each commit against what is stored of it, and against all others. */
export function judgeCommits(commits: readonly Commit[], receipts: readonly CommittedReceipt[]): TabViolation[] {
  const known = new Set(commits.map(({ operation_id }) => operation_id));
  const strangers = receipts.filter(({ operation_id }) => operation_id === undefined || !known.has(operation_id));
  return [
    ...strangers.map(({ revision, operation_id }) => ({
      kind: "stranger" as const,
      what: `nobody asked for revision ${revision}, of operation ${operation_id}`,
    })),
    ...commits.flatMap(duplicates),
    ...commits.flatMap((commit) => (commit.acknowledgement ? losses(commit, commit.acknowledgement) : ghosts(commit))),
    ...disorderIn(commits),
  ];
}

function duplicates({ operation_id, attempts, stored }: Commit): TabViolation[] {
  const times = Math.max(stored.length, attempts.filter(({ sequence }) => sequence !== undefined).length);
  return times > 1 ? [{ kind: "duplicated", what: `${operation_id} was committed ${times} times` }] : [];
}

/** An acknowledged commit is stored as what was asked for and answered. */
function losses({ operation_id, stored: [stored] }: Commit, { digest, sequence, expected }: Attempt): TabViolation[] {
  if (!stored) return [{ kind: "lost", what: `${operation_id} was acknowledged and is not stored` }];
  const isSame =
    stored.receipt.conversation_digest === digest &&
    stored.receipt.sequence === sequence &&
    (expected === undefined || stored.revision === expected + 1);
  if (isSame) return [];
  return [{ kind: "lost", what: `${operation_id} is not what was acknowledged: ${JSON.stringify(stored)}` }];
}

/** What was not acknowledged may be stored if its tab had no time to tell, or the answer itself was that nobody knows. */
function ghosts({ tab, operation_id, attempts, stored: [stored], isFollowed }: Commit): TabViolation[] {
  if (!stored) return [];
  const mayBe = (tab.isKilled && !isFollowed) || attempts.some(isUnknown);
  if (!mayBe) {
    const kind = attempts.length > 0 ? "refused" : "stranger";
    return [{ kind, what: `${operation_id} is stored as revision ${stored.revision}, and was not acknowledged` }];
  }
  const isOther = attempts.some(({ digest }) => digest !== stored.receipt.conversation_digest);
  return isOther ? [{ kind: "torn", what: `${operation_id} landed as another: ${JSON.stringify(stored)}` }] : [];
}

const isUnknown = ({ code }: Attempt): boolean => code === "outcome_unknown";

/** What was asked for when another had been acknowledged stands behind it: in a tab by its own order, among tabs by the clock. */
function disorderIn(commits: readonly Commit[]): TabViolation[] {
  const acknowledged = new Acknowledged(commits);
  const lastOf = new Map<TabHistory, number>();
  return commits.flatMap(({ tab, operation_id, notBefore, stored: [stored] }) => {
    if (!stored) return [];
    const before = Math.max(lastOf.get(tab) ?? 0, acknowledged.revisionBefore(notBefore));
    lastOf.set(tab, stored.revision);
    if (before < stored.revision) return [];
    return [{ kind: "order", what: `${operation_id} is revision ${stored.revision}; ${before} was there before` }];
  });
}
