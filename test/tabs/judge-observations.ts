import type { CommittedReceipt } from "../../src/index.ts";
import { Acknowledged, CLOCK_MARGIN_MS } from "./acknowledged.ts";
import { askingTimes, type Commit } from "./judge-commits.ts";
import { hintsIn } from "./judge-hints.ts";
import type { TabHistory, TabViolation } from "./judge-tabs.ts";
import type { Attempt, Listed, Loaded, LoadedSnapshot, TabEvent, Timed } from "./tab-events.ts";

/** Somebody saw how far the runtime was. */
export interface Observation extends Timed {
  readonly tab: string;
  readonly what: string;
  /** Nobody knows it of a snapshot that was never stored. */
  readonly revision: number | undefined;
  /** Up to which revision the tab had been told of boundaries before. */
  readonly told: number;
  /** What was wrong with what was seen. */
  readonly faults: readonly string[];
}

/** What all tabs saw, each in its own order: by reading, by a commit of their own, by a refusal. */
export function observationsIn(histories: readonly TabHistory[], receipts: readonly CommittedReceipt[]): Observation[] {
  const revisionOf = new Map(receipts.map(({ revision, receipt }) => [receipt.conversation_digest, revision]));
  return histories.flatMap((history) => {
    const hints = hintsIn(history);
    return history.events.flatMap((said): Observation[] => {
      const seen = seenIn(said, receipts, revisionOf);
      if (!seen || !("started" in said)) return [];
      const { started, ended, event } = said;
      const told = Math.max(0, ...hints.filter(({ at }) => at < started).map(({ change }) => change.revision));
      return [{ tab: history.name, what: event, started, ended, told, ...seen }];
    });
  });
}

/** Holds what was seen against what had been acknowledged before, what was asked for only later, and what the same tab saw before. */
export function judgeObservations(observations: readonly Observation[], commits: readonly Commit[]): TabViolation[] {
  const acknowledged = new Acknowledged(commits);
  const askedAt = askingTimes(commits);
  const lastOf = new Map<string, number>();
  return observations.flatMap(({ tab, what, revision, started, ended, told, faults }) => {
    const wrong = [...faults];
    if (revision !== undefined) {
      const last = lastOf.get(tab) ?? 0;
      lastOf.set(tab, revision);
      if (revision < last) wrong.push(`it had seen ${last}`);
      if (revision < told) wrong.push(`it had been told of ${told}`);
      const due = acknowledged.revisionBefore(started);
      if (revision < due) wrong.push(`${due} had been acknowledged before`);
      const asked = askedAt.get(revision) ?? 0;
      if (asked > ended + CLOCK_MARGIN_MS) wrong.push("it was asked for only later");
    }
    return wrong.map((why) => ({ kind: "read" as const, what: `${tab}, ${what}, revision ${revision}: ${why}` }));
  });
}

type Seen = Pick<Observation, "revision" | "faults">;

function seenIn(
  said: TabEvent,
  receipts: readonly CommittedReceipt[],
  revisionOf: ReadonlyMap<string | undefined, number>,
): Seen | undefined {
  switch (said.event) {
    case "attempt":
      return seenByAttempt(said);
    case "loaded":
      return seenByLoading(said, receipts);
    case "loaded snapshot":
      return seenInSnapshot(said, revisionOf);
    case "listed":
      return seenInList(said, receipts);
    default:
      return undefined;
  }
}

/** Here the one run has all receipts: a sequence tells the revision. */
function seenByAttempt({ sequence, code, head, expected }: Attempt): Seen | undefined {
  if (sequence !== undefined) return { revision: sequence + 1, faults: [] };
  if (code !== "revision_conflict" || head === undefined) return undefined;
  const isWrong = head === expected;
  return { revision: head, faults: isWrong ? [`refused, although ${expected} was expected`] : [] };
}

function seenByLoading({ revision, head, snapshot }: Loaded, receipts: readonly CommittedReceipt[]): Seen {
  const stored = receipts[revision - 1]?.receipt;
  const faults: string[] = [];
  if (revision !== (head?.revision ?? 0)) faults.push(`the head has revision ${head?.revision}`);
  if (head?.digest !== snapshot) faults.push(`the head has digest ${head?.digest}, its snapshot ${snapshot}`);
  if (head?.digest !== stored?.conversation_digest) faults.push("it was never stored with this digest");
  if (head?.sequence !== stored?.sequence) faults.push(`it was never stored with sequence ${head?.sequence}`);
  return { revision, faults };
}

function seenInSnapshot({ digest }: LoadedSnapshot, revisionOf: ReadonlyMap<string | undefined, number>): Seen {
  const revision = digest === undefined ? 0 : revisionOf.get(digest);
  if (revision !== undefined) return { revision, faults: [] };
  return { revision, faults: [`a snapshot with digest ${digest} was never stored`] };
}

function seenInList({ after, receipts: seen }: Listed, receipts: readonly CommittedReceipt[]): Seen {
  const faults = seen.flatMap(({ revision, sequence, operation_id, digest }, index) => {
    const stored = receipts[revision - 1];
    const isStored =
      stored?.receipt.sequence === sequence &&
      stored.operation_id === operation_id &&
      stored.receipt.conversation_digest === digest;
    const isNext = revision === after + 1 + index;
    return [
      ...(isStored ? [] : [`receipt ${revision} was never stored so`]),
      ...(isNext ? [] : [`receipt ${revision} is the ${index + 1}th after ${after}`]),
    ];
  });
  return { revision: seen.at(-1)?.revision ?? after, faults };
}
