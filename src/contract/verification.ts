import type { RowReference } from "../core/errors.ts";

/** What a finding says. The first are damage (`error`), the last three are legal (`notice`). */
export type VerifyFindingCode =
  /**
   * A row is not what was written: its checksum does not fit, or its record is none, or belongs under another key.
   * Where the browser itself cannot read it, its key is known only by its beginning, and nothing else is found. One of
   * `tallies` tells that rows are not counted, until it goes as a `missing_row` does.
   */
  | "damaged_row"
  /** A snapshot is missing, lacks a block, is not the one that was written, or is no session. */
  | "damaged_body"
  /** A head says of its snapshot what recomputing does not confirm: its digest, count, session or length. */
  | "head_mismatch"
  /** As `head_mismatch`, of the last receipt, where the store made it. */
  | "receipt_mismatch"
  /** As `head_mismatch`, of a session's row in the catalog; also its times, tokens and metadata. */
  | "session_mismatch"
  /** A head's revision is not that of the last receipt in the order of revisions, or a revision is not the next after the one before. */
  | "revision_mismatch"
  /** A head, a revision or an operation names a receipt that is not stored, or is another's. */
  | "missing_receipt"
  /** A receipt is not the one that its revision, or its operation, names. */
  | "unlisted_receipt"
  /**
   * There are fewer or more rows of a runtime, or of the catalog of sessions, than were written, or some are of an earlier
   * time. Reported where no other damage tells of it; that of the catalog by every verification. Writing the row again does
   * not help: `deleteRuntime` is the way to be rid of it, and for that of the catalog to delete every session that is left.
   */
  | "missing_row"
  /** A row is left of a runtime that has no head, or was deleted. */
  | "orphaned_row"
  /** A stored snapshot belongs to no runtime and no session. As it is nobody's, every verification reports it. */
  | "orphaned_body"
  /** The sequences of a run have a gap before this receipt. */
  | "sequence_gap"
  /** A receipt lists inputs that are not stored. */
  | "dangling_input"
  /** An input's stamp names a receipt that is not stored. */
  | "dangling_stamp";

/** One thing that a verification found. */
export interface VerifyFinding {
  readonly code: VerifyFindingCode;
  /** `error` for damage; `notice` for what may be so, such as after pruning. */
  readonly severity: "error" | "notice";
  readonly message: string;
  /** The row that is damaged, or says what does not hold. */
  readonly row: RowReference;
}

/** How far a verification is, in bytes of the snapshots and records to be checked. */
export interface VerifyProgress {
  readonly done: number;
  readonly total: number;
}

/** How to follow a verification, and to end it. */
export interface VerifyOptions {
  /**
   * Called at most once a slice of some milliseconds, last with `done` equal to `total`, which is 0 where the browser cannot
   * read the rows; what it throws is ignored.
   */
  readonly onProgress?: ((progress: VerifyProgress) => void) | undefined;
  /** Once it is aborted, the verification rejects with its reason at the next slice. */
  readonly signal?: AbortSignal | undefined;
}
