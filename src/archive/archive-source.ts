import { RuntimeStoreError } from "../core/errors.ts";
import { ownBytes } from "../json/index.ts";

/** The bytes of an archive, or where they come from. */
export type ArchiveSource = Uint8Array | Blob | ReadableStream<Uint8Array>;

/** An archive whose bytes can be read, piece by piece. */
export interface ReadableArchive {
  /** Absent for a stream, which can be read but once. */
  readonly size: number | undefined;
  pieces(): AsyncGenerator<Uint8Array, void>;
}

const PIECE_BYTES = 1024 * 1024;

/**
 * An archive as given by a caller; bytes are captured as they are now.
 * @throws {RuntimeStoreError} `invalid_input` for anything else.
 */
export function readableArchive(given: unknown): ReadableArchive {
  if (isStream(given)) return { size: undefined, pieces: () => piecesOfStream(given) };
  // A stored blob is not kept in memory by browsers, and it cannot be changed by anybody.
  const blob = isBlob(given) ? given : new Blob([ownBytes(given) as Uint8Array<ArrayBuffer>]);
  return { size: blob.size, pieces: () => piecesOfBlob(blob) };
}

/** The bytes that were given as such, in pieces. */
export function* piecesOfBytes(bytes: Uint8Array): Generator<Uint8Array, void> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}

export const isStream = (given: unknown): given is ReadableStream<Uint8Array> =>
  typeof (given as Partial<ReadableStream> | null)?.getReader === "function"; // it may be of another realm

export const isBlob = (given: unknown): given is Blob =>
  typeof (given as Partial<Blob> | null)?.arrayBuffer === "function" && typeof (given as Blob).slice === "function";

async function* piecesOfBlob(blob: Blob): AsyncGenerator<Uint8Array, void> {
  for (let at = 0; at < blob.size; at += PIECE_BYTES) {
    yield new Uint8Array(await blob.slice(at, at + PIECE_BYTES).arrayBuffer());
  }
}

/** Whoever stops asking ends the stream. */
async function* piecesOfStream(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const reader = readerOf(stream);
  let isDone = false;
  try {
    while (!isDone) {
      const { done, value } = await reader.read();
      isDone = done;
      if (value !== undefined) yield ownBytes(value);
    }
  } finally {
    if (!isDone) await reader.cancel().catch(() => undefined);
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
