import type { RuntimeDump } from "../contract/index.ts";
import { isRuntimeStoreError, type RuntimeStoreError } from "../core/errors.ts";
import { invalidArchive } from "./invalid-archive.ts";
import { type FoundLine, LineSplitter } from "./line-splitter.ts";
import { partIn } from "./lines.ts";
import { parsePart, type Part } from "./part.ts";
import { RunningDigest } from "./running-digest.ts";
import { RuntimeParts } from "./runtime-parts.ts";

/** The first line of every archive of this version. */
export const HEADER = { kind: "archive", format: "burrow-store", version: 1 } as const;

/** Something that is wrong with an archive. */
export interface ArchiveProblem {
  /** The line that shows it, from 1. */
  readonly line: number;
  /** Where that line begins. */
  readonly byteOffset: number;
  readonly message: string;
  /** The runtime that is not whole for it; absent where it is none, or its name is lost. */
  readonly runtime_id?: string | undefined;
}

/** A runtime as it stands in an archive: either all of it, of which nothing is checked but that it was written so, or a problem. */
export interface FoundRuntime {
  readonly runtime_id: string;
  /** The line in which it begins. */
  readonly at: Pick<ArchiveProblem, "line" | "byteOffset">;
  readonly dump?: RuntimeDump;
  readonly problem?: ArchiveProblem;
}

/**
 * Reads an archive piece by piece, and holds no more than one runtime of it. Behind what is damaged it reads on with the next
 * runtime.
 */
export class ArchiveReader {
  /** All that is wrong so far. */
  readonly problems: ArchiveProblem[] = [];
  readonly #lines = new LineSplitter();
  readonly #isWanted: (runtimeId: string) => boolean;
  readonly #digest = new RunningDigest();
  #lastId: string | undefined;
  #state: "at the start" | "between runtimes" | "in a runtime" | "behind a problem" | "at the end" = "at the start";
  /** Absent in a runtime that nobody wants. */
  #parts: RuntimeParts | undefined;
  #begin: FoundRuntime["at"] = { line: 1, byteOffset: 0 };
  #runtimes = 0;

  /** Of the runtimes that are not wanted only the lines are checked, each by itself, and nobody hears of them. */
  constructor(isWanted: (runtimeId: string) => boolean = () => true) {
    this.#isWanted = isWanted;
  }

  /**
   * The runtimes that end in these bytes.
   * @throws {RuntimeStoreError} `invalid_archive` for bytes that do not begin as an archive of this version.
   */
  *push(bytes: Uint8Array): Generator<FoundRuntime, void> {
    for (const line of this.#lines.push(bytes)) yield* this.#read(line);
  }

  /** What the end of the bytes tells. */
  *end(): Generator<FoundRuntime, void> {
    const rest = this.#lines.rest();
    if (this.#state === "at the start") throw unreadable("there is not one line");
    if (this.#state !== "at the end") yield* this.#fail(rest, "is missing: the archive was cut off");
    else if (!rest.bytes) yield* this.#fail(rest, "stands behind the end");
  }

  *#read(line: FoundLine): Generator<FoundRuntime, void> {
    if (this.#state === "at the end") return yield* this.#fail(line, "stands behind the end");
    try {
      if (!line.bytes) throw invalidArchive("is longer than any line may be");
      const { text, sha256 } = partIn(line.bytes);
      const part = parsePart(text);
      if (part.kind === "archive_end") this.#end(part);
      else {
        this.#digest.add(sha256);
        const length = line.bytes.length;
        if (this.#state === "at the start") this.#start(part);
        else if (part.kind === "runtime") yield* this.#startRuntime(part, line);
        else if (this.#state === "between runtimes") throw invalidArchive("belongs to no runtime");
        if (this.#state === "in a runtime") yield* this.#add(part, { sha256, length });
      }
    } catch (error) {
      if (!isRuntimeStoreError(error) || error.code !== "invalid_archive") throw error;
      if (this.#state === "at the start") throw unreadable(`line 1 ${error.detail}`);
      yield* this.#fail(line, error.detail);
    }
  }

  #start({ kind, format, version }: Part): void {
    if (kind !== HEADER.kind || format !== HEADER.format) throw invalidArchive("does not begin an archive");
    if (version !== HEADER.version) throw invalidArchive(`begins an archive of version ${String(version)}`);
    this.#state = "between runtimes";
  }

  *#startRuntime(part: Part, line: FoundLine): Generator<FoundRuntime, void> {
    if (this.#state === "in a runtime") yield* this.#fail(line, "begins a runtime within another one");
    const parts = new RuntimeParts(part);
    const { runtimeId } = parts;
    this.#runtimes++;
    this.#begin = { line: line.number, byteOffset: line.byteOffset };
    this.#parts = this.#isWanted(runtimeId) ? parts : undefined;
    this.#state = "in a runtime";
    if (this.#lastId !== undefined && runtimeId <= this.#lastId) {
      throw invalidArchive(`begins runtime ${JSON.stringify(runtimeId)} a second time, or behind its place`);
    }
    this.#lastId = runtimeId;
  }

  *#add(part: Part, { sha256, length }: { sha256: string; length: number }): Generator<FoundRuntime, void> {
    const parts = this.#parts;
    if (part.kind === "runtime_end") {
      const dump = parts?.finish(part);
      this.#state = "between runtimes";
      this.#parts = undefined;
      if (parts && dump) yield { runtime_id: parts.runtimeId, at: this.#begin, dump };
      return;
    }
    parts?.count(sha256, length);
    if (part.kind !== "runtime") parts?.add(part);
  }

  #end({ runtimes, lines, digest }: Part): void {
    if (this.#state === "in a runtime") throw invalidArchive("ends the archive within a runtime");
    this.#state = "at the end";
    if (this.problems.length > 0) return;
    const isDue = runtimes === this.#runtimes && lines === this.#digest.count && digest === this.#digest.finish();
    if (!isDue) throw invalidArchive("ends an archive of other lines than these");
  }

  *#fail({ number, byteOffset }: FoundLine, what: string): Generator<FoundRuntime, void> {
    const runtime_id = this.#state === "in a runtime" ? this.#parts?.runtimeId : undefined;
    const isTold = this.#state === "behind a problem" || (this.#state === "at the end" && this.problems.length > 0);
    if (this.#state !== "at the end") this.#state = "behind a problem";
    this.#parts = undefined;
    if (isTold) return;
    const problem = { line: number, byteOffset, message: `line ${number} ${what}`, runtime_id };
    this.problems.push(problem);
    if (runtime_id !== undefined) yield { runtime_id, at: this.#begin, problem };
  }
}

const unreadable = (why: string): RuntimeStoreError =>
  invalidArchive(`this is no archive that this version reads: ${why}`, { byteOffset: 0 });
