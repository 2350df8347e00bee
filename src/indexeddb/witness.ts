import type { RuntimeStanding } from "../core/errors.ts";
import { answerWithin } from "./deadline.ts";
import { ANSWER_LIMIT, NoteTaker, type Progress } from "./note-taker.ts";
import {
  ANY_GIVEN_UP,
  databaseKey,
  databaseNoteOf,
  givenUpKey,
  givenUpKeys,
  goesBeyond,
  identityIn,
  type RuntimeNote,
  runtimeKeys,
  runtimeNoteOf,
  standingsOf,
  textOf,
  WITNESS_PREFIX,
} from "./witness-notes.ts";
import { fileWitness, localStorageWitness, type WitnessStorage } from "./witness-storage.ts";

/** How many databases are remembered in a storage that were given up. */
const MOST_GIVEN_UP = 50;

/** What is known of a database: how far it should have come at least. */
export interface Acknowledged {
  readonly writes: number;
  /** By runtime id. */
  readonly standings: ReadonlyMap<string, RuntimeStanding>;
}

/** What is known of the databases of a name. */
export interface Testimony {
  /** Those that should be there, by their identities: if more than one, all but one of them are lost. */
  readonly expected: ReadonlyMap<string, Acknowledged>;
  /** The one that this realm has had open was deleted on purpose since, or its loss accepted. */
  readonly isGivenUp: boolean;
  /** What the browser has said of a loss. */
  readonly reported: string | undefined;
}

interface GivingUp {
  readonly known: readonly string[];
  readonly kept: string | undefined;
  /** Whether nobody waits any more. */
  readonly isOver: () => boolean;
}

interface Told {
  readonly note: ReturnType<typeof databaseNoteOf>;
  readonly runtimes: readonly RuntimeNote[];
  readonly givenUp: readonly string[];
}

/**
 * Remembers how far the runtimes of one database have come, in this realm and outside IndexedDB, so that a database which comes
 * back empty or older is not taken for what it seems. What it forgets, or fails to note, only makes it notice less.
 */
export class Witness {
  /** Which storage takes the notes. */
  readonly kind: "localStorage" | "OPFS" | "custom" | "none";
  readonly #database: string;
  /** The one that takes the notes, and another that may know of the database too: windows and workers have different ones. */
  readonly #storages: readonly WitnessStorage[];
  /** Of the database that is, or was last, open. */
  #notes: NoteTaker | undefined;
  /** The runtimes' notes that the first storage was last seen to have. */
  #noted: readonly RuntimeNote[] = [];
  /** The databases that were last seen to be given up. */
  #givenUp: ReadonlySet<string> = new Set();

  /** Of a database by its name; in an app's own storage, in none (`false`), or in what there is here. */
  constructor(database: string, storage?: WitnessStorage | false) {
    this.#database = database;
    const [local, file] = storage === undefined ? [localStorageWitness(), fileWitness()] : [];
    this.#storages = [storage === false ? undefined : storage, local, file].filter((one) => one !== undefined);
    this.kind = storage ? "custom" : local ? "localStorage" : file ? "OPFS" : "none";
  }

