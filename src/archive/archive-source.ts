import { RuntimeStoreError } from "../core/errors.ts";
import { ownBytes } from "../json/index.ts";

/** The bytes of an archive, or where they come from. */
export type ArchiveSource = Uint8Array | Blob | ReadableStream<Uint8Array>;

/** An archive whose bytes can be read, piece by piece. */
export interface ReadableArchive {
  /** Absent for a stream, which can be read but once. */
  readonly size: number | undefined;
  /** Ends with the signal's reason once it is aborted, also while a stream has nothing to give. */
  pieces(signal?: AbortSignal): AsyncGenerator<Uint8Array, void>;
}

const PIECE_BYTES = 1024 * 1024;

/**
 * An archive as given by a caller; bytes are captured as they are now.
 * @throws {RuntimeStoreError} `invalid_input` for anything else.
 */
export function readableArchive(given: unknown): ReadableArchive {
  if (isStream(given)) return { size: undefined, pieces: (signal) => piecesOfStream(given, signal) };
  // A stored blob is not kept in memory by browsers, and it cannot be changed by anybody.
  const blob = isBlob(given) ? given : new Blob([archiveBytes(given) as Uint8Array<ArrayBuffer>]);
  return { size: blob.size, pieces: (signal) => piecesOfBlob(blob, signal) };
}

/**
 * An archive that was given as bytes, as they are now.
 * @throws {RuntimeStoreError} `invalid_input` for anything else.
 */
export function archiveBytes(given: unknown): Uint8Array {
  if (ArrayBuffer.isView(given)) return ownBytes(given);
  throw new RuntimeStoreError("invalid_input", "an archive is a Uint8Array, a Blob or a ReadableStream");
}

export function* piecesOfBytes(bytes: Uint8Array): Generator<Uint8Array, void> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}

export const isStream = (given: unknown): given is ReadableStream<Uint8Array> =>
  typeof (given as Partial<ReadableStream> | null)?.getReader === "function"; // it may be of another realm

export const isBlob = (given: unknown): given is Blob =>
  typeof (given as Partial<Blob> | null)?.arrayBuffer === "function" && typeof (given as Blob).slice === "function";

async function* piecesOfBlob(blob: Blob, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array, void> {
  for (let at = 0; at < blob.size; at += PIECE_BYTES) {
    signal?.throwIfAborted();
    yield new Uint8Array(await blob.slice(at, at + PIECE_BYTES).arrayBuffer());
  }
}

/** Whoever stops asking ends the stream. */
async function* piecesOfStream(
  stream: ReadableStream<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void> {
  const reader = readerOf(stream);
  const cancel = (): void => void reader.cancel(signal?.reason).catch(() => undefined);
  let isDone = false;
  try {
    signal?.addEventListener("abort", cancel); // it ends a read that waits
    while (!isDone) {
      signal?.throwIfAborted();
      const { done, value } = await reader.read();
      isDone = done;
      if (value !== undefined) yield ownBytes(value);
    }
    signal?.throwIfAborted();
  } finally {
    signal?.removeEventListener("abort", cancel);
    if (!isDone) cancel();
    reader.releaseLock();
  }
}

function readerOf(stream: ReadableStream<Uint8Array>): ReadableStreamDefaultReader<Uint8Array> {
  try {
    return stream.getReader();
  } catch (cause) {
    throw new RuntimeStoreError("invalid_input", "the stream is being read by somebody else", { cause });
  }
}
