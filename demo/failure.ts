import { isRuntimeStoreError, type RuntimeStoreErrorCode } from "../src/index.ts";
import { element } from "./elements.ts";

const ADVICE: Partial<Readonly<Record<RuntimeStoreErrorCode, string>>> = {
  database_blocked:
    "Another tab keeps an older version of this page open. Close the other tabs of this page, then try again.",
  database_unavailable:
    "The browser does not let this page store data: that is so in some private windows, and where storage is switched off for the site. Allow it or use a normal window, then try again.",
  database_closed: "The database was deleted in another tab. Nothing more can be stored on this page. Reload the page.",
  database_wiped:
    "The browser has removed what this page had stored. You can begin anew; what was lost does not come back.",
  database_rolled_back:
    "The browser gave back an older state of what this page had stored. You can go on from there; what came after it is lost.",
  timed_out: "The disk or another tab was busy for too long, and nothing was stored. Try again.",
  corrupt_record: "A stored record is damaged. It stays as it is; the others can still be read.",
  schema_from_the_future:
    "A newer version of this page has been here and has changed the database. Reload the page to get that version.",
  unsupported: "This browser has no IndexedDB. Use a current Chrome, Edge, Firefox or Safari.",
  quota_exceeded:
    "The browser grants this site no more space. Delete conversations or other data of this site, then try again.",
  disk_full: "The disk is full. Make some room, then try again.",
  outcome_unknown: "The connection was lost before the answer came. Reload the page: it shows what was stored.",
};

/** A failure as people can act on it: what happened, the error's code, and what to do. */
export function failureNotice(
  error: unknown,
  retry?: { readonly label: string; readonly act: () => void },
): HTMLElement {
  const code = isRuntimeStoreError(error) ? error.code : undefined;
  const advice = (code && ADVICE[code]) ?? "Nothing that was stored is lost by this. Reload the page to go on.";
  return element(
    "div",
    { class: "failure", role: "alert" },
    element("p", {}, element("strong", {}, code ?? "unexpected error"), " ", messageOf(error)),
    element("p", {}, advice),
    retry && element("button", { type: "button", onclick: retry.act }, retry.label),
  );
}

function messageOf(error: unknown): string {
  if (isRuntimeStoreError(error)) return error.detail;
  return error instanceof Error ? error.message : String(error);
}
