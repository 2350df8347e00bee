import type { Contender } from "./contender.ts";
import type { Phase } from "./phases.ts";

/** What is timed of a store: its first commit after it was opened, one of those behind it, and reading the snapshot back. */
export const CASES = ["cold", "warm", "load"] as const;
export type Case = (typeof CASES)[number];

/** What one page is to measure; the contenders take turns, each case of each in every round. */
export type Plan =
  | {
      readonly plan: "time" | "blocks";
      readonly contenders: readonly Contender[];
      readonly sizes: readonly { readonly bytes: number; readonly rounds: number }[];
    }
  | {
      readonly plan: "phases";
      readonly contenders: readonly Contender[];
      readonly bytes: number;
      readonly commits: number;
    }
  | {
      readonly plan: "appends";
      readonly contender: Contender;
      readonly bytes: number;
      readonly appends: number;
    };

/** All that was measured of one thing, in milliseconds, in the order in which it was measured. */
export interface Series {
  readonly contender: Contender;
  /** Of the snapshot at the beginning. */
  readonly bytes: number;
  /** `time` is how long a case took, `block` how long it kept the thread. */
  readonly measure: `${"time" | "block"} ${Case}` | `phase ${Phase}` | "append";
  readonly samples: readonly number[];
}

/** What a page says at its end. */
export interface Outcome {
  readonly series: readonly Series[];
  /** After appends: the last snapshot, all receipts and all inputs, as JSON text. */
  readonly liveBytes?: number | undefined;
}
