import type { BurrowStore, DataLoss } from "burrow-store";
import { deleteIndexedDbRuntimeStore, openIndexedDbRuntimeStore, storageReport } from "burrow-store/indexeddb";
import { deleteDB, openDB } from "idb";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { encodeSession, newSession } from "burrow-store/session";
import { everyOperation } from "../../src/conformance/every-operation.ts";
import { boundary, conversation, delta, inputState, runId, sessionId } from "../../src/conformance/samples.ts";
import { everythingIn, furnish } from "../../src/conformance/whole-store.ts";
import { runtimeKeys, WITNESS_PREFIX } from "../../src/indexeddb/witness-notes.ts";
import { localStorageWitness } from "../../src/indexeddb/witness-storage.ts";
import { anotherFactory } from "./another-factory.ts";
import { FaultyIndexedDb, patchIndexedDb } from "../faults/faulty-indexeddb.ts";
import { cannotBegin, exception } from "../faults/strikes.ts";

const NAME = "data loss";

beforeEach(() => deleteIndexedDbRuntimeStore(NAME));
afterEach(() => deleteIndexedDbRuntimeStore(NAME));

const commit = (store: BurrowStore, text: string, runtimeId = "agent") =>
  store.commitSessionBoundary(runtimeId, boundary({ sessionDelta: delta(conversation(sessionId(1), text)) }));

/** Opens the store, uses it and closes it; resolves to the standing of "agent". */
async function visit(work: (store: BurrowStore) => Promise<unknown> = () => Promise.resolve()) {
  const store = await openIndexedDbRuntimeStore({ name: NAME });
  try {
    await work(store);
    const head = await store.loadRuntimeHead("agent");
    return { runtime_id: "agent", revision: head?.revision, conversation_digest: head?.conversation_digest };
  } finally {
    await store.close();
  }
}

/** All rows of the database by their object stores, and what puts them back: an older copy of its files. */
async function copyDatabase(): Promise<() => Promise<void>> {
  const database = await openDB(NAME);
  const copy = new Map<string, unknown[]>();
  for (const table of database.objectStoreNames) copy.set(table, await database.getAll(table));
  database.close();
  return async () => {
    const restored = await openDB(NAME);
    const transaction = restored.transaction([...copy.keys()], "readwrite");
    for (const [table, rows] of copy) {
      await transaction.objectStore(table).clear();
      for (const row of rows) await transaction.objectStore(table).put(row);
    }
    await transaction.done;
    restored.close();
  };
}

const opening = (options: object = {}) => openIndexedDbRuntimeStore({ name: NAME, ...options });
const startAnew = () => "start-anew" as const;

describe("a database that is gone", () => {
  test("is refused with what is known to be lost, each time, and is not made anew", async () => {
    const acknowledged = await visit((store) => commit(store, "hello"));
    await deleteDB(NAME);
    const loss = { code: "database_wiped", database: NAME, runtimes: [{ acknowledged, stored: undefined }] };
    for (let time = 0; time < 2; time++) {
      await expect(opening()).rejects.toMatchObject({ code: "database_wiped", kind: "read_failed", loss });
    }
    // WebKitGTK lists one whose creation was aborted, at version 0.
    expect((await indexedDB.databases()).filter(({ name, version }) => name === NAME && version !== 0)).toEqual([]);
  });

  test("is made anew when the app says so, which is told what is lost, and asked no second time", async () => {
    await visit(furnish);
    await deleteDB(NAME);
    const onDataLoss = vi.fn<(loss: DataLoss) => Promise<"start-anew">>(() => Promise.resolve(startAnew()));
    const store = await opening({ onDataLoss });
    expect(onDataLoss).toHaveBeenCalledOnce();
    expect(onDataLoss.mock.calls[0]?.[0].runtimes.map(({ acknowledged }) => acknowledged.revision)).toEqual([1, 2]);
    expect(await store.listRuntimes()).toEqual([]);
    await commit(store, "again");
    await store.close();
    expect(await visit()).toMatchObject({ revision: 1 });
  });

  test("is missed also when no boundary was committed: an accepted input is data too", async () => {
    await visit((store) => store.persistInputState("agent", inputState(1)));
    await deleteDB(NAME);
    await expect(opening()).rejects.toMatchObject({ code: "database_wiped" });
  });

  test("is missed also when another was made under its name", async () => {
    await visit((store) => commit(store, "hello"));
    await deleteDB(NAME);
    const ignorant = await opening({ witness: false });
    await commit(ignorant, "from elsewhere");
    await ignorant.close();
    await expect(opening()).rejects.toMatchObject({ code: "database_wiped" });
    const store = await opening({ onDataLoss: startAnew });
    expect(await store.listRuntimes()).toMatchObject([{ revision: 1 }]);
    await store.close();
    await visit();
  });

  test("is not missed when nothing was ever written to it, or what was noted is lost, or nobody is to note", async () => {
    await visit();
    await deleteDB(NAME);
    await visit((store) => commit(store, "hello"));
    await deleteDB(NAME);
    await (await opening({ witness: false })).close();
    await deleteDB(NAME);
    for (const key of Object.keys(localStorage)) if (key.startsWith(WITNESS_PREFIX)) localStorage.removeItem(key);
    expect(await visit()).toMatchObject({ revision: undefined });
  });

  test("stays refused when the app's answer fails, which is the error's cause", async () => {
    await visit((store) => commit(store, "hello"));
    await deleteDB(NAME);
    const cause = new Error("nobody to ask");
    const refused = { code: "database_wiped", loss: { database: NAME }, cause };
    await expect(opening({ onDataLoss: () => Promise.reject(cause) })).rejects.toMatchObject(refused);
    await expect(opening({ onDataLoss: () => "refuse" })).rejects.toMatchObject({ code: "database_wiped" });
  });
});

