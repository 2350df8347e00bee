import { RuntimeStoreError } from "../core/errors.ts";

/**
 * The next of the numbers that only rise: revisions, epochs, sequences.
 * @throws {RuntimeStoreError} `unsupported` after 2^53-1.
 */
export function numberAfter(last: number, what: string): number {
  if (Number.isSafeInteger(last + 1)) return last + 1;
  throw new RuntimeStoreError("unsupported", `this has used up the ${what} that a number can hold`);
}
