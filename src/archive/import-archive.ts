import { checkedFollowing, checkedMembers, checkedRestoreMode, optional } from "../arguments/checked-arguments.ts";
import type { BurrowStore, OnConflict, RestoredRuntime } from "../contract/index.ts";
import { isRuntimeStoreError, type RuntimeStoreError } from "../core/errors.ts";
import { type ArchiveProblem, ArchiveReader, type FoundRuntime } from "./archive-reader.ts";
import { type ArchiveSource, type ReadableArchive, readableArchive } from "./archive-source.ts";
import { type ArchiveProgress, checkedRuntimeIds, tell } from "./export-archive.ts";
import { invalidArchive } from "./invalid-archive.ts";
import { SessionsSeen } from "./sessions-seen.ts";
import { contradictionIn } from "./verify-archive.ts";

/** What to import, and how to follow it. */
export interface ImportOptions {
  /** What to do about a runtime, or a session of it, that is there with other content: as `restoreRuntime` has it. */
  readonly onConflict?: OnConflict | undefined;
  /** Whether only to tell what would become of each runtime; not, if left out. */
  readonly dryRun?: boolean | undefined;
  /** If left out, all. Those that are named can be imported if they are whole, whatever is wrong with the rest. */
  readonly runtimeIds?: readonly string[] | undefined;
  /** Called with each piece of the archive; what it throws is ignored. */
  readonly onProgress?: ((progress: ArchiveProgress) => void) | undefined;
  /** Once it is aborted, the import rejects with its reason: what was imported before stays. */
  readonly signal?: AbortSignal | undefined;
}

/** What became of an archive's runtimes. */
export interface ImportReport {
  readonly dryRun: boolean;
  /** In the order in which they stand in the archive. */
  readonly runtimes: readonly ImportedRuntime[];
  /** What is wrong with the archive: of an import that did not reject, with those parts that were not asked for. */
  readonly problems: readonly ArchiveProblem[];
}

/** What became of one runtime; after a dry run, what would. */
export interface ImportedRuntime {
  readonly runtime_id: string;
  /** The last two only after a dry run: an import rejects with the `error`. */
  readonly outcome: RestoredRuntime["outcome"] | "conflict" | "damaged";
  /** Where the runtime stands then; absent with an `error`. */
  readonly revision?: number | undefined;
  readonly error?: RuntimeStoreError | undefined;
}

/**
 * Stores the runtimes of an archive, each whole and in one transaction. Importing again is harmless: what is there already is not
 * written again. Bytes and blobs are read twice: nothing is written unless all that is to be imported is whole and, under
 * `onConflict: "refuse"`, nothing else is in its place. A stream can be read but once: the runtimes before a fault are imported
 * by then.
 *
 * Of a damaged archive `verifyArchive` tells which runtimes are whole; they are imported when `runtimeIds` names them.
 * @throws {RuntimeStoreError} `invalid_archive`, with the `byteOffset`, for what is damaged, contradicts itself or is missing;
 * `import_conflict`, as `restoreRuntime`; `invalid_input`; or a failure of the database.
 */
export async function importArchive(
  store: BurrowStore,
  archive: ArchiveSource,
  options: ImportOptions = {},
): Promise<ImportReport> {
  const readable = readableArchive(archive);
  const { onProgress, signal } = checkedFollowing<ArchiveProgress>(options);
  const { onConflict, dryRun } = checkedRestoreMode(options);
  const { runtimeIds } = checkedMembers(options, "options", ["runtimeIds"]);
  const wanted = optional(runtimeIds, "runtimeIds", checkedRuntimeIds);
  const isReadTwice = readable.size !== undefined && !dryRun;
  const total = readable.size === undefined ? undefined : readable.size * (isReadTwice ? 2 : 1);
  const work = { store, readable, onConflict, wanted, signal };
  let done = 0;
  const onBytes = (bytes: number): void => tell(onProgress, { done: (done += bytes), total });
  if (dryRun || isReadTwice) {
    const report = await importOnce({ ...work, dryRun: true, onBytes });
    if (dryRun) return report;
    const [error] = report.runtimes.flatMap((runtime) => runtime.error ?? []);
    if (error) throw error;
    assertWhole(report.problems, wanted);
  }
  return importOnce({ ...work, dryRun: false, onBytes });
}

interface ImportWork {
  readonly store: BurrowStore;
  readonly readable: ReadableArchive;
  readonly onConflict: OnConflict;
  readonly wanted: readonly string[] | undefined;
  readonly signal: AbortSignal | undefined;
  /** A dry run goes on where an import ends with an error. */
  readonly dryRun: boolean;
  readonly onBytes: (bytes: number) => void;
}

async function importOnce(work: ImportWork): Promise<ImportReport> {
  const { readable, wanted, signal, dryRun, onBytes } = work;
  const reader = new ArchiveReader(wanted && ((id) => wanted.includes(id)));
  const runtimes: ImportedRuntime[] = [];
  const problems: ArchiveProblem[] = [];
  const sessions = new SessionsSeen();
  const take = async (found: FoundRuntime): Promise<void> => {
    signal?.throwIfAborted();
    const imported = await importOne(work, found, sessions, problems);
    if (imported.error && !dryRun) throw imported.error;
    runtimes.push(imported);
  };
  for await (const piece of readable.pieces(signal)) {
    for (const found of reader.push(piece)) await take(found);
    if (!dryRun) assertWhole(reader.problems, wanted);
    onBytes(piece.length);
  }
  for (const found of reader.end()) await take(found);
  for (const id of wanted ?? []) {
    if (runtimes.some(({ runtime_id }) => runtime_id === id)) continue;
    const error = invalidArchive(`there is no runtime ${JSON.stringify(id)} in this archive`);
    if (!dryRun) throw error;
    runtimes.push({ runtime_id: id, outcome: "damaged", error });
  }
  signal?.throwIfAborted();
  problems.push(...reader.problems);
  if (!dryRun) assertWhole(problems, wanted);
  return { dryRun, runtimes, problems: problems.sort((a, b) => a.line - b.line) };
}

async function importOne(
  { store, onConflict, dryRun }: ImportWork,
  { runtime_id, at, dump, problem }: FoundRuntime,
  sessions: SessionsSeen,
  problems: ArchiveProblem[],
): Promise<ImportedRuntime> {
  if (!dump) return { runtime_id, outcome: "damaged", error: asError(problem) };
  try {
    sessions.assertNoneIn(dump);
    const { outcome, revision } = await store.restoreRuntime(dump, { onConflict, dryRun });
    sessions.add(dump);
    return { runtime_id, outcome, revision };
  } catch (error) {
    if (isRuntimeStoreError(error) && error.code === "import_conflict") {
      sessions.add(dump);
      return { runtime_id, outcome: "conflict", error };
    }
    const contradiction = contradictionIn({ runtime_id, at }, error);
    problems.push(contradiction);
    return { runtime_id, outcome: "damaged", error: asError(contradiction, error) };
  }
}

/** Where all runtimes are to be imported, there must be nothing else wrong either: it may have been a runtime once. */
function assertWhole([problem]: readonly ArchiveProblem[], wanted: readonly string[] | undefined): void {
  if (problem && !wanted) throw asError(problem);
}

function asError(problem: ArchiveProblem | undefined, cause?: unknown): RuntimeStoreError {
  return invalidArchive(problem?.message ?? "is damaged", { byteOffset: problem?.byteOffset ?? 0, cause });
}
