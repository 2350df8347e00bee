import type { Commit } from "./judge-commits.ts";

/** Browsers round the time down to the millisecond, and may shift it by one more; and clocks are set now and then, by little. */
export const CLOCK_MARGIN_MS = 5;

/** Up to which revision commits had been acknowledged at a time. */
export class Acknowledged {
  readonly #ends: { readonly at: number; readonly revision: number }[];

  constructor(commits: readonly Commit[]) {
    const ends = commits.flatMap(({ acknowledgement, stored: [stored] }) =>
      acknowledgement && stored ? [{ at: acknowledgement.ended, revision: stored.revision }] : [],
    );
    let revision = 0;
    this.#ends = ends
      .sort((one, other) => one.at - other.at)
      .map((end) => ({ at: end.at, revision: (revision = Math.max(revision, end.revision)) }));
  }

  /** The greatest revision that had surely been acknowledged before a time; 0 if none had. */
  revisionBefore(time: number): number {
    let [from, to] = [0, this.#ends.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.#ends[middle]?.at ?? 0) + CLOCK_MARGIN_MS < time) from = middle + 1;
      else to = middle;
    }
    return this.#ends[from - 1]?.revision ?? 0;
  }
}
