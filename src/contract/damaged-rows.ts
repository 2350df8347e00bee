import type { RuntimeStoreError } from "../core/errors.ts";

/**
 * What becomes of a damaged row in a list: `throw` (the default) rejects with the `corrupt_record` that names it, `skip`
 * leaves it out, `mark` puts a `CorruptRow` for it behind the sound ones. The row itself stays as it is.
 */
export type OnCorrupt = "throw" | "skip" | "mark";

/** Stands in a list for a row that is not what was written, or cannot be decoded. */
export interface CorruptRow {
  /** Its code is `corrupt_record`, its `row` names the table and the key. */
  readonly corrupt: RuntimeStoreError;
}

/** What a list holds: damaged rows only for those who asked for them by `onCorrupt: "mark"`. */
export type Listed<T, C extends OnCorrupt | undefined> = C extends "mark" ? T | CorruptRow : T;

/** How to list what may be damaged. */
export interface ListOptions<C extends OnCorrupt | undefined = "throw"> {
  readonly onCorrupt?: C | undefined;
}
