import type { CommittedReceipt, RunBoundaryReceipt, RuntimeHead, SessionMeta, VerifyFinding } from "../../src/index.ts";
import type { IndexedDbOptions } from "../../src/indexeddb/index.ts";
import type { Readings } from "./readings.ts";
import type { Numbered } from "./visit.ts";

/** How to open the store: what of its options is plain data, and so can be sent to a page. */
export type StoreOptions = Omit<IndexedDbOptions, "name" | "indexedDB" | "witness" | "onDataLoss">;

/** How a page commits: turns one after the other, each with a conversation of so many bytes. */
export interface Turns {
  readonly bytes: number;
  /** Until the page is gone, if left out. */
  readonly times?: number | undefined;
}

/** What a page is to do once it is open. */
export type Job =
  | { readonly job: "commit"; readonly options?: StoreOptions; readonly turns: Turns }
  | {
      readonly job: "report";
      readonly options?: StoreOptions;
      /** The operations to look for, by `findBoundaryReceipt`. */
      readonly operations: readonly string[];
      /** What to commit after the report. */
      readonly turns?: Turns | undefined;
      /** Whether to go on with what is there, should data be lost. */
      readonly startsAnew?: boolean | undefined;
    }
  | {
      readonly job: "read";
      readonly options?: StoreOptions;
      /** Which chapter of the history that is damaged to write first. */
      readonly chapter?: number | undefined;
    };

/** An error as plain data: all members of a store's error, name and message of any other. */
export interface PlainError {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
}

/** A commit before it is made: what must be found of it if it lands. */
export interface Asked {
  readonly event: "asked";
  readonly operation_id: string;
  readonly run_id: string;
  /** The revision that it makes, if it is the next. */
  readonly revision: number;
  /** Left out for large conversations, where it would take as long as the commit. */
  readonly digest?: string | undefined;
}

/** A commit that the store said is durable. */
export interface Acknowledged {
  readonly event: "acknowledged";
  readonly operation_id: string;
  readonly revision: number;
  readonly receipt: RunBoundaryReceipt;
}

/** An input whose `persistInputState` has resolved, before the commit that consumes it. */
export interface Queued {
  readonly event: "queued";
  readonly input_id: string;
}

/** What a checker needs of an input state. */
export interface StoredInput {
  readonly input_id: string;
  readonly current_state: string;
  readonly last_run_id?: string | undefined;
  readonly last_boundary_sequence?: number | undefined;
}

/** All that is stored. */
export interface Report {
  readonly event: "report";
  readonly head: RuntimeHead | null;
  readonly receipts: readonly CommittedReceipt[];
  /** What `findBoundaryReceipt` gave for each of the operations that were to be looked for. */
  readonly found: readonly { readonly operation_id: string; readonly stored: CommittedReceipt | null }[];
  readonly inputs: readonly StoredInput[];
  /** Of the stored snapshot, computed anew. */
  readonly recomputed: { readonly conversation_digest: string; readonly message_count: number } | null;
  readonly sessions: readonly Pick<SessionMeta, "id" | "message_count">[];
  readonly findings: readonly VerifyFinding[];
  readonly contradictions: readonly string[];
}

/** All that is stored, call by call, and what verifying each runtime found. */
export interface Everything {
  readonly event: "everything";
  readonly readings: Readings;
  readonly verifications: Readings;
  /** What the witness had noted in `localStorage` before the store was opened, and afterwards. */
  readonly notes: {
    readonly before: Readonly<Record<string, string>>;
    readonly after: Readonly<Record<string, string>>;
  };
}

/** The store could not be opened. */
export interface Refused {
  readonly event: "refused";
  readonly error: PlainError;
}

/** Whatever a page says; `opened` is where its commits begin, and `done` the last word of a job, whatever came of it. */
export type Event =
  | { readonly event: "ready" | "closed" | "done" }
  | { readonly event: "opened"; readonly revision: number }
  | { readonly event: "failed"; readonly error: PlainError }
  | Refused
  | Asked
  | Acknowledged
  | Queued
  | Report
  | Everything;

export type Said = Numbered<Event>;
