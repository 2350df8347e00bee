import type { RuntimeStoreErrorCode, RuntimeStoreErrorFacts } from "../core/errors.ts";
import { isRuntimeStoreError, RuntimeStoreError } from "../core/errors.ts";

/** What each browser error means to a caller, by its name. */
const CODE_OF_NAME: Readonly<Record<string, RuntimeStoreErrorCode>> = {
  QuotaExceededError: "quota_exceeded",
  VersionError: "schema_from_the_future",
  ConstraintError: "receipt_conflict",
};

/** The typed error for whatever a browser threw or rejected with; an error that is typed already stays as it is. */
export function fromBrowserError(
  cause: unknown,
  doing: string,
  facts: Omit<RuntimeStoreErrorFacts, "cause"> = {},
): RuntimeStoreError {
  if (isRuntimeStoreError(cause)) return cause;
  const { name = "Error", message = String(cause) } = (cause ?? {}) as { name?: string; message?: string };
  const code = CODE_OF_NAME[name] ?? "database_unavailable";
  return new RuntimeStoreError(code, `${doing}: ${name}: ${message}`, { ...facts, cause });
}
