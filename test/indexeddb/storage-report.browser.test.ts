import { newRunId } from "burrow-store";
import {
  deleteIndexedDbRuntimeStore,
  openIndexedDbRuntimeStore,
  requestPersistence,
  storageReport,
} from "burrow-store/indexeddb";
import { createMemoryRuntimeStore } from "burrow-store/memory";
import { appendToSession, userMessage } from "burrow-store/session";
import { afterEach, expect, test, vi } from "vitest";

const NAME = "storage report";

afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  await deleteIndexedDbRuntimeStore(NAME);
});

/** Puts another storage manager in the browser's place. */
const stubStorage = (storage: unknown) => vi.stubGlobal("navigator", { storage });

test("a report tells the size of each runtime and what the browser says of itself", async () => {
  const store = await openIndexedDbRuntimeStore({ name: NAME });
  const sessionSnapshot = appendToSession(undefined, [userMessage("x".repeat(100_000))]);
  const boundary = { runId: newRunId(), boundary: "run_start" as const, contributingInputIds: [], inputUpdates: [] };
  await store.commitSessionBoundary("b", { ...boundary, sessionDelta: { sessionSnapshot } });
  await store.persistRuntimeState("a", "idle");
  const report = await storageReport(store);
  expect(report.runtimes).toMatchObject([
    { runtime_id: "a", snapshot_bytes: 0 },
    { runtime_id: "b", snapshot_bytes: sessionSnapshot.length },
  ]);
  expect(report.durability).toBe("strict");
  const { storage } = navigator as { storage?: StorageManager };
  if (storage) {
    expect(report.persisted).toBe(false);
    expect(report.quota).toBeGreaterThan(report.usage ?? Infinity);
  } else {
    expect(report).toMatchObject({ persisted: undefined, usage: undefined, quota: undefined });
  }
  await store.close();
});

test("a relaxed store reports relaxed durability, and one in memory none", async () => {
  const store = await openIndexedDbRuntimeStore({ name: NAME, durability: "relaxed" });
  expect((await storageReport(store)).durability).toBe("relaxed");
  await store.close();
  expect((await storageReport(createMemoryRuntimeStore())).durability).toBeUndefined();
});

test("what a browser never answers is undefined, and holds up no report", async () => {
  const never = () => new Promise(() => undefined);
  stubStorage({ persisted: never, persist: never, estimate: never });
  expect(await requestPersistence({ timeout: 10 })).toBeUndefined();
  const report = await storageReport(createMemoryRuntimeStore());
  expect(report).toEqual({
    persisted: undefined,
    usage: undefined,
    quota: undefined,
    durability: undefined,
    witness: undefined,
    logFlush: undefined,
    runtimes: [],
  });
});

test.each([
  ["no storage manager", undefined],
  ["a storage manager without the methods, as in a worker", {}],
  [
    "a storage manager that throws, as in an opaque origin",
    {
      persist: () => {
        throw new TypeError("opaque origin");
      },
      persisted: () => Promise.reject(new TypeError("opaque origin")),
      estimate: () => Promise.reject(new TypeError("opaque origin")),
    },
  ],
])("with %s nothing is claimed", async (_, storage) => {
  stubStorage(storage);
  expect(await requestPersistence()).toBeUndefined();
  expect(await storageReport(createMemoryRuntimeStore())).toMatchObject({ persisted: undefined, quota: undefined });
});

test.each([true, false])("a browser that answers %s is quoted", async (answer) => {
  stubStorage({ persist: () => Promise.resolve(answer), persisted: () => Promise.resolve(answer) });
  expect(await requestPersistence()).toBe(answer);
  expect((await storageReport(createMemoryRuntimeStore())).persisted).toBe(answer);
});

test("a store that cannot be read is reported with the reason", async () => {
  const store = await openIndexedDbRuntimeStore({ name: NAME });
  await store.close();
  const report = await storageReport(store);
  expect(report).toMatchObject({ runtimes: undefined, failure: { code: "database_closed" } });
});

test("a timeout that no timer takes is refused", async () => {
  for (const timeout of [0, -1, Infinity, Number.NaN, "1"]) {
    const asking = requestPersistence({ timeout: timeout as number });
    await expect(asking).rejects.toMatchObject({ code: "invalid_input", path: "timeout" });
  }
});

test("the browser itself is asked without waiting for ever: Firefox without a window never answers", async () => {
  expect([true, false, undefined]).toContain(await requestPersistence({ timeout: 200 }));
});
