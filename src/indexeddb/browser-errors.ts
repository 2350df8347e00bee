import type { RuntimeStoreErrorCode, RuntimeStoreErrorFacts } from "../core/errors.ts";
import { isRuntimeStoreError, RuntimeStoreError } from "../core/errors.ts";

/** What a browser error means to a caller; the first rule that fits counts. */
const RULES: readonly { name?: string; message?: RegExp; code: RuntimeStoreErrorCode }[] = [
  // Chromium's LevelDB and SQLite engines, and SQLite's own words in WebKit: QuotaExceededError, DataError or UnknownError.
  { message: /no.space|disk (?:is )?full|full disk|failed to write blobs/i, code: "disk_full" },
  { name: "QuotaExceededError", code: "quota_exceeded" },
  { name: "VersionError", code: "schema_from_the_future" },
  { name: "ConstraintError", code: "receipt_conflict" },
  // Chromium, when the file behind a value over 64 KiB is gone.
  { name: "NotReadableError", code: "corrupt_record" },
  { message: /failed to read large indexeddb value/i, code: "corrupt_record" },
];

/** Names of the errors with which browsers tell that a connection was lost, or that they lost their way inside: trying again may help. */
const LOST = new Set(["AbortError", "InvalidStateError", "TimeoutError", "TransactionInactiveError", "UnknownError"]);

/** The typed error for whatever a browser threw or rejected with; an error that is typed already stays as it is. */
export function fromBrowserError(
  cause: unknown,
  doing: string,
  facts: Omit<RuntimeStoreErrorFacts, "cause"> = {},
): RuntimeStoreError {
  if (isRuntimeStoreError(cause)) return cause;
  const { name = "Error", message = String(cause) } = (cause ?? {}) as { name?: string; message?: string };
  const rule = RULES.find((rule) => (rule.name ?? name) === name && (rule.message?.test(message) ?? true));
  return new RuntimeStoreError(rule?.code ?? "database_unavailable", `${doing}: ${name}: ${message}`, {
    ...facts,
    cause,
  });
}

/** Whether an error is the connection's and not the request's, so that the same may go well on a new one. */
export function isConnectionLost(error: unknown): boolean {
  if (!isRuntimeStoreError(error) || error.code !== "database_unavailable") return false;
  return LOST.has((error.cause as { name?: string } | undefined)?.name ?? "");
}
