import { newRunId } from "burrow-store";
import { deleteIndexedDbRuntimeStore, openIndexedDbRuntimeStore } from "burrow-store/indexeddb";
import { encodeSession, newSession, userMessage } from "burrow-store/session";
import { openDB, unwrap } from "idb";
import { afterEach, expect, test } from "vitest";
import { BODIES } from "../../src/engine/index.ts";
import { SCHEMA_STEPS } from "../../src/indexeddb/schema.ts";

const NAME = "opening";
const SESSION = newSession();

afterEach(() => deleteIndexedDbRuntimeStore(NAME));

test("a database of a newer version is refused and left as it is", async () => {
  const newer = await openDB(NAME, 99, { upgrade: (database) => void database.createObjectStore("of the future") });
  newer.close();
  await expect(openIndexedDbRuntimeStore({ name: NAME })).rejects.toMatchObject({ code: "schema_from_the_future" });
  const again = await openDB(NAME, 99);
  expect([...again.objectStoreNames]).toEqual(["of the future"]);
  again.close();
});

test("an open store lets another tab upgrade the database, and says so when it is used again", async () => {
  const store = await openIndexedDbRuntimeStore({ name: NAME });
  await store.persistRuntimeState("agent", "idle");
  const newer = await openDB(NAME, 99);
  await expect(store.loadRuntimeState("agent")).rejects.toMatchObject({ code: "schema_from_the_future" });
  newer.close();
  await store.close();
});

test("an open store lets go of a database that is deleted, and never makes a new one in its place", async () => {
  const store = await openIndexedDbRuntimeStore({ name: NAME });
  await store.persistRuntimeState("agent", "idle");
  await deleteIndexedDbRuntimeStore(NAME);
  await expect(store.loadRuntimeState("agent")).rejects.toMatchObject({ code: "database_closed" });
  await expect(store.persistRuntimeState("agent", "idle")).rejects.toMatchObject({ code: "database_closed" });
  await store.close();
  const again = await openIndexedDbRuntimeStore({ name: NAME });
  expect(await again.loadRuntimeState("agent")).toBeUndefined();
  await again.close();
});

test("a database of the first version is brought to this one with all that it holds", async () => {
  const first = await openDB(NAME, 1, {
    upgrade: (database, _old, _new, upgrade) => SCHEMA_STEPS[0]?.(unwrap(database), unwrap(upgrade)),
  });
  await first.put(BODIES, { body_id: "old", block: 0 });
  await first.put("runtime_states", { runtime_id: "old", note: "of the first version" });
  first.close();
  const store = await openIndexedDbRuntimeStore({ name: NAME });
  await store.persistRuntimeState("agent", "idle");
  expect(await store.loadRuntimeState("agent")).toBe("idle");
  await store.close();
  const upgraded = await openDB(NAME);
  expect(upgraded.version).toBe(SCHEMA_STEPS.length);
  expect(await upgraded.getAll(BODIES)).toEqual([{ body_id: "old", block: 0 }]);
  expect(await upgraded.get("runtime_states", "old")).toEqual({ runtime_id: "old", note: "of the first version" });
  upgraded.close();
});

test("a tab that keeps the first version open holds up the opening for as long as it was told, and no longer", async () => {
  const ignorant = await openDB(NAME, 1, {
    upgrade: (database, _old, _new, upgrade) => SCHEMA_STEPS[0]?.(unwrap(database), unwrap(upgrade)),
  });
  const opening = openIndexedDbRuntimeStore({ name: NAME, openTimeout: 50 });
  await expect(opening).rejects.toMatchObject({ code: "database_blocked" });
  ignorant.close();
  const store = await openIndexedDbRuntimeStore({ name: NAME });
  expect(await store.loadRuntimeState("agent")).toBeUndefined();
  await store.close();
});

test("a database of somebody else under the same name is refused and left as it is", async () => {
  const theirs = await openDB(NAME, 1, { upgrade: (database) => void database.createObjectStore("theirs") });
  theirs.close();
  await expect(openIndexedDbRuntimeStore({ name: NAME })).rejects.toMatchObject({ code: "database_unavailable" });
  const again = await openDB(NAME, 1);
  expect([...again.objectStoreNames]).toEqual(["theirs"]);
  again.close();
});