describe("a database that is older than what was acknowledged", () => {
  test("is refused with both standings, until the app goes on with what is there", async () => {
    const stored = await visit((store) => commit(store, "one"));
    const restore = await copyDatabase();
    const acknowledged = await visit((store) => commit(store, "two"));
    await restore();
    const writes = { acknowledged: 2, stored: 1 };
    const loss = { code: "database_rolled_back", database: NAME, runtimes: [{ acknowledged, stored }], writes };
    await expect(opening()).rejects.toMatchObject({ code: "database_rolled_back", kind: "read_failed", loss });
    const onDataLoss = vi.fn(startAnew);
    const store = await opening({ onDataLoss });
    expect(onDataLoss).toHaveBeenCalledExactlyOnceWith(loss);
    expect(await store.loadRuntimeHead("agent")).toMatchObject({ revision: 1 });
    await store.close();
    expect(await visit((store) => commit(store, "two again"))).toMatchObject({ revision: 2 });
  });

  test("is refused when it lost a runtime that no boundary was committed to", async () => {
    await visit((store) => commit(store, "hello"));
    const restore = await copyDatabase();
    await visit((store) => store.persistInputState("another", inputState(1)));
    await restore();
    const runtimes = [{ acknowledged: { runtime_id: "another", revision: 0 }, stored: undefined }];
    await expect(opening()).rejects.toMatchObject({ code: "database_rolled_back", loss: { runtimes } });
  });

  test.each<[string, (store: BurrowStore) => Promise<unknown>]>([
    ["an input", (store) => store.persistInputState("agent", inputState(1))],
    ["a runtime's state", (store) => store.persistRuntimeState("agent", "running")],
    ["a session that no runtime has", (store) => store.sessions.save(encodeSession(newSession()))],
    ["a deletion", (store) => store.deleteRuntime("agent")],
  ])("is refused when it lost %s alone, as the count of its transactions tells", async (_, write) => {
    await visit((store) => commit(store, "hello"));
    const restore = await copyDatabase();
    await visit(write);
    await restore();
    const loss = { writes: { acknowledged: 2, stored: 1 } };
    await expect(opening()).rejects.toMatchObject({ code: "database_rolled_back", loss });
    await (await opening({ onDataLoss: startAnew })).close();
    await visit((store) => commit(store, "hello again"));
  });

  test("is refused when a commit took the place of the one that was acknowledged", async () => {
    await visit((store) => commit(store, "one"));
    const restore = await copyDatabase();
    const acknowledged = await visit((store) => commit(store, "two"));
    await restore();
    const ignorant = await opening({ witness: false });
    await commit(ignorant, "another two");
    await ignorant.close();
    const runtimes = [{ acknowledged, stored: { revision: 2 } }];
    await expect(opening()).rejects.toMatchObject({ code: "database_rolled_back", loss: { runtimes } });
  });

  test("is refused also when the second look at it cannot compare", async () => {
    await visit((store) => commit(store, "one"));
    const restore = await copyDatabase();
    await visit((store) => commit(store, "two"));
    await restore();
    const faulty = new FaultyIndexedDb();
    const fault = cannotBegin(exception("DataError"));
    faulty.arm({ name: "the second transaction cannot begin", ...fault }, { n: 2, isPersistent: true });
    const unpatch = patchIndexedDb();
    try {
      const refused = opening({ indexedDB: faulty.factory, witness: localStorageWitness(), flushAfterCrash: false });
      await expect(refused).rejects.toMatchObject({ code: "database_rolled_back" });
    } finally {
      unpatch();
    }
    expect(faulty.struck).toBeGreaterThan(0);
  });

  test("is refused by a store that was open meanwhile, at every call, also when it has nothing but its own memory", async () => {
    for (const witness of [localStorageWitness(), false] as const) {
      await deleteIndexedDbRuntimeStore(NAME);
      const faulty = new FaultyIndexedDb();
      const store = await opening({ indexedDB: faulty.factory, witness, flushAfterCrash: false });
      await commit(store, "one");
      const restore = await copyDatabase();
      await commit(store, "two");
      faulty.closeSilently();
      await restore();
      for (const call of Object.values(everyOperation)) {
        await expect(call(store)).rejects.toMatchObject({ code: "database_rolled_back" });
      }
      await store.close();
    }
  });

  test("is gone on with by a store that was open meanwhile, when the app says so", async () => {
    const faulty = new FaultyIndexedDb();
    const store = await opening({ indexedDB: faulty.factory, onDataLoss: startAnew, flushAfterCrash: false });
    await commit(store, "one");
    const restore = await copyDatabase();
    await commit(store, "two");
    faulty.closeSilently();
    await restore();
    await commit(store, "two again");
    expect(await store.listBoundaryReceipts("agent")).toHaveLength(2);
    await store.close();
    await visit();
  });
});

