import {
  checkedArray,
  checkedFollowing,
  checkedMembers,
  checkedText,
  optional,
} from "../arguments/checked-arguments.ts";
import type { BurrowStore } from "../contract/index.ts";
import { RuntimeStoreError } from "../core/errors.ts";
import { joined } from "../core/joined.ts";
import { nextTask } from "../core/next-task.ts";
import { HEADER } from "./archive-reader.ts";
import { type ArchiveLine, lineOf } from "./lines.ts";
import { RunningDigest } from "./running-digest.ts";
import { linesOf } from "./runtime-lines.ts";
import { SessionsSeen } from "./sessions-seen.ts";

/** How far an archive is written, or read. */
export interface ArchiveProgress {
  /** Bytes of the archive. */
  readonly done: number;
  /** All bytes that there are, where that is known: it is not for a stream, and for an archive that is being written. */
  readonly total: number | undefined;
}

/** What to export, and how to follow it. */
export interface ExportOptions {
  /** If left out, all. Whatever their order, the archive has them by id. */
  readonly runtimeIds?: readonly string[] | undefined;
  /** Called with each piece of the archive; what it throws is ignored. */
  readonly onProgress?: ((progress: ArchiveProgress) => void) | undefined;
  /** Once it is aborted, the export rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Writes runtimes, each as one transaction saw it, and the sessions of the catalog that go with them, into one archive. The same
 * content gives the same bytes, in every browser. A session that goes from one runtime to another meanwhile is in it as the first
 * transaction saw it.
 * @throws {RuntimeStoreError} `invalid_input` for a runtime that is not there; `corrupt_record` for one that is damaged: name the
 * others to export them; `unsupported` for one of over a gigabyte; or a failure of the database.
 */
export async function exportArchive(store: BurrowStore, options: ExportOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  for await (const piece of piecesOf(store, options)) pieces.push(piece);
  return joined(pieces);
}

/**
 * As `exportArchive`, piece by piece: no more than one runtime is held in memory. Each is read when the stream has come to it.
 * What `exportArchive` rejects with is the error of the stream.
 */
export function exportArchiveStream(
  store: BurrowStore,
  options: ExportOptions = {},
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const pieces = piecesOf(store, options);
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        const { done, value } = await pieces.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await pieces.return();
      },
    },
    { highWaterMark: 0 },
  );
}

/**
 * As `exportArchive`, into a file of the type `application/x-ndjson`: a large blob is kept on disk by browsers, out of the page's
 * memory.
 */
export async function exportArchiveBlob(store: BurrowStore, options: ExportOptions = {}): Promise<Blob> {
  const parts: Blob[] = [];
  let pieces: Uint8Array<ArrayBuffer>[] = [];
  for await (const piece of piecesOf(store, options)) {
    pieces.push(piece);
    if (pieces.length < PIECES_PER_PART) continue;
    parts.push(new Blob(pieces));
    pieces = [];
  }
  return new Blob([...parts, ...pieces], { type: "application/x-ndjson" });
}

/** So many pieces are held in memory before they go into a blob. */
const PIECES_PER_PART = 16;

/** A piece is written when so many bytes are there. */
const PIECE_BYTES = 256 * 1024;

async function* piecesOf(store: BurrowStore, options: ExportOptions): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  const { onProgress, signal } = checkedFollowing<ArchiveProgress>(options);
  let lines: Uint8Array[] = [];
  let length = 0;
  let done = 0;
  const piece = (): Uint8Array<ArrayBuffer> => {
    const bytes = joined(lines);
    done += length;
    [lines, length] = [[], 0];
    tell(onProgress, { done, total: undefined });
    return bytes;
  };
  for await (const line of archiveLines(store, options)) {
    signal?.throwIfAborted();
    lines.push(line.bytes);
    length += line.bytes.length;
    if (length < PIECE_BYTES) continue;
    yield piece();
    await nextTask();
    signal?.throwIfAborted();
  }
  yield piece();
}

async function* archiveLines(store: BurrowStore, options: ExportOptions): AsyncGenerator<ArchiveLine, void> {
  const named = optional(
    checkedMembers(options, "options", ["runtimeIds"]).runtimeIds,
    "runtimeIds",
    checkedRuntimeIds,
  );
  const ids = named ?? (await store.listRuntimes()).map(({ runtime_id }) => runtime_id);
  const digest = new RunningDigest();
  const seen = new SessionsSeen();
  let runtimes = 0;
  const begin = lineOf(JSON.stringify(HEADER));
  digest.add(begin.sha256);
  yield begin;
  for (const id of ids) {
    const dump = await store.dumpRuntime(id);
    if (!dump) {
      if (!named) continue; // it was deleted meanwhile
      const path = `runtimeIds`;
      throw new RuntimeStoreError("invalid_input", `there is no runtime ${JSON.stringify(id)}`, { path });
    }
    const written = { ...dump, sessions: dump.sessions.filter((session) => !seen.clashes(session, dump)) };
    seen.add(written);
    for (const line of linesOf(written)) {
      digest.add(line.sha256);
      yield line;
    }
    runtimes++;
  }
  yield lineOf(JSON.stringify({ kind: "archive_end", runtimes, lines: digest.count, digest: digest.finish() }));
}

/** Each once, by id. */
export const checkedRuntimeIds = (given: unknown, path: string): string[] =>
  [...new Set(checkedArray(given, path, checkedText))].sort((a, b) => (a < b ? -1 : 1));

/** Tells how far it is; what the listener throws is its own fault, and no reason to stop. */
export function tell(onProgress: ExportOptions["onProgress"], progress: ArchiveProgress): void {
  try {
    onProgress?.(progress);
  } catch {
    // As said.
  }
}
