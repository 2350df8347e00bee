import { checkedFollowing } from "../arguments/checked-arguments.ts";
import { checkedDump } from "../arguments/runtime-dump.ts";
import { isRuntimeStoreError } from "../core/errors.ts";
import { type ArchiveProblem, ArchiveReader, type FoundRuntime } from "./archive-reader.ts";
import {
  archiveBytes,
  type ArchiveSource,
  isBlob,
  isStream,
  piecesOfBytes,
  readableArchive,
} from "./archive-source.ts";
import { type ArchiveProgress, tell } from "./export-archive.ts";
import { SessionsSeen } from "./sessions-seen.ts";

/** What an archive holds, and what is wrong with it. */
export interface ArchiveReport {
  /** Whether nothing is wrong: all of the archive is as it was written. */
  readonly whole: boolean;
  /** In the order in which they stand in the archive. */
  readonly runtimes: readonly ArchivedRuntime[];
  readonly problems: readonly ArchiveProblem[];
}

/** One runtime in an archive. */
export interface ArchivedRuntime {
  readonly runtime_id: string;
  /** Whether it can be imported, whatever is wrong with the rest of the archive. */
  readonly whole: boolean;
  /** What is wrong, where it is not whole. */
  readonly problem?: ArchiveProblem | undefined;
  /** The figures of a whole runtime. */
  readonly revision?: number | undefined;
  readonly receipts?: number | undefined;
  readonly input_states?: number | undefined;
  readonly sessions?: number | undefined;
  /** Length of the runtime's own snapshot; 0 where it has none. */
  readonly snapshot_bytes?: number | undefined;
}

/** How to follow the check of a blob or a stream. */
export interface VerifyArchiveOptions {
  /** Called with each piece of the archive; what it throws is ignored. */
  readonly onProgress?: ((progress: ArchiveProgress) => void) | undefined;
  /** Once it is aborted, the check rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Checks an archive without any store: each line against its SHA-256, each record against its schema, each runtime against
 * itself (its head, its receipts, and the digest of its snapshot, computed anew), and the whole against what it says at its end.
 * Whatever is damaged, the report tells which runtimes are whole: `importArchive` takes those, named by `runtimeIds`. Of bytes
 * the report is there at once.
 * @throws {RuntimeStoreError} `invalid_archive` for bytes that do not begin as an archive of this version; `invalid_input`.
 */
export function verifyArchive(archive: Uint8Array): ArchiveReport;
export function verifyArchive(
  archive: Blob | ReadableStream<Uint8Array>,
  options?: VerifyArchiveOptions,
): Promise<ArchiveReport>;
export function verifyArchive(
  archive: ArchiveSource,
  options: VerifyArchiveOptions = {},
): ArchiveReport | Promise<ArchiveReport> {
  if (isBlob(archive) || isStream(archive)) return verifyPieces(archive, options);
  const check = new ArchiveCheck();
  for (const piece of piecesOfBytes(archiveBytes(archive))) check.push(piece);
  return check.end();
}

async function verifyPieces(archive: ArchiveSource, options: VerifyArchiveOptions): Promise<ArchiveReport> {
  const { onProgress, signal } = checkedFollowing<ArchiveProgress>(options);
  const { size: total, pieces } = readableArchive(archive);
  const check = new ArchiveCheck();
  let done = 0;
  for await (const piece of pieces(signal)) {
    check.push(piece);
    tell(onProgress, { done: (done += piece.length), total });
  }
  return check.end();
}

class ArchiveCheck {
  readonly #reader = new ArchiveReader();
  readonly #sessions = new SessionsSeen();
  readonly #runtimes: ArchivedRuntime[] = [];
  readonly #problems: ArchiveProblem[] = [];

  push(piece: Uint8Array): void {
    for (const found of this.#reader.push(piece)) this.#runtimes.push(this.#checked(found));
  }

  end(): ArchiveReport {
    for (const found of this.#reader.end()) this.#runtimes.push(this.#checked(found));
    const problems = [...this.#reader.problems, ...this.#problems].sort((a, b) => a.line - b.line);
    return { whole: problems.length === 0, runtimes: this.#runtimes, problems };
  }

  #checked({ runtime_id, at, dump, problem }: FoundRuntime): ArchivedRuntime {
    if (!dump) return { runtime_id, whole: false, problem };
    try {
      const { head, receipts, input_states, sessions, snapshot } = checkedDump(dump);
      this.#sessions.assertNoneIn(dump);
      this.#sessions.add(dump);
      return {
        runtime_id,
        whole: true,
        revision: head.revision,
        receipts: receipts.length,
        input_states: input_states.length,
        sessions: sessions.length,
        snapshot_bytes: snapshot?.bytes.length ?? 0,
      };
    } catch (error) {
      const contradiction = contradictionIn({ runtime_id, at }, error);
      this.#problems.push(contradiction);
      return { runtime_id, whole: false, problem: contradiction };
    }
  }
}

/** What a runtime was refused for that stands in the archive as it was written: whoever wrote it was no store. */
export function contradictionIn(
  { runtime_id, at }: Pick<FoundRuntime, "runtime_id" | "at">,
  error: unknown,
): ArchiveProblem {
  if (!isRuntimeStoreError(error) || !REFUSALS.has(error.code)) throw error;
  return { ...at, message: `runtime ${JSON.stringify(runtime_id)} is none: ${error.detail}`, runtime_id };
}

const REFUSALS: ReadonlySet<string> = new Set(["invalid_input", "invalid_snapshot"]);
