import type { CommittedReceipt } from "../../src/index.ts";
import type { Report } from "../crash/crash-events.ts";
import { tornParts } from "../crash/history.ts";
import { type Commit, commitsIn, judgeCommits } from "./judge-commits.ts";
import { hintsIn, judgeHints } from "./judge-hints.ts";
import { judgeLeases } from "./judge-leases.ts";
import { judgeObservations, observationsIn } from "./judge-observations.ts";
import type { TabEvent } from "./tab-events.ts";

/** What a tab said, in its own order. */
export interface TabHistory {
  readonly name: string;
  /** It was ended by force, so that what it did last may not have been heard. */
  readonly isKilled: boolean;
  readonly events: readonly TabEvent[];
}

/** What must never be. */
export interface TabViolation {
  readonly kind:
    /** The run has not one sequence from 0, or the runtime not one row of revisions from 1. */
    | "gap"
    /** An acknowledged commit is not stored, or not as it was acknowledged. */
    | "lost"
    /** A commit is stored more than once. */
    | "duplicated"
    /** A commit is stored that was refused. */
    | "refused"
    /** A commit is stored that nobody asked for. */
    | "stranger"
    /** A commit stands before another that was acknowledged before it was asked for. */
    | "order"
    /** Somebody saw what was never so, less than what was before, or a receipt without its body. */
    | "read"
    /** A commit was made through a lease that was lost, or a lease was given as another had been given. */
    | "lease"
    /** A change was told of twice, or that was none. */
    | "hint"
    /** What is stored in the end does not fit together. */
    | "torn";
  readonly what: string;
}

/** What the tabs of a browser came to. */
export interface TabJudgement {
  readonly acknowledged: number;
  /** Commits that are stored although their tab was killed before it could say so. */
  readonly landed: number;
  /** How often an attempt was refused. */
  readonly refused: number;
  /** How often somebody saw how far the runtime was. */
  readonly observations: number;
  /** How often the store told somebody of a boundary. */
  readonly hints: number;
  readonly violations: readonly TabViolation[];
}

/** Holds what all tabs that wrote or read said against each other, and against what is stored in the end. */
export function judgeTabs(histories: readonly TabHistory[], report: Report): TabJudgement {
  const { receipts } = report;
  const commits = commitsIn(histories, receipts);
  const observations = observationsIn(histories, receipts);
  const isAcknowledged = ({ acknowledgement }: Commit) => acknowledgement !== undefined;
  return {
    acknowledged: commits.filter(isAcknowledged).length,
    landed: commits.filter((commit) => !isAcknowledged(commit) && commit.stored.length > 0).length,
    refused: commits.flatMap(({ attempts }) => attempts.filter(({ code }) => code !== undefined)).length,
    observations: observations.length,
    hints: histories.flatMap(hintsIn).length,
    violations: [
      ...gapsIn(receipts),
      ...judgeCommits(commits, receipts),
      ...judgeObservations(observations, commits),
      ...judgeLeases(histories, commits),
      ...histories.flatMap((history) => judgeHints(history, commits)),
      ...tornParts(report).map(({ what }): TabViolation => ({ kind: "torn", what })),
    ],
  };
}

function gapsIn(receipts: readonly CommittedReceipt[]): TabViolation[] {
  return receipts.flatMap(({ revision, receipt: { sequence, run_id } }, index) => {
    const isNext = revision === index + 1 && sequence === index && run_id === receipts[0]?.receipt.run_id;
    const what = `revision ${revision}, sequence ${sequence} of run ${run_id}, stands in place ${index}`;
    return isNext ? [] : [{ kind: "gap", what }];
  });
}
