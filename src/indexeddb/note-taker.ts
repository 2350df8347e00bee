import type { RuntimeStanding } from "../core/errors.ts";
import { answerWithin } from "./deadline.ts";
import {
  databaseKey,
  databaseNoteOf,
  givenUpKey,
  goesBeyond,
  type RuntimeNote,
  runtimeKey,
  runtimeNoteOf,
  standingsOf,
  textOf,
} from "./witness-notes.ts";
import type { WitnessStorage } from "./witness-storage.ts";

/** How long a storage may take to answer, in milliseconds. */
export const ANSWER_LIMIT = 5_000;

/** How far a database has come: how many transactions have written to it, and how far runtimes have come by them. */
export interface Progress {
  readonly writes: number;
  readonly standings: Iterable<RuntimeStanding>;
  /** The runtimes that were deleted: that they are gone, the number of transactions tells. */
  readonly deleted?: Iterable<string>;
}

/** Keeps how far one database has come, and notes it in a storage. */
export class NoteTaker {
  readonly identity: string;
  /** How many transactions have written to the database. */
  writes: number;
  readonly standings: Map<string, RuntimeStanding>;
  readonly #database: string;
  readonly #storage: WitnessStorage | undefined;
  readonly #unwritten = new Map<string, RuntimeStanding | undefined>();
  /** What was there before anybody noted it: it waits until there is nothing else to write, and nobody waits for it. */
  readonly #backlog = new Map<string, RuntimeStanding>();
  /** 0 as long as nothing was ever written: a database that nobody has written to is not missed. */
  #notedWrites = 0;
  #isWriting = false;
  #isStopped = false;
  #writing: Promise<void> = Promise.resolve();

  /** Of the database of a name and an identity; `noted` are notes that the storage has. */
  constructor(
    storage: WitnessStorage | undefined,
    { database, identity, noted }: { database: string; identity: string; noted: readonly RuntimeNote[] },
  ) {
    this.#storage = storage;
    this.#database = database;
    this.identity = identity;
    this.writes = 0;
    this.standings = standingsOf(noted, identity);
  }

  /** Notes how far the database had come when it was opened. */
  catchUp({ writes, standings }: Progress): void {
    this.writes = Math.max(this.writes, writes);
    for (const standing of standings) {
      if (this.#learn(standing)) this.#backlog.set(standing.runtime_id, standing);
    }
    this.#startWriting();
  }

  /** Notes how far the database has come, once that is durable. Where the storage answers at once, it has the notes when this returns. */
  note({ writes, standings, deleted = [] }: Progress): void {
    this.writes = Math.max(this.writes, writes);
    for (const standing of standings) {
      if (this.#learn(standing)) this.#unwritten.set(standing.runtime_id, standing);
    }
    for (const runtimeId of deleted) {
      this.#backlog.delete(runtimeId);
      this.standings.delete(runtimeId);
      this.#unwritten.set(runtimeId, undefined);
    }
    this.#startWriting();
  }

  /** Resolves when what was noted is written, or cannot be. What it only caught up with is left. */
  async settled(): Promise<void> {
    this.#backlog.clear();
    if (this.#isWriting) await answerWithin(ANSWER_LIMIT, this.#writing);
  }

  /** Notes nothing more. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Whether a standing goes beyond what was known. */
  #learn(standing: RuntimeStanding): boolean {
    const known = this.standings.get(standing.runtime_id);
    if (known && !goesBeyond(standing, known)) return false;
    this.#backlog.delete(standing.runtime_id);
    this.standings.set(standing.runtime_id, standing);
    return true;
  }

  #startWriting(): void {
    if (!this.#isWriting) this.#writing = this.#write();
  }

  /** One note after the other, always the latest: where the storage is slow, those in between are never written. */
  async #write(): Promise<void> {
    const storage = this.#storage;
    this.#isWriting = true;
    while (storage && !this.#isStopped) {
      const from = this.#unwritten.size > 0 ? this.#unwritten : this.#backlog;
      const [next] = from;
      if (!next && this.#notedWrites === this.writes) break;
      if (next) from.delete(next[0]);
      try {
        // Only promises are awaited: what localStorage is to note of a commit, it has noted before the commit resolves.
        if (this.#notedWrites !== this.writes) {
          const noting = this.#noteDatabase(storage, this.writes);
          if (noting) await noting;
        }
        const noting = next && this.#noteRuntime(storage, ...next);
        if (noting) await noting;
      } catch {
        if (!next) break; // it is full, or gone: it will know less, unless a later note is taken
      }
    }
    this.#isWriting = false;
  }

  /** Never takes the count back. Another database that was not given up is missing, or somebody else's to tell of. */
  #noteDatabase(storage: WitnessStorage, writes: number): void | Promise<void> {
    const { identity } = this;
    const key = databaseKey(this.#database);
    const set = () =>
      following(storage.set(key, textOf({ identity, writes })), () => {
        this.#notedWrites = writes;
      });
    return following(storage.get(key), (text) => {
      const noted = databaseNoteOf(text);
      if (!noted) return set();
      if (noted.identity !== identity) {
        return following(storage.get(givenUpKey(this.#database, noted.identity)), (mark) => {
          if (mark !== undefined) return set();
          this.#notedWrites = writes;
        });
      }
      if (noted.writes < writes) return set();
      this.#notedWrites = writes;
    });
  }

  #noteRuntime(
    storage: WitnessStorage,
    runtimeId: string,
    standing: RuntimeStanding | undefined,
  ): void | Promise<void> {
    const { identity } = this;
    const key = runtimeKey(this.#database, runtimeId);
    if (!standing) return storage.delete(key);
    return following(storage.get(key), (text) => {
      const noted = runtimeNoteOf(text);
      const isKnown = noted?.identity === identity && !goesBeyond(standing, noted);
      return isKnown ? undefined : storage.set(key, textOf({ identity, ...standing }));
    });
  }
}

/** What follows an answer: at once, where it was given at once. */
function following<T>(answer: T | PromiseLike<T>, next: (answer: T) => void | PromiseLike<void>): void | Promise<void> {
  if (isPromise(answer)) return Promise.resolve(answer).then(next);
  const result = next(answer);
  return isPromise(result) ? Promise.resolve(result) : undefined;
}

/** Also one of another realm. */
const isPromise = <T>(value: T | PromiseLike<T>): value is PromiseLike<T> =>
  typeof (value as { then?: unknown } | undefined | null)?.then === "function";
