import { RuntimeStoreError } from "../core/errors.ts";

/** What is wrong with an archive, and where. */
export function invalidArchive(
  detail: string,
  facts: { byteOffset?: number; cause?: unknown } = {},
): RuntimeStoreError {
  return new RuntimeStoreError("invalid_archive", detail, facts);
}
