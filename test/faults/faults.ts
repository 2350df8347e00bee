import type { RuntimeStoreErrorCode } from "../../src/core/errors.ts";
import type { Fault, Phase } from "./faulty-indexeddb.ts";
import * as strike from "./strikes.ts";
import { exception } from "./strikes.ts";

/** How an operation ends that a fault struck. */
export type End = "resolved" | RuntimeStoreErrorCode;

/** How it ends, the same in every phase of the struck transaction, or by phase. */
export type Ends = End | Readonly<Record<Phase, End>>;

/** A fault, and how every operation has to end that it strikes. */
export type FaultRow = Fault & {
  /** When it happens once. */
  readonly once: Ends;
  /** When it goes on happening. */
  readonly persistent: Ends;
  /** What goes wrong besides, when the store opens another connection. */
  readonly thenOpening?: Extract<Fault, { at: "connection" }>;
  /** Whether it is to be given up at a deadline; else the deadlines are far away. */
  readonly isHang?: true;
  /** Whether it is damage once it persists: what an operation does then that goes on beside damaged rows is not compared. */
  readonly isDamage?: true;
};

const RETRIED = { once: "resolved", persistent: "database_unavailable" } as const;

/** As `RETRIED`, but that a commit which goes on failing in silence can neither be made nor be looked up. */
const LOOKED_UP = {
  once: "resolved",
  persistent: { read: "database_unavailable", write: "database_unavailable", committing: "outcome_unknown" },
} as const;

const always = (end: End) => ({ once: end, persistent: end }) as const;

/**
 * Every way in which a request, a transaction, a commit or a connection goes wrong. All of them can be shown in all engines:
 * fake-indexeddb 6.2, Chromium 156, Firefox ESR 153, WebKitGTK 2.50.
 */
