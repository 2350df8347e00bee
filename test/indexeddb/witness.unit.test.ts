import { expect, test, vi } from "vitest";
import { databaseKey, runtimeKey } from "../../src/indexeddb/witness-notes.ts";
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
      witness.adopt(FIRST, by(at(1, undefined, database), at(2, "b", "agent")));
      await witness.settled();
    }
    const { identity, isGivenUp, standings, isBlank } = await new Witness("app", storageOf(notes, later)).testify();
    expect({ identity, isGivenUp, isBlank }).toEqual({ identity: FIRST, isGivenUp: false, isBlank: false });
    expect([...standings.values()]).toEqual([at(1, undefined, "app"), at(2, "b", "agent")]);
  },
);

test("a note never moves back, whichever tab takes it", async () => {
  const notes = new Map<string, string>();
  const tabs = [new Witness("app", storageOf(notes)), new Witness("app", storageOf(notes))] as const;
  for (const tab of tabs) tab.adopt(FIRST, by(at(1, "a")));
  tabs[0].note(by(at(7, "g")));
  tabs[1].note(by(at(6, "f")));
  tabs[0].note(by(at(5, "e")));
  const { writes, standings } = await new Witness("app", storageOf(notes)).testify();
  expect(standings.get("agent")).toEqual(at(7, "g"));
  expect(writes).toBe(7);
});

test("what was noted of an earlier database of the name says nothing", async () => {
  const notes = new Map<string, string>();
  new Witness("app", storageOf(notes)).adopt(FIRST, by(at(9, "i", "old"), at(9, "i")));
  new Witness("app", storageOf(notes)).adopt(SECOND, by(at(1, "a")));
  const { identity, writes, standings } = await new Witness("app", storageOf(notes)).testify();
  expect({ identity, writes }).toEqual({ identity: SECOND, writes: 1 });
  expect([...standings.values()]).toEqual([at(1, "a")]);
});

test("a database that was given up may be gone, and what was known of its runtimes is forgotten", async () => {
  const notes = new Map<string, string>();
  const witness = new Witness("app", storageOf(notes));
  witness.adopt(FIRST, by(at(3, "c")));
  await witness.giveUp();
  const told = await new Witness("app", storageOf(notes)).testify();
  expect(told).toMatchObject({ identity: FIRST, isGivenUp: true, writes: 0 });
  expect(told.standings.size).toBe(0);
  expect([...notes.keys()]).toEqual([databaseKey("app")]);
  witness.adopt(FIRST, by(at(3, "c"))); // it is still there: the deletion did not go through
  expect(await new Witness("app", storageOf(notes)).testify()).toMatchObject({ identity: FIRST, isGivenUp: false });
});

test("what only the count of transactions tells is noted too", async () => {
  const notes = new Map<string, string>();
  const witness = new Witness("app", storageOf(notes));
  witness.adopt(FIRST, { writes: 4, standings: [] });
  witness.note({ writes: 6, standings: [] });
  witness.note({ writes: 5, standings: [] });
  expect(await new Witness("app", storageOf(notes)).testify()).toMatchObject({ identity: FIRST, writes: 6 });
});

test.each<[string, (another: Witness) => Promise<void>]>([
  ["given it up", (another) => another.giveUp()],
  [
    "made another",
    (another) => {
      another.adopt(SECOND, by(at(1)));
      return another.settled();
    },
  ],
])("a tab that has the database open does not note over another that has %s", async (_, change) => {
  const notes = new Map<string, string>();
  const witness = new Witness("app", storageOf(notes));
  witness.adopt(FIRST, by(at(3, "c")));
  await change(new Witness("app", storageOf(notes)));
  const noted = notes.get(databaseKey("app"));
  witness.note(by(at(4, "d")));
  expect(notes.get(databaseKey("app"))).toBe(noted);
});

test("what the browser said of a loss is known until the database is given up", async () => {
  const notes = new Map<string, string>();
  await new Witness("app", storageOf(notes)).noteReport(undefined, "Corruption");
  expect((await new Witness("app", storageOf(notes)).testify()).reported).toBe("Corruption");
  await new Witness("app", storageOf(notes)).giveUp();
  expect((await new Witness("app", storageOf(notes)).testify()).reported).toBeUndefined();
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
  expect((await witness.testify()).standings.get("agent")).toEqual(at(2, "b"));

  new Witness("app", storageOf(notes)).adopt(FIRST, by(at(2, "b")));
  await witness.giveUp();
  expect(await new Witness("app", storageOf(notes)).testify()).toMatchObject({ identity: undefined, isBlank: true });

  const dead = new Witness("app", { get: fail, set: fail, delete: fail, keys: fail });
  dead.adopt(FIRST, by(at(1, "a")));
  await dead.giveUp();
  expect(await dead.testify()).toMatchObject({ identity: undefined });
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
    expect((await asked)[0].standings.get("agent")).toEqual(at(2, "b"));
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
  expect((await new Witness("app", storageOf(notes)).testify()).standings.get("agent")).toEqual(at(100, "100"));
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
  const { standings, isGivenUp } = await new Witness("app", storageOf(notes)).testify();
  expect(isGivenUp).toBe(false);
  expect(standings.size).toBe(0);
});
