import { expect, test, vi } from "vitest";
import { databaseKey, givenUpKey, runtimeKey } from "../../src/indexeddb/witness-notes.ts";
import type { WitnessStorage } from "../../src/indexeddb/witness-storage.ts";
import { Witness } from "../../src/indexeddb/witness.ts";

const [FIRST, SECOND] = ["identity 1", "identity 2"];
const at = (revision: number, digest?: string, runtime_id = "agent") => ({
  runtime_id,
  revision,
  ...(digest === undefined ? {} : { conversation_digest: digest }),
});

/** What a database has come to by these standings, each revision of the furthest being one transaction. */
const by = (...standings: ReturnType<typeof at>[]) => ({
  writes: Math.max(0, ...standings.map(({ revision }) => revision)),
  standings,
});

/** A storage in memory, as an app may bring one; `later` makes it answer by promises. */
function storageOf(notes: Map<string, string>, later = false): WitnessStorage {
  const answer = <T>(value: T) => (later ? Promise.resolve(value) : value) as T;
  return {
    get: (key) => answer(notes.get(key)),
    set: (key, text) => answer(void notes.set(key, text)),
    delete: (key) => answer(void notes.delete(key)),
    keys: (prefix) => answer([...notes.keys()].filter((key) => key.startsWith(prefix))),
  };
}

/** What the next page is told, by the storage alone: what it expects of each database. */
async function expectedBy(storage: WitnessStorage) {
  const { expected } = await new Witness("app", storage).testify();
  const entries = Array.from(expected, ([identity, { writes, standings }]) => {
    return [identity, { writes, standings: [...standings.values()] }] as const;
  });
  return Object.fromEntries(entries);
}

test("a note that a storage takes at once is there when the call returns", () => {
  const notes = new Map<string, string>();
  const witness = new Witness("app", storageOf(notes));
  witness.adopt(FIRST, by());
  expect(notes.size).toBe(0);
  witness.note(by(at(1, "a")));
  expect(JSON.parse(notes.get(runtimeKey("app", "agent")) ?? "")).toEqual({ identity: FIRST, ...at(1, "a") });
  expect(JSON.parse(notes.get(databaseKey("app")) ?? "")).toEqual({ identity: FIRST, writes: 1 });
});

test.each([false, true])(
  "the next page knows what this one noted, of its own database alone (later: %s)",
  async (later) => {
    const notes = new Map<string, string>();
    for (const database of ["app", "app 2", 'app"', ""]) {
      const witness = new Witness(database, storageOf(notes, later));
      witness.adopt(FIRST, by());
      witness.note(by(at(1, undefined, database), at(2, "b", "agent")));
      await witness.settled();
    }
    const standings = [at(1, undefined, "app"), at(2, "b", "agent")];
    expect(await expectedBy(storageOf(notes, later))).toEqual({ [FIRST]: { writes: 2, standings } });
  },
);

test("a note never moves back, whichever tab takes it", async () => {
  const notes = new Map<string, string>();
  const tabs = [new Witness("app", storageOf(notes)), new Witness("app", storageOf(notes))] as const;
  for (const tab of tabs) tab.adopt(FIRST, by(at(1, "a")));
  tabs[0].note(by(at(7, "g")));
  tabs[1].note(by(at(6, "f")));
  tabs[0].note(by(at(5, "e")));
  expect(await expectedBy(storageOf(notes))).toEqual({ [FIRST]: { writes: 7, standings: [at(7, "g")] } });
});

test("a database that was given up is not expected, and another of its name is", async () => {
  const notes = new Map<string, string>();
  const first = new Witness("app", storageOf(notes));
  first.adopt(FIRST, by(at(9, "i", "old"), at(9, "i")));
  await first.giveUp();
  expect(await expectedBy(storageOf(notes))).toEqual({});
  expect([...notes.keys()]).toEqual([givenUpKey("app", FIRST)]);
  new Witness("app", storageOf(notes)).adopt(SECOND, by(at(1, "a")));
  expect(await expectedBy(storageOf(notes))).toEqual({ [SECOND]: { writes: 1, standings: [at(1, "a")] } });
});

test("what is noted of a database behind its giving up says nothing, and its own tab is told", async () => {
  const notes = new Map<string, string>();
  const late = new Witness("app", storageOf(notes));
  late.adopt(FIRST, by(at(3, "c")));
  await new Witness("app", storageOf(notes)).giveUp();
  late.note(by(at(4, "d")));
  expect(notes.has(databaseKey("app"))).toBe(true);
  expect(await expectedBy(storageOf(notes))).toEqual({});
  expect(await late.testify()).toMatchObject({ isGivenUp: true, expected: new Map() });
});