describe("no loss is seen", () => {
  test("in a database, or a runtime, that was deleted on purpose", async () => {
    await visit(async (store) => {
      await furnish(store);
      await store.deleteRuntime("furnished", { withSessions: true });
    });
    await visit((store) => store.persistInputState("furnished", inputState(1)));
    await visit();
    await deleteIndexedDbRuntimeStore(NAME);
    expect(await visit()).toMatchObject({ revision: undefined });
  });

  test("when a deletion was cut off, before or after the database went", async () => {
    await visit((store) => commit(store, "hello"));
    const held = await openDB(NAME);
    const deletion = deleteIndexedDbRuntimeStore(NAME, { openTimeout: 50 });
    await expect(deletion).rejects.toMatchObject({ code: "database_blocked" });
    held.close();
    expect(await visit()).toMatchObject({ revision: undefined });
  });

  test("when another tab deletes what this one is just opening, which lets it", async () => {
    await visit((store) => commit(store, "hello"));
    const opened = opening().catch((error: unknown) => {
      expect(error).toMatchObject({ code: "database_closed" });
    });
    await deleteIndexedDbRuntimeStore(NAME);
    const store = await opened;
    await expect(store?.listRuntimes() ?? Promise.reject(new Error("not opened"))).rejects.toThrow();
    await store?.close();
    expect(await visit()).toMatchObject({ revision: undefined });
  });

  test("by a store that had let go when another tab deleted, and it makes nothing anew", async () => {
    const faulty = new FaultyIndexedDb();
    const onDataLoss = vi.fn(startAnew);
    const witness = localStorageWitness();
    const store = await opening({ indexedDB: faulty.factory, witness, onDataLoss, flushAfterCrash: false });
    await commit(store, "hello");
    faulty.closeSilently();
    await deleteIndexedDbRuntimeStore(NAME);
    await expect(store.listRuntimes()).rejects.toMatchObject({ code: "database_closed" });
    expect(onDataLoss).not.toHaveBeenCalled();
    await store.close();
    expect((await indexedDB.databases()).filter(({ name, version }) => name === NAME && version !== 0)).toEqual([]);
  });

  test("in a database whose count of transactions alone is lost, and it is counted on from what is known", async () => {
    await visit(async (store) => {
      await commit(store, "one");
      await commit(store, "two");
    });
    const database = await openDB(NAME);
    await database.delete("commits", 2);
    database.close();
    await visit();
    await visit((store) => commit(store, "three"));
    await visit();
  });

  test("where the browser reports one and nothing is missed: it may be another's", async () => {
    const factory = anotherFactory({
      open(name, version) {
        const request = indexedDB.open(name, version);
        request.addEventListener("upgradeneeded", (event) => {
          Object.defineProperty(event, "dataLoss", { value: "total" });
        });
        return request;
      },
    });
    await (await opening({ indexedDB: factory, witness: localStorageWitness() })).close();
  });

  test("in a factory of the app's own, of whose databases the origin's notes know nothing", async () => {
    const { factory } = new FaultyIndexedDb();
    const store = await opening({ indexedDB: factory });
    expect((await storageReport(store)).witness).toBe("none");
    await store.close();
  });

  test("in a damaged or lost head, which is that row's damage alone", async () => {
    await visit(furnish);
    const database = await openDB(NAME);
    await database.delete("runtime_heads", "furnished");
    await database.put("runtime_heads", { runtime_id: "another", revision: 0 });
    database.close();
    await visit(async (store) => {
      await expect(store.loadRuntime("furnished")).rejects.toMatchObject({ code: "corrupt_record" });
      await expect(store.loadRuntime("another")).rejects.toMatchObject({ code: "corrupt_record" });
      expect(await store.listInputStates("furnished")).toHaveLength(3);
    });
  });

  test("by two stores whose commits and deletions cross", async () => {
    const stores = await Promise.all([opening(), opening()]);
    for (let round = 0; round < 10; round++) {
      await Promise.all(
        stores.map(async (store, index) => {
          await store.commitSessionBoundary("agent", boundary({ runId: runId(round * 2 + index) }));
          if (round % 3 === index) await store.deleteRuntime("agent");
        }),
      );
    }
    await Promise.all(stores.map((store) => store.close()));
    await visit();
  });
});

