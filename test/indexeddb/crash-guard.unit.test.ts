import "fake-indexeddb/auto";
import { openIndexedDbRuntimeStore } from "burrow-store/indexeddb";
import { openDB } from "idb";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

const NAME = "crash guard";
const ORIGIN = "burrow-store origin";
const SECOND = 1_000;

/** Web Locks that are always free. */
const locks = {
  request: (_: string, ...given: unknown[]) => Promise.resolve((given.at(-1) as (lock: object) => unknown)({})),
  query: () => Promise.resolve({ held: [] }),
};

/** Node has no document, as a worker has none; this is all that it lacks of one in Chromium. */
beforeEach(() => {
  vi.stubGlobal("navigator", { userAgentData: { brands: [{ brand: "Chromium" }] }, locks });
  vi.stubGlobal("addEventListener", () => undefined);
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

async function marks(): Promise<number> {
  const database = await openDB(ORIGIN);
  const count = database.objectStoreNames.contains("tabs") ? await database.count("tabs") : 0;
  database.close();
  return count;
}

test("a worker has its mark as long as a write takes, and a while longer", async () => {
  const store = await openIndexedDbRuntimeStore({ name: NAME, witness: false });
  await store.persistRuntimeState("agent", "idle");
  const other = await openDB(NAME);
  const transaction = other.transaction("runtime_heads", "readwrite");
  let isHeld = true;
  const holding = (async () => {
    while (isHeld) await transaction.store.get("agent");
  })();
  const writing = store.persistRuntimeState("agent", "running");
  await vi.advanceTimersByTimeAsync(15 * SECOND);
  expect(await marks()).toBe(1);
  isHeld = false;
  await Promise.all([holding, writing]);
  await vi.advanceTimersByTimeAsync(9 * SECOND);
  expect(await marks()).toBe(1);
  await vi.advanceTimersByTimeAsync(SECOND);
  expect(await marks()).toBe(0);
  other.close();
  await store.close();
});

test("a mark that could not be left is tried again, but not at every write", async () => {
  vi.stubGlobal("document", {}); // a window's mark does not go before the last store
  const store = await openIndexedDbRuntimeStore({ name: NAME, witness: false });
  const realOpen = indexedDB.open.bind(indexedDB);
  const opening = vi.spyOn(indexedDB, "open").mockImplementation((name, version) => {
    if (name === ORIGIN) throw new DOMException("no", "UnknownError");
    return realOpen(name, version);
  });
  const tries = () => opening.mock.calls.filter(([name]) => name === ORIGIN).length;
  await store.persistRuntimeState("agent", "idle");
  await store.persistRuntimeState("agent", "running");
  expect(tries()).toBe(1);
  opening.mockImplementation((name, version) => realOpen(name, version));
  await vi.advanceTimersByTimeAsync(31 * SECOND);
  await store.persistRuntimeState("agent", "idle");
  expect(tries()).toBe(2);
  opening.mockRestore();
  expect(await marks()).toBe(1);
  await store.close();
  expect(await marks()).toBe(0);
});
