import { isRuntimeStoreError, type RuntimeStoreErrorCode } from "../core/errors.ts";

/** What a person can do about each failure: whoever adds a code has to say it here. */
const ADVICE: Readonly<Record<RuntimeStoreErrorCode, string>> = {
  invalid_input: "This page asked for something that cannot be stored. Nothing was written. Reload the page to go on.",
  invalid_snapshot: "These bytes are no conversation. Nothing was written. Choose another file, or reload the page.",
  invalid_archive: "The file is damaged, or is no archive. Nothing was written. Choose another file.",
  session_key_mismatch: "The conversation belongs to another session. Nothing was written. Reload the page to go on.",
  receipt_conflict: "This was committed before, and stays as it is. Reload the page to see what is stored.",
  operation_conflict: "This was committed before, with other content, and stays as it is. Reload the page to see it.",
  revision_conflict: "Another tab has committed in the meantime. Nothing was written here. Try again.",
  import_conflict: "What the file has is here already, with other content. Keep it, or let the file replace it.",
  lease_held: "Another tab holds the runtime. Wait until it lets go, or take it over.",
  lease_lost: "Another tab has taken the runtime over. Nothing was written here. Take it back to go on in this tab.",
  database_blocked:
    "Another tab keeps an older version of this page open. Close the other tabs of this page, then try again.",
  database_unavailable:
    "The browser does not let this page store data: that is so in some private windows, and where storage is switched off for the site. Allow it or use a normal window, then try again.",
  database_closed:
    "The store was closed, by this page or because its database was deleted in another tab. Reload the page to open it anew.",
  database_wiped:
    "The browser has removed what this page had stored. You can begin anew; what was lost does not come back.",
  database_rolled_back:
    "The browser gave back an older state of what this page had stored. You can go on from there; what came after it is lost.",
  timed_out: "The disk or another tab was busy for too long, and nothing was stored. Try again.",
  corrupt_record: "A stored record is damaged. It stays as it is; the others can still be read.",
  schema_from_the_future:
    "A newer version of this page has been here and has changed the database. Reload the page to get that version.",
  unsupported:
    "This cannot be done here. Where the browser lacks IndexedDB or Web Locks, use a current Chrome, Edge, Firefox or Safari, and https; what is too large for an archive has to be left out of it.",
  quota_exceeded:
    "The browser grants this site no more space. Delete conversations or other data of this site, then try again.",
  disk_full: "The disk is full. Make some room, then try again.",
  outcome_unknown: "The connection was lost before the answer came. Reload the page: it shows what was stored.",
};

/** What a person can do about a failure; also without a code, or with one of a newer version. */
export function adviceFor(code?: RuntimeStoreErrorCode): string {
  const advice = code === undefined ? undefined : (ADVICE as Partial<typeof ADVICE>)[code];
  return advice ?? "Nothing that was stored is lost by this. Reload the page to go on.";
}

/** A failure in words: its name, what happened, and what a person can do. */
export function wordsAbout(error: unknown): {
  readonly name: string;
  readonly message: string;
  readonly advice: string;
} {
  if (isRuntimeStoreError(error)) return { name: error.code, message: error.detail, advice: adviceFor(error.code) };
  return {
    name: "unexpected error",
    message: error instanceof Error ? error.message : String(error),
    advice: adviceFor(),
  };
}