test("a loss that cannot be noted any more is asked about once", async () => {
  const notes = localStorageWitness();
  if (!notes) throw new Error("no localStorage");
  await visit((store) => commit(store, "hello"));
  await deleteDB(NAME);
  const ignorant = await opening({ witness: false });
  await commit(ignorant, "another");
  await ignorant.close();
  const fail = () => {
    throw new DOMException("read only");
  };
  const onDataLoss = vi.fn(startAnew);
  const store = await opening({ witness: { ...notes, set: fail, delete: fail }, onDataLoss });
  expect(await store.loadRuntimeHead("agent")).toMatchObject({ revision: 1 });
  expect(onDataLoss).toHaveBeenCalledOnce();
  await store.close();
});

test("a store that is closed while the app decides about a loss waits for no answer, and makes nothing", async () => {
  const faulty = new FaultyIndexedDb();
  let answer: (decision: "start-anew") => void = () => undefined;
  const asked = new Promise<void>((resolve) => {
    const onDataLoss = () =>
      new Promise<"start-anew">((decide) => {
        answer = decide;
        resolve();
      });
    const options = { indexedDB: faulty.factory, onDataLoss, flushAfterCrash: false };
    void opening(options).then(async (opened) => {
      store = opened;
      await commit(opened, "hello");
      faulty.closeSilently();
      await deleteDB(NAME);
      await expect(opened.listRuntimes()).rejects.toMatchObject({ code: "database_wiped" });
    });
  });
  let store: BurrowStore | undefined;
  await asked;
  await store?.close();
  answer("start-anew");
  expect((await indexedDB.databases()).filter(({ name, version }) => name === NAME && version !== 0)).toEqual([]);
});

test("an app's own storage takes the notes in place of the browser's", async () => {
  const notes = new Map<string, string>();
  const witness = {
    get: (key: string) => Promise.resolve(notes.get(key)),
    set: (key: string, text: string) => Promise.resolve(notes.set(key, text)).then(() => undefined),
    delete: (key: string) => Promise.resolve(notes.delete(key)).then(() => undefined),
    keys: (prefix: string) => Promise.resolve([...notes.keys()].filter((key) => key.startsWith(prefix))),
  };
  const store = await opening({ witness });
  await commit(store, "hello");
  expect((await storageReport(store)).witness).toBe("custom");
  await store.close();
  expect(notes.size).toBe(2);
  expect(Object.keys(localStorage).filter((key) => key.startsWith(runtimeKeys(NAME)))).toEqual([]);
  await deleteDB(NAME);
  await expect(opening({ witness })).rejects.toMatchObject({ code: "database_wiped" });
  await deleteIndexedDbRuntimeStore(NAME, { witness });
  await (await opening({ witness })).close();
});

test("a storage that fails or never answers fails no commit", async () => {
  const never = () => new Promise<never>(() => undefined);
  const fail = () => {
    throw new Error("no room");
  };
  const none = () => Promise.resolve([]);
  for (const witness of [
    { get: fail, set: fail, delete: fail, keys: fail },
    { get: never, set: never, delete: never, keys: none },
  ]) {
    const store = await opening({ witness });
    await commit(store, "hello");
    expect(await everythingIn(store)).toMatchObject({ heads: [{ revision: 1 }] });
    void store.close();
    await deleteIndexedDbRuntimeStore(NAME);
  }
});

test("options that are none are refused", async () => {
  for (const [path, value] of [
    ["onDataLoss", "start-anew"],
    ["witness", true],
    ["witness", null],
    ["witness", { get: () => undefined }],
  ] as const) {
    await expect(opening({ [path]: value })).rejects.toMatchObject({ code: "invalid_input", path });
  }
});
