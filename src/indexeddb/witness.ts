import type { RuntimeStanding } from "../core/errors.ts";
import { answerWithin } from "./deadline.ts";
import {
  databaseKey,
  type DatabaseNote,
  databaseNoteOf,
  goesBeyond,
  type RuntimeNote,
  runtimeKey,
  runtimeKeys,
  runtimeNoteOf,
  WITNESS_PREFIX,
} from "./witness-notes.ts";
import { fileWitness, localStorageWitness, type WitnessStorage } from "./witness-storage.ts";

/** How long a storage may take to answer, in milliseconds. */
const ANSWER_LIMIT = 5_000;

/** How far a database has come: how many transactions have written to it, and how far runtimes have come by them. */
export interface Progress {
  readonly writes: number;
  readonly standings: Iterable<RuntimeStanding>;
}

/** What is known of a database. */
export interface Testimony extends DatabaseNote {
  /** 0: nothing is known of it. */
  readonly writes: number;
  /** How far its runtimes have come, by their ids. */
  readonly standings: ReadonlyMap<string, RuntimeStanding>;
  /** Nothing was ever noted of any database here: the notes themselves may be gone. */
  readonly isBlank: boolean;
}

/**
 * Remembers how far the runtimes of one database have come, in this realm and outside IndexedDB, so that a database which comes
 * back empty or older is not taken for what it seems. What it forgets, or fails to note, only makes it notice less.
 */
export class Witness {
  /** Which storage takes the notes. */
  readonly kind: "localStorage" | "OPFS" | "custom" | "none";
  readonly #database: string;
  readonly #storage: WitnessStorage | undefined;
  /** The one that takes the notes, and another that may know of the database too: windows and workers have different ones. */
  readonly #storages: readonly WitnessStorage[];
  /** Of the database that the notes are about. */
  #identity: string | undefined;
  /** How many transactions have written to it. */
  #writes = 0;
  /** The last count that the storage was given, and whether it was ever given the identity. */
  #notedWrites = 0;
  #isIdentityNoted = false;
  readonly #standings = new Map<string, RuntimeStanding>();
  readonly #unwritten = new Map<string, RuntimeStanding>();
  #isWriting = false;
  #writing: Promise<void> | undefined;