  /**
   * What is known now; `everywhere` asks also the storage that does not take this realm's notes, which costs some milliseconds.
   * A storage that gives no answer knows nothing.
   */
  async testify({ everywhere = false } = {}): Promise<Testimony> {
    const asked = everywhere ? this.#storages : this.#storages.slice(0, 1);
    const answers = await Promise.all(asked.map((storage) => answerWithin(ANSWER_LIMIT, this.#ask(storage))));
    this.#noted = answers[0]?.runtimes ?? [];
    const told = answers.filter((answer) => answer !== undefined);
    const givenUp = new Set(told.flatMap((answer) => answer.givenUp));
    this.#givenUp = givenUp;
    const own = this.#notes;
    const expected = new Map<string, Acknowledged>();
    const learn = (identity: string, acknowledged: Acknowledged) => {
      if (!givenUp.has(identity)) expected.set(identity, furthest(expected.get(identity), acknowledged));
    };
    if (own) learn(own.identity, own);
    for (const { note, runtimes } of told) {
      if (!note) continue;
      const { identity, writes } = note;
      learn(identity, { writes, standings: standingsOf(runtimes, identity) });
    }
    const reported = told.map(({ note }) => note).find((note) => note && expected.has(note.identity))?.reported;
    return { expected, isGivenUp: own !== undefined && givenUp.has(own.identity), reported };
  }

  /** From now on notes are about the database of this identity, which has come so far. */
  adopt(identity: string, progress: Progress): void {
    if (this.#givenUp.has(identity)) this.#takeBack(identity);
    if (this.#notes?.identity !== identity) {
      this.#notes?.stop();
      this.#notes = new NoteTaker(this.#storages[0], { database: this.#database, identity, noted: this.#noted });
    }
    this.#notes.catchUp(progress);
  }

  /** How many transactions are known to have written to the adopted database. */
  get writes(): number {
    return this.#notes?.writes ?? 0;
  }

  /** Notes how far the adopted database has come. */
  note(progress: Progress): void {
    this.#notes?.note(progress);
  }

  /** Notes what the browser said when it had lost a database, for it says so only once. */
  async noteReport(reported: string): Promise<void> {
    const [storage] = this.#storages;
    if (!storage) return;
    const key = databaseKey(this.#database);
    const noting = async () => {
      const note = databaseNoteOf(await storage.get(key));
      if (note) await storage.set(key, textOf({ ...note, reported }));
    };
    await answerWithin(ANSWER_LIMIT, noting());
  }

  /**
   * Forgets that databases should be there: before one is deleted on purpose, or because its loss was accepted. Those in
   * `identities`, and all that is known of. Notes of them that come later say nothing either, but for those of the one that is
   * `kept`, which is an older state of itself.
   */
  async giveUp(identities: readonly string[] = [], kept?: string): Promise<void> {
    const own = this.#notes;
    this.#notes = undefined;
    own?.stop();
    await own?.settled();
    const known = [...new Set(own ? [own.identity, ...identities] : identities)];
    if (kept !== undefined) known.push(kept);
    let isOver = false;
    const given = { known, kept, isOver: () => isOver };
    await Promise.all(this.#storages.map((storage) => answerWithin(ANSWER_LIMIT, this.#giveUpIn(storage, given))));
    isOver = true;
    this.#noted = [];
  }

  /** Resolves when what was noted is written, or cannot be. */
  async settled(): Promise<void> {
    await this.#notes?.settled();
  }

  /** A deletion that was cut off has not happened. */
  #takeBack(identity: string): void {
    const key = givenUpKey(this.#database, identity);
    for (const storage of this.#storages) void answerWithin(ANSWER_LIMIT, (async () => storage.delete(key))());
  }

  /**
   * Marks are left where notes are taken, and elsewhere where there are notes to be voided. Each step for itself: a storage that is
   * full takes no marks before its notes are gone.
   */
  async #giveUpIn(storage: WitnessStorage, { known, kept, isOver }: GivingUp): Promise<void> {
    const gone = new Set(known);
    const mark = async () => {
      for (const identity of gone) if (identity !== kept) await storage.set(givenUpKey(this.#database, identity), "");
    };
    const takesNotes = storage === this.#storages[0];
    let isMarked = takesNotes && (await succeeds(mark()));
    const noteKey = databaseKey(this.#database);
    const ofRuntimes = runtimeKeys(this.#database);
    const all = await storage.keys(WITNESS_PREFIX);
    const notes = all.filter((key) => key === noteKey || key.startsWith(ofRuntimes));
    if (notes.length === 0 && isMarked) return this.#forgetMarks(storage, all);
    if (notes.length === 0 && !takesNotes) return;
    const noted = databaseNoteOf(await storage.get(noteKey))?.identity;
    if (isOver()) return; // there may be notes of the next one
    if (noted !== undefined && !gone.has(noted)) {
      gone.add(noted);
      isMarked = false;
    }
    if (!isMarked) isMarked = await succeeds(mark());
    for (const key of notes) {
      const { identity = "" } = databaseNoteOf(await storage.get(key)) ?? {}; // which a runtime's note has too
      if (gone.has(identity) && !isOver()) await storage.delete(key);
    }
    if (!isMarked) await mark();
    await this.#forgetMarks(storage, all);
  }

  /** Of the databases that were given up, whatever their names, the last are enough. Identities sort by time. */
  async #forgetMarks(storage: WitnessStorage, keys: readonly string[]): Promise<void> {
    const marks = keys.filter((key) => key.startsWith(ANY_GIVEN_UP));
    const byTime = (a: string, b: string) => ((identityIn(a) ?? "") < (identityIn(b) ?? "") ? -1 : 1);
    for (const key of marks.sort(byTime).slice(0, -MOST_GIVEN_UP)) await storage.delete(key);
  }

  async #ask(storage: WitnessStorage): Promise<Told> {
    const [note, keys] = await Promise.all([storage.get(databaseKey(this.#database)), storage.keys(WITNESS_PREFIX)]);
    const startingWith = (prefix: string) => keys.filter((key) => key.startsWith(prefix));
    const texts = await Promise.all(startingWith(runtimeKeys(this.#database)).map(async (key) => storage.get(key)));
    const givenUp = startingWith(givenUpKeys(this.#database)).map(identityIn);
    return {
      note: databaseNoteOf(note),
      runtimes: texts.map(runtimeNoteOf).filter((note) => note !== undefined),
      givenUp: givenUp.filter((identity) => identity !== undefined),
    };
  }
}

const succeeds = (doing: Promise<unknown>): Promise<boolean> =>
  doing.then(
    () => true,
    () => false,
  );

function furthest(one: Acknowledged | undefined, other: Acknowledged): Acknowledged {
  if (!one) return other;
  const standings = new Map(one.standings);
  for (const standing of other.standings.values()) {
    const known = standings.get(standing.runtime_id);
    if (!known || goesBeyond(standing, known)) standings.set(standing.runtime_id, standing);
  }
  return { writes: Math.max(one.writes, other.writes), standings };
}