test("a database that was given up unseen, by its identity alone, is not expected, but where it is still there", async () => {
  const notes = new Map<string, string>();
  new Witness("app", storageOf(notes)).adopt(FIRST, by(at(3, "c")));
  await new Witness("app", storageOf(notes)).giveUp([FIRST]);
  expect(await expectedBy(storageOf(notes))).toEqual({});
  const witness = new Witness("app", storageOf(notes));
  await witness.testify();
  witness.adopt(FIRST, by(at(3, "c")));
  expect(await expectedBy(storageOf(notes))).toEqual({ [FIRST]: { writes: 3, standings: [at(3, "c")] } });
});

test("of an older state that is accepted the notes go, and those that follow count again", async () => {
  const notes = new Map<string, string>();
  const witness = new Witness("app", storageOf(notes));
  witness.adopt(FIRST, by(at(3, "c")));
  await witness.giveUp([FIRST], FIRST);
  expect(await expectedBy(storageOf(notes))).toEqual({});
  witness.adopt(FIRST, by(at(1, "a")));
  expect(await expectedBy(storageOf(notes))).toEqual({ [FIRST]: { writes: 1, standings: [at(1, "a")] } });
});

test("a database that was never given up stays expected when somebody makes another", async () => {
  const notes = new Map<string, string>();
  new Witness("app", storageOf(notes)).adopt(FIRST, by(at(3, "c")));
  new Witness("app", storageOf(notes)).adopt(SECOND, by(at(1, "a")));
  expect(Object.keys(await expectedBy(storageOf(notes)))).toEqual([FIRST]);
});

test("of many databases that were given up the last are remembered", async () => {
  const notes = new Map<string, string>();
  for (let number = 100; number < 200; number++) {
    await new Witness(`app ${number}`, storageOf(notes)).giveUp([`identity ${number}`]);
  }
  await new Witness("app", storageOf(notes)).giveUp();
  expect([...notes.keys()].sort()).toEqual(
    Array.from({ length: 50 }, (_, index) => givenUpKey(`app ${150 + index}`, `identity ${150 + index}`)),
  );
});

test("the note of a runtime that was deleted goes", async () => {
  const notes = new Map<string, string>();
  const witness = new Witness("app", storageOf(notes));
  witness.adopt(FIRST, by(at(3, "c"), at(1, "a", "other")));
  witness.note({ writes: 4, standings: [], deleted: ["agent"] });
  expect(await expectedBy(storageOf(notes))).toEqual({ [FIRST]: { writes: 4, standings: [at(1, "a", "other")] } });
});

test("what was noted before is not noted again when a database is opened", async () => {
  const notes = new Map<string, string>();
  new Witness("app", storageOf(notes)).adopt(FIRST, by(at(3, "c"), at(1, "a", "other")));
  const set = vi.fn(storageOf(notes).set);
  const next = new Witness("app", { ...storageOf(notes), set });
  await next.testify();
  next.adopt(FIRST, by(at(3, "c"), at(1, "a", "other")));
  expect(set).not.toHaveBeenCalled();
});

test("what only the count of transactions tells is noted too", async () => {
  const notes = new Map<string, string>();
  const witness = new Witness("app", storageOf(notes));
  witness.adopt(FIRST, { writes: 4, standings: [] });
  witness.note({ writes: 6, standings: [] });
  witness.note({ writes: 5, standings: [] });
  expect(await expectedBy(storageOf(notes))).toEqual({ [FIRST]: { writes: 6, standings: [] } });
});

test("what the browser said of a loss is known until the database is given up", async () => {
  const notes = new Map<string, string>();
  const tab = () => new Witness("app", storageOf(notes));
  tab().adopt(FIRST, by(at(2, "b")));
  await tab().noteReport("Corruption");
  expect((await tab().testify()).reported).toBe("Corruption");
  expect(await expectedBy(storageOf(notes))).toEqual({ [FIRST]: { writes: 2, standings: [at(2, "b")] } });
  await tab().giveUp();
  expect((await tab().testify()).reported).toBeUndefined();
});

test("a storage that is full, or fails, costs nothing but what it would have known", async () => {
  const fail = () => {
    throw new DOMException("full", "QuotaExceededError");
  };
  const notes = new Map<string, string>();
  const full = { ...storageOf(notes), set: fail };
  const witness = new Witness("app", full);
  witness.adopt(FIRST, by(at(1, "a")));
  witness.note(by(at(2, "b")));
  await witness.settled();
  expect((await witness.testify()).expected.get(FIRST)?.standings.get("agent")).toEqual(at(2, "b"));

  new Witness("app", storageOf(notes)).adopt(FIRST, by(at(2, "b")));
  await witness.giveUp();
  expect(await expectedBy(storageOf(notes))).toEqual({});

  const dead = new Witness("app", { get: fail, set: fail, delete: fail, keys: fail });
  dead.adopt(FIRST, by(at(1, "a")));
  await dead.giveUp();
  expect((await dead.testify()).expected.size).toBe(0);
});

