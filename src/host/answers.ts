import type { CorruptRow } from "../contract/index.ts";
import { isRuntimeStoreError, RuntimeStoreError } from "../core/errors.ts";
import type { Answer, SentError } from "./protocol.ts";

/** A result as it is posted: snapshots move, and the errors that stand in a list are put beside it. */
export function answerOf(result: unknown): Answer {
  if (!Array.isArray(result)) return { value: result, transfer: snapshotsIn(result) };
  return {
    value: result.filter((row) => !isCorruptRow(row)),
    corrupt: result.filter(isCorruptRow).map(({ corrupt }) => corrupt.toJSON()),
  };
}

/** What a call resolves to or rejects with, from its answer. */
export function outcomeOf({ value, corrupt = [], error }: Answer): unknown {
  if (error !== undefined) throw receivedError(error);
  if (!Array.isArray(value)) return value;
  return [...(value as unknown[]), ...corrupt.map((json) => ({ corrupt: RuntimeStoreError.fromJSON(json) }))];
}

/** An error as it is posted. */
export function sentError(error: unknown): SentError {
  if (isRuntimeStoreError(error)) return error.toJSON();
  const { name, message } = error instanceof Error ? error : { name: "Error", message: String(error) };
  return { name, message };
}

export function receivedError(error: SentError): Error {
  if ("code" in error) return RuntimeStoreError.fromJSON(error);
  return Object.assign(new Error(error.message), { name: error.name });
}

/** The snapshots of a loaded runtime or of a dump are members of it. The store keeps none of what it returns. */
function snapshotsIn(result: unknown): Transferable[] {
  if (typeof result !== "object" || result === null) return [];
  const parts: unknown[] = result instanceof Uint8Array ? [result] : Object.values(result);
  return parts.flatMap((part) => (part instanceof Uint8Array ? [part.buffer as ArrayBuffer] : []));
}

const isCorruptRow = (row: unknown): row is CorruptRow => isRuntimeStoreError((row as Partial<CorruptRow>).corrupt);