  /** Of a database by its name; in an app's own storage, in none (`false`), or in what there is here. */
  constructor(database: string, storage?: WitnessStorage | false) {
    this.#database = database;
    const [local, file] = storage === undefined ? [localStorageWitness(), fileWitness()] : [];
    this.#storages = [storage === false ? undefined : storage, local, file].filter((one) => one !== undefined);
    [this.#storage] = this.#storages;
    this.kind = storage ? "custom" : local ? "localStorage" : file ? "OPFS" : "none";
  }

  /**
   * What is known now; `everywhere` asks also the storage that does not take this realm's notes, which costs some milliseconds.
   * A storage that gives no answer knows nothing.
   */
  async testify({ everywhere = false } = {}): Promise<Testimony> {
    const asked = everywhere ? this.#storages : this.#storages.slice(0, 1);
    const answers = await Promise.all(asked.map((storage) => answerWithin(ANSWER_LIMIT, this.#ask(storage))));
    const told = answers.filter((answer) => answer !== undefined);
    const newest = told.map(({ note }) => note).reduce<DatabaseNote>(newer, {});
    const own = this.#identity;
    const identity = own ?? newest.identity;
    const isGivenUp = own === undefined && newest.isGivenUp === true;
    const writes = told.map(({ note }) => (note.identity === identity && !note.isGivenUp ? (note.writes ?? 0) : 0));
    const standings = new Map(this.#standings);
    for (const { identity: noted, ...standing } of told.flatMap(({ runtimes }) => runtimes)) {
      const other = standings.get(standing.runtime_id);
      if (noted === identity && !isGivenUp && (!other || goesBeyond(standing, other)))
        standings.set(standing.runtime_id, standing);
    }
    const isBlank = told.every(({ isBlank }) => isBlank);
    return {
      identity,
      writes: Math.max(this.#writes, ...(isGivenUp ? [] : writes)),
      isGivenUp,
      reported: newest.reported,
      standings,
      isBlank,
    };
  }

  /** From now on notes are about the database of this identity, which so many transactions have written to. */
  adopt(identity: string, progress: Progress): void {
    this.#identity = identity;
    this.note(progress);
  }

  /** Notes how far a database has come, once that is durable. Where the storage answers at once, it has the notes when this returns. */
  note({ writes, standings }: Progress): void {
    this.#writes = Math.max(this.#writes, writes);
    for (const standing of standings) {
      const known = this.#standings.get(standing.runtime_id);
      if (known && !goesBeyond(standing, known)) continue;
      this.#standings.set(standing.runtime_id, standing);
      this.#unwritten.set(standing.runtime_id, standing);
    }
    if (!this.#isWriting) this.#writing = this.#write();
  }

  /** Notes what the browser said when it had lost the database, for it says so only once. */
  async noteReport(identity: string | undefined, reported: string): Promise<void> {
    const noting = async () => this.#storage?.set(databaseKey(this.#database), textOf({ identity, reported }));
    await answerWithin(ANSWER_LIMIT, noting());
  }

  /**
   * Forgets that the database should be there, and its runtimes: before it is deleted or its loss is accepted, and once it `isGone`.
   */
  async giveUp({ isGone = false } = {}): Promise<void> {
    await this.settled();
    this.#identity = undefined;
    this.#isIdentityNoted = false;
    this.#writes = this.#notedWrites = 0;
    this.#standings.clear();
    const key = databaseKey(this.#database);
    const giveUpIn = async (storage: WitnessStorage) => {
      const text = await storage.get(key);
      if (text === undefined) return;
      try {
        // A window's notes of it can go. A worker's say so to windows, whose notes it cannot reach.
        if (isGone && this.kind !== "OPFS") await storage.delete(key);
        else await storage.set(key, textOf({ ...databaseNoteOf(text), reported: undefined, isGivenUp: true }));
      } catch {
        await storage.delete(key); // it may be full; without this note those of the runtimes say nothing
      }
      for (const key of await storage.keys(runtimeKeys(this.#database))) await storage.delete(key);
    };
    const storages = isGone ? this.#storages.slice(0, 1) : this.#storages;
    await Promise.all(storages.map((storage) => answerWithin(ANSWER_LIMIT, giveUpIn(storage))));
  }

  /** Resolves when what was noted is written, or cannot be. */
  async settled(): Promise<void> {
    if (this.#isWriting && this.#writing) await answerWithin(ANSWER_LIMIT, this.#writing);
  }

  /** One note after the other, always the latest: where the storage is slow, those in between are never written. */
  async #write(): Promise<void> {
    this.#isWriting = true;
    while (this.#storage && this.#identity !== undefined) {
      const [next] = this.#unwritten.values();
      const isCountNoted = this.#notedWrites === this.#writes;
      if (!next && isCountNoted) break;
      if (next) this.#unwritten.delete(next.runtime_id);
      try {
        // Only promises are awaited: what localStorage is to note of a commit, it has noted before the commit resolves.
        if (!isCountNoted || !this.#isIdentityNoted) {
          const noting = this.#noteDatabase(this.#storage, this.#identity);
          if (noting) await noting;
        }
        const noting = next && this.#noteRuntime(this.#storage, this.#identity, next);
        if (noting) await noting;
      } catch {
        // It is full, or gone: it will know less.
      }
    }
    this.#unwritten.clear();
    this.#isWriting = false;
  }

  /** Says nothing where another tab has said since that the database may be gone, or that there is another. */
  #noteDatabase(storage: WitnessStorage, identity: string): void | Promise<void> {
    const writes = this.#writes;
    const isFirst = !this.#isIdentityNoted;
    this.#notedWrites = writes;
    this.#isIdentityNoted = true;
    const key = databaseKey(this.#database);
    return following(storage.get(key), (text) => {
      const noted = databaseNoteOf(text);
      const isOurs = noted.identity === identity && !noted.isGivenUp;
      const isKnown = isOurs ? (noted.writes ?? -1) >= writes : !isFirst && noted.identity !== undefined;
      return isKnown ? undefined : storage.set(key, textOf({ identity, writes }));
    });
  }

  #noteRuntime(storage: WitnessStorage, identity: string, standing: RuntimeStanding): void | Promise<void> {
    const key = runtimeKey(this.#database, standing.runtime_id);
    return following(storage.get(key), (text) => {
      const noted = runtimeNoteOf(text);
      const isKnown = noted?.identity === identity && !goesBeyond(standing, noted);
      return isKnown ? undefined : storage.set(key, textOf({ identity, ...standing }));
    });
  }

  async #ask(storage: WitnessStorage) {
    const [note, keys, all] = await Promise.all([
      storage.get(databaseKey(this.#database)),
      storage.keys(runtimeKeys(this.#database)),
      storage.keys(WITNESS_PREFIX),
    ]);
    const texts = await Promise.all(keys.map(async (key) => storage.get(key)));
    const runtimes = texts.map(runtimeNoteOf).filter((note) => note !== undefined);
    return { note: databaseNoteOf(note), runtimes, isBlank: all.length === 0 };
  }
}

/** Of what two storages say of one database, what was said last: a database that was given up was known before. */
function newer(a: DatabaseNote, b: DatabaseNote): DatabaseNote {
  const reported = a.reported ?? b.reported;
  const [left, right] = [a.identity ?? "", b.identity ?? ""];
  const isLater = right > left || (right === left && b.isGivenUp === true);
  return { ...(isLater ? b : a), reported };
}

/** What follows an answer: at once, where it was given at once. */
function following<T>(answer: T | Promise<T>, next: (answer: T) => void | Promise<void>): void | Promise<void> {
  return answer instanceof Promise ? answer.then(next) : next(answer);
}

const textOf = (note: DatabaseNote | RuntimeNote): string => JSON.stringify(note);