test("a storage that failed once takes the next note whole", async () => {
  const notes = new Map<string, string>();
  const { set } = storageOf(notes);
  const failsOnce = vi.fn(set).mockImplementationOnce(() => {
    throw new DOMException("full", "QuotaExceededError");
  });
  const witness = new Witness("app", { ...storageOf(notes), set: failsOnce });
  witness.adopt(FIRST, by(at(1, "a")));
  witness.note(by(at(2, "b")));
  expect(await expectedBy(storageOf(notes))).toEqual({ [FIRST]: { writes: 2, standings: [at(2, "b")] } });
});

test("nobody waits for what was there before, and it does not hold up what is noted", async () => {
  const notes = new Map<string, string>();
  const set = vi.fn(storageOf(notes, true).set);
  const witness = new Witness("app", { ...storageOf(notes, true), set });
  witness.adopt(FIRST, by(...Array.from({ length: 100 }, (_, index) => at(1, "a", `runtime ${index}`))));
  witness.note(by(at(2, "b")));
  await witness.settled();
  expect(set.mock.calls.length).toBeLessThan(5);
  expect((await expectedBy(storageOf(notes)))[FIRST]?.standings).toContainEqual(at(2, "b"));
});

test("promises of a kind of their own are waited for too", async () => {
  const notes = new Map<string, string>();
  const thenable = <T>(value: T) => ({ then: (next: (value: T) => void) => setTimeout(() => next(value), 1) });
  const storage = storageOf(notes);
  const odd = { ...storage, get: (key: string) => thenable(storage.get(key)) } as unknown as WitnessStorage;
  new Witness("app", storage).adopt(FIRST, by(at(7, "g")));
  const witness = new Witness("app", odd);
  witness.adopt(FIRST, by(at(6, "f")));
  await witness.settled();
  expect(await expectedBy(storage)).toEqual({ [FIRST]: { writes: 7, standings: [at(7, "g")] } });
});

test("what a slow storage has not taken of one database it is not given under the next one", async () => {
  const notes = new Map<string, string>();
  const storage = storageOf(notes, true);
  let release: () => void = () => undefined;
  const isFree = new Promise<void>((resolve) => (release = resolve));
  vi.useFakeTimers();
  try {
    const witness = new Witness("app", { ...storage, set: (key, text) => isFree.then(() => storage.set(key, text)) });
    witness.adopt(FIRST, by());
    witness.note(by(at(9, "i"), at(9, "i", "other")));
    const givenUp = witness.giveUp();
    await vi.advanceTimersByTimeAsync(12_000);
    await givenUp;
    witness.adopt(SECOND, by());
    witness.note(by(at(1, "a")));
    release();
    await vi.advanceTimersByTimeAsync(100);
    await witness.settled();
  } finally {
    vi.useRealTimers();
  }
  expect(await expectedBy(storageOf(notes))).toEqual({ [SECOND]: { writes: 1, standings: [at(1, "a")] } });
});

test("a storage that never answers is not waited for, but for a while where its word is needed", async () => {
  vi.useFakeTimers();
  try {
    const never = () => new Promise<never>(() => undefined);
    const witness = new Witness("app", { get: never, set: never, delete: never, keys: never });
    witness.adopt(FIRST, by(at(1, "a")));
    witness.note(by(at(2, "b")));
    const asked = Promise.all([witness.testify(), witness.settled()]);
    await vi.advanceTimersByTimeAsync(6_000);
    expect((await asked)[0].expected.get(FIRST)?.standings.get("agent")).toEqual(at(2, "b"));
  } finally {
    vi.useRealTimers();
  }
});

test("a slow storage is given each runtime's latest standing, and not those in between", async () => {
  const notes = new Map<string, string>();
  const set = vi.fn(storageOf(notes, true).set);
  const witness = new Witness("app", { ...storageOf(notes, true), set });
  witness.adopt(FIRST, by());
  for (let revision = 1; revision <= 100; revision++) witness.note(by(at(revision, String(revision))));
  await witness.settled();
  expect(set.mock.calls.length).toBeLessThan(5);
  const standings = [at(100, "100")];
  expect(await expectedBy(storageOf(notes))).toEqual({ [FIRST]: { writes: 100, standings } });
});

test.each([
  "",
  "{",
  "null",
  "[]",
  '"text"',
  '{"identity":1}',
  '{"identity":"identity 1","runtime_id":"agent","revision":"9"}',
])("a damaged note says nothing: %s", async (text) => {
  const notes = new Map([databaseKey("app"), runtimeKey("app", "agent")].map((key) => [key, text]));
  const expected = text.includes("runtime_id") ? { "identity 1": { writes: 0, standings: [] } } : {};
  expect(await expectedBy(storageOf(notes))).toEqual(expected);
});