/** The durability that is asked for each transaction on the database, beginning now, until it is told to stop. */
function askedDurability(): { readonly asked: (string | undefined)[]; readonly stop: () => void } {
  const asked: (string | undefined)[] = [];
  const { transaction: original } = IDBDatabase.prototype;
  IDBDatabase.prototype.transaction = function (this: IDBDatabase, names, mode, options) {
    if (this.name === NAME && mode === "readwrite") asked.push(options?.durability);
    return original.call(this, names, mode, options);
  };
  return { asked, stop: () => (IDBDatabase.prototype.transaction = original) };
}

test.each(["strict", "relaxed"] as const)("every write asks the browser for %s durability", async (durability) => {
  const store = await openIndexedDbRuntimeStore({ name: NAME, ...(durability === "strict" ? {} : { durability }) });
  const { asked, stop } = askedDurability();
  try {
    await store.persistRuntimeState("agent", "idle");
    await store.deleteRuntime("agent");
  } finally {
    stop();
    await store.close();
  }
  expect(asked).toEqual([durability, durability]);
});

test("a relaxed write becomes a strict one where it writes or removes what may be a file of its own", async () => {
  const store = await openIndexedDbRuntimeStore({ name: NAME, durability: "relaxed" });
  const commit = (text: string) =>
    store.commitSessionBoundary("agent", {
      runId: newRunId(),
      boundary: "run_start",
      sessionDelta: { sessionSnapshot: encodeSession({ ...SESSION, messages: [userMessage(text)] }) },
      contributingInputIds: [],
      inputUpdates: [],
    });
  const { asked, stop } = askedDurability();
  const durabilityOf = async (write: () => Promise<unknown>) => {
    asked.length = 0;
    await write();
    return asked.at(-1);
  };
  try {
    expect(await durabilityOf(() => commit("short"))).toBe("relaxed");
    expect(await durabilityOf(() => commit("short again"))).toBe("relaxed");
    expect(await durabilityOf(() => commit("long ".repeat(60_000)))).toBe("strict");
    expect(await durabilityOf(() => commit("short"))).toBe("strict"); // in the place of the long one
    expect(await durabilityOf(() => commit("short again"))).toBe("relaxed");
    expect(await durabilityOf(() => store.deleteRuntime("agent", { withSessions: true }))).toBe("relaxed");
    await commit("long ".repeat(60_000));
    expect(await durabilityOf(() => store.deleteRuntime("agent", { withSessions: true }))).toBe("strict");
  } finally {
    stop();
    await store.close();
  }
});

test("a limit beyond what the browser can count to is no limit", async () => {
  const store = await openIndexedDbRuntimeStore({ name: NAME });
  expect(await store.listBoundaryReceipts("agent", { limit: Number.MAX_SAFE_INTEGER })).toEqual([]);
  await store.close();
});

test("a call made before close ends well, one made after is refused, and closing again is fine", async () => {
  const store = await openIndexedDbRuntimeStore({ name: NAME });
  const before = store.persistRuntimeState("agent", "idle");
  const closing = store.close();
  await expect(store.loadRuntimeState("agent")).rejects.toMatchObject({ code: "database_closed" });
  await Promise.all([before, closing, store.close()]);
  const again = await openIndexedDbRuntimeStore({ name: NAME, durability: "relaxed" });
  expect(await again.loadRuntimeState("agent")).toBe("idle");
  await again.close();
});

test("deleting what is not there is fine", () => deleteIndexedDbRuntimeStore(NAME));

test.each([
  [undefined, undefined],
  [null, undefined],
  [{}, "name"],
  [{ name: "" }, "name"],
  [{ name: 1 }, "name"],
  [{ name: NAME, durability: "default" }, "durability"],
  [{ name: NAME, openTimeout: 0 }, "openTimeout"],
  [{ name: NAME, openTimeout: Infinity }, "openTimeout"],
  [{ name: NAME, operationTimeout: "60000" }, "operationTimeout"],
  [{ name: NAME, operationTimeout: Number.NaN }, "operationTimeout"],
])("options %j are refused", async (options, path) => {
  const opening = openIndexedDbRuntimeStore(options as { name: string });
  await expect(opening).rejects.toMatchObject({ code: "invalid_input" });
  await expect(opening).rejects.toSatisfy((error: { path?: string }) => error.path === path);
});

test("where there is no IndexedDB, that is the answer", async () => {
  const nothing = { get: () => undefined };
  const { indexedDB } = globalThis;
  Object.defineProperty(globalThis, "indexedDB", { ...nothing, configurable: true });
  try {
    await expect(openIndexedDbRuntimeStore({ name: NAME })).rejects.toMatchObject({ code: "unsupported" });
  } finally {
    Object.defineProperty(globalThis, "indexedDB", { value: indexedDB, configurable: true });
  }
});
