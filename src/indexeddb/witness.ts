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

/** What is known of a database. */
export interface Testimony extends DatabaseNote {
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
    const standings = new Map(this.#standings);
    for (const { identity: noted, ...standing } of told.flatMap(({ runtimes }) => runtimes)) {
      const other = standings.get(standing.runtime_id);
      if (noted === identity && !isGivenUp && (!other || goesBeyond(standing, other)))
        standings.set(standing.runtime_id, standing);
    }
    const isBlank = told.every(({ isBlank }) => isBlank);
    return { identity, isGivenUp, reported: newest.reported, standings, isBlank };
  }

  /** From now on notes are about the database of this identity, in which these are the runtimes. */
  adopt(identity: string, standings: Iterable<RuntimeStanding>): void {
    this.#identity = identity;
    for (const standing of standings) this.note(standing);
  }

  /** Notes how far a runtime has come, once that is durable. Where the storage answers at once, it has the note when this returns. */
  note(standing: RuntimeStanding): void {
    const known = this.#standings.get(standing.runtime_id);
    if (known && !goesBeyond(standing, known)) return;
    this.#standings.set(standing.runtime_id, standing);
    this.#unwritten.set(standing.runtime_id, standing);
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

  /** One note after the other, each runtime's latest: where the storage is slow, those in between are never written. */
  async #write(): Promise<void> {
    this.#isWriting = true;
    for (const [runtimeId, standing] of this.#unwritten) {
      this.#unwritten.delete(runtimeId);
      const [storage, identity] = [this.#storage, this.#identity];
      if (!storage || identity === undefined) continue;
      try {
        // Only promises are awaited: what localStorage is to note of a commit, it has noted before the commit resolves.
        if (!this.#isIdentityNoted) {
          const noting = storage.set(databaseKey(this.#database), textOf({ identity }));
          if (noting) await noting;
          this.#isIdentityNoted = true;
        }
        const key = runtimeKey(this.#database, runtimeId);
        const asked = storage.get(key);
        const noted = runtimeNoteOf(asked instanceof Promise ? await asked : asked);
        if (noted?.identity === identity && !goesBeyond(standing, noted)) continue;
        const noting = storage.set(key, textOf({ identity, ...standing }));
        if (noting) await noting;
      } catch {
        // It is full, or gone: it will know less.
      }
    }
    this.#isWriting = false;
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

const textOf = (note: DatabaseNote | RuntimeNote): string => JSON.stringify(note);