export const FAULTS: readonly FaultRow[] = [
  { name: "a request throws InvalidStateError", ...strike.requestThrows(exception("InvalidStateError")), ...RETRIED },
  {
    name: "a request throws TransactionInactiveError",
    ...strike.requestThrows(exception("TransactionInactiveError")),
    ...RETRIED,
  },
  {
    name: "a request throws DataError",
    ...strike.requestThrows(exception("DataError")),
    ...always("database_unavailable"),
  },
  { name: "a request fails with UnknownError", ...strike.requestFails(exception("UnknownError")), ...LOOKED_UP },
  {
    name: "a request fails with InvalidStateError",
    ...strike.requestFails(exception("InvalidStateError")),
    ...LOOKED_UP,
  },
  {
    name: "a request fails with QuotaExceededError",
    ...strike.requestFails(exception("QuotaExceededError")),
    ...always("quota_exceeded"),
  },
  {
    name: "a request finds the disk full",
    ...strike.requestFails(exception("UnknownError", "Internal error: IO error: FILE_ERROR_NO_SPACE")),
    ...always("disk_full"),
  },
  {
    name: "a read finds a value that cannot be read",
    ...strike.requestFails(exception("NotReadableError")),
    of: ["get", "getAll"],
    isDamage: true,
    once: "resolved",
    persistent: "corrupt_record",
  },
  {
    name: "a read finds the file of a large value gone",
    ...strike.requestFails(exception("UnknownError", "Failed to read large IndexedDB value")),
    of: ["get", "getAll"],
    isDamage: true,
    once: "resolved",
    persistent: "corrupt_record",
  },
  {
    name: "an insertion finds its key taken",
    ...strike.requestFails(exception("ConstraintError")),
    of: ["add"],
    ...always("receipt_conflict"),
  },
  { name: "the transaction aborts without a reason after a request", ...strike.abortAfterRequest(), ...LOOKED_UP },
  { name: "the browser closes the connection at a request", ...strike.closedAtRequest("abort"), ...LOOKED_UP },
  {
    name: "the browser closes the connection at a request and fires `close` alone",
    ...strike.closedAtRequest("nothing"),
    ...LOOKED_UP,
  },
  {
    name: "a transaction cannot begin: InvalidStateError",
    ...strike.cannotBegin(exception("InvalidStateError")),
    ...RETRIED,
  },
  {
    name: "a transaction cannot begin: SecurityError",
    ...strike.cannotBegin(exception("SecurityError")),
    ...always("database_unavailable"),
  },
  { name: "a transaction finds its connection closed", ...strike.connectionFoundClosed(), ...RETRIED },
  {
    name: "a transaction ends well and the page is told `abort`",
    ...strike.acknowledgementLost(["abort"]),
    ...LOOKED_UP,
  },
  {
    name: "a transaction ends well and its connection closes before it says so",
    ...strike.acknowledgementLost(["abort", "close"]),
    ...LOOKED_UP,
  },
  {
    name: "a transaction ends well and all that it says is that its connection closes",
    ...strike.acknowledgementLost(["close"]),
    ...LOOKED_UP,
  },
  {
    name: "a transaction ends well, its connection closes before it says so, and no other opens",
    ...strike.acknowledgementLost(["abort", "close"]),
    thenOpening: { name: "UnknownError", ...strike.openingFails(exception("UnknownError")) },
    ...LOOKED_UP,
  },
  {
    name: "a transaction ends well, its connection closes before it says so, and another is refused",
    ...strike.acknowledgementLost(["abort", "close"]),
    thenOpening: { name: "SecurityError", ...strike.openingFails(exception("SecurityError")) },
    once: { read: "database_unavailable", write: "database_unavailable", committing: "outcome_unknown" },
    persistent: { read: "database_unavailable", write: "database_unavailable", committing: "outcome_unknown" },
  },
  {
    name: "a transaction ends well and says nothing",
    ...strike.acknowledgementLost([]),
    isHang: true,
    once: { read: "timed_out", write: "timed_out", committing: "resolved" },
    persistent: { read: "timed_out", write: "timed_out", committing: "outcome_unknown" },
  },
  { name: "a transaction waits for ever", ...strike.waitsForEver(), isHang: true, ...always("timed_out") },
  {
    name: "commit throws",
    at: "commit",
    strike() {
      throw new DOMException("of the test's making", "InvalidStateError");
    },
    ...always("resolved"),
  },
  {
    name: "a commit is aborted over quota after every request succeeded",
    ...strike.commitAborts(exception("QuotaExceededError")),
    ...always("quota_exceeded"),
  },
  {
    name: "a commit finds the disk full (Chromium, SQLite)",
    ...strike.commitAborts(exception("QuotaExceededError", "Encountered disk full while committing transaction.")),
    ...always("disk_full"),
  },
  {
    name: "a commit finds the disk full (Chromium, LevelDB)",
    ...strike.commitAborts(exception("DataError", "Failed to write blobs.")),
    ...always("disk_full"),
  },
  { name: "a commit fails with UnknownError", ...strike.commitAborts(exception("UnknownError")), ...RETRIED },
  { name: "a commit is aborted without a reason", ...strike.commitAborts(), ...RETRIED },
  { name: "the browser closes the connection at a commit", ...strike.closedAtCommit("abort"), ...RETRIED },
  {
    name: "the browser closes the connection at a commit and fires `close` alone",
    ...strike.closedAtCommit("nothing"),
    ...RETRIED,
  },
  { name: "a commit does not happen and says nothing", ...strike.commitIsLost(), isHang: true, ...always("timed_out") },
  { name: "a commit takes for ever", ...strike.commitTakesForEver(), isHang: true, ...always("outcome_unknown") },
  { name: "an opening fails with UnknownError", ...strike.openingFails(exception("UnknownError")), ...RETRIED },
  { name: "an opening fails with AbortError", ...strike.openingFails(exception("AbortError")), ...RETRIED },
  {
    name: "an opening fails with VersionError",
    ...strike.openingFails(exception("VersionError")),
    ...always("schema_from_the_future"),
  },
  {
    name: "an opening fails with SecurityError",
    ...strike.openingFails(exception("SecurityError")),
    ...always("database_unavailable"),
  },
  {
    name: "an opening fails over quota",
    ...strike.openingFails(exception("QuotaExceededError")),
    ...always("quota_exceeded"),
  },
  {
    name: "an opening throws SecurityError",
    at: "connection",
    strike() {
      throw new DOMException("of the test's making", "SecurityError");
    },
    ...always("database_unavailable"),
  },
  {
    name: "an opening is never answered",
    ...strike.openingIsNeverAnswered(),
    isHang: true,
    ...always("database_blocked"),
  },
  { name: "an opened connection is closed at once", ...strike.openingIsClosedAtOnce(), ...RETRIED },
];
