import { deleteIndexedDbRuntimeStore, openIndexedDbRuntimeStore, storageReport } from "burrow-store/indexeddb";
import { openDB } from "idb";
import { afterEach, describe, expect, test, vi } from "vitest";
import { CrashGuard } from "../../src/indexeddb/crash-guard.ts";
import { anotherFactory } from "./another-factory.ts";

const NAME = "crash guard";
const ORIGIN = "burrow-store origin";
const isChromium = CrashGuard.of(indexedDB) !== undefined;

afterEach(async () => {
  vi.restoreAllMocks();
  await deleteIndexedDbRuntimeStore(NAME, { flushAfterCrash: false });
});

/** What another tab's code would open its databases with: it has a guard of its own. */
const anotherTab = anotherFactory;

async function marks(): Promise<unknown[]> {
  const database = await openDB(ORIGIN);
  const keys = await database.getAllKeys("tabs");
  database.close();
  return keys;
}

const held = async (): Promise<unknown[]> => {
  const { held = [] } = await navigator.locks.query();
  return held.map(({ name }) => name).filter((name) => name?.startsWith("burrow-store tab "));
};

const notes = (): string[] => Object.keys(localStorage).filter((key) => key.startsWith("burrow-store clean end "));

/** Keeps all others from the origin's marks until it is let go. */
async function holdMarks(): Promise<() => Promise<void>> {
  await leaveMark("gone in peace"); // which makes the origin's database
  const database = await openDB(ORIGIN);
  const transaction = database.transaction("tabs", "readwrite");
  let isHeld = true;
  const holding = (async () => {
    while (isHeld) await transaction.store.delete("gone in peace");
    await transaction.done;
    database.close();
  })();
  return () => {
    isHeld = false;
    return holding;
  };
}

/** Leaves the mark of a tab as a crash does. */
async function leaveMark(tabId: string): Promise<void> {
  const tab = anotherTab();
  const store = await openIndexedDbRuntimeStore({ name: NAME, indexedDB: tab }); // which makes the origin's database
  await store.persistRuntimeState("agent", "idle");
  await store.close();
  const database = await openDB(ORIGIN);
  await database.put("tabs", { tab_id: tabId });
  database.close();
}

/** Opens a store in another tab, writes to it, and tells what became of the log. */
async function visit(tab = anotherTab()): Promise<string | undefined> {
  const store = await openIndexedDbRuntimeStore({ name: NAME, indexedDB: tab });
  await store.persistRuntimeState("agent", "idle");
  const { logFlush } = await storageReport(store);
  await store.close();
  return logFlush;
}

test.skipIf(isChromium)("other browsers keep no marks, and flush nothing", async () => {
  expect(await visit()).toBe("off");
  expect((await indexedDB.databases()).map(({ name }) => name)).not.toContain(ORIGIN);
});

describe.runIf(isChromium)("in Chromium", () => {
  test("a tab has a mark from its first write until its last store is closed", async () => {
    const tab = anotherTab();
    const first = await openIndexedDbRuntimeStore({ name: NAME, indexedDB: tab });
    const second = await openIndexedDbRuntimeStore({ name: NAME, indexedDB: tab });
    await first.listRuntimes();
    const before = (await indexedDB.databases()).some(({ name }) => name === ORIGIN) ? await marks() : [];
    expect(before).toEqual([]);
    await Promise.all([first, second].map((store) => store.persistRuntimeState("agent", "idle")));
    expect(await marks()).toHaveLength(1);
    await first.close();
    expect(await marks()).toHaveLength(1);
    await second.close();
    expect(await marks()).toEqual([]);
  });

  test("the mark of a tab that died has the log put away once, however many tabs open", async () => {
    await leaveMark("dead");
    const flushes = await Promise.all([1, 2, 3].map(() => visit()));
    expect(flushes.sort()).toEqual(["done", "not needed", "not needed"]);
    expect(await visit()).toBe("not needed");
    expect(await marks()).toEqual([]);
    const database = await openDB(ORIGIN);
    expect(await database.count("ballast")).toBe(0);
    database.close();
  });

  test("a tab that lives, or went in peace, is none that died", async () => {
    await leaveMark("gone in peace");
    localStorage.setItem("burrow-store clean end gone in peace", "");
    expect(await visit()).toBe("not needed");
    expect(await marks()).toEqual([]);
    expect(localStorage.getItem("burrow-store clean end gone in peace")).toBeNull();

    const living = await openIndexedDbRuntimeStore({ name: NAME, indexedDB: anotherTab() });
    await living.persistRuntimeState("agent", "idle");
    expect(await visit()).toBe("not needed");
    expect(await marks()).toHaveLength(1);
    await living.close();
  });

  test("a window that goes leaves a note that it went, and takes it back when it comes back", async () => {
    const store = await openIndexedDbRuntimeStore({ name: NAME, indexedDB: anotherTab() });
    await store.persistRuntimeState("agent", "idle");
    const [tabId] = await marks();
    const note = () => localStorage.getItem(`burrow-store clean end ${String(tabId)}`);
    dispatchEvent(new PageTransitionEvent("pagehide"));
    expect(note()).toBe("");
    dispatchEvent(new PageTransitionEvent("pageshow"));
    expect(note()).toBeNull();
    await store.close();
  });

  test("a tab whose mark could not be left, or removed, keeps no lock, and leaves no note", async () => {
    const realOpen = indexedDB.open.bind(indexedDB);
    let isBroken = true;
    const open = (name: string, version?: number) => {
      if (name === ORIGIN && isBroken) throw new DOMException("no", "UnknownError");
      return realOpen(name, version);
    };
    for (const isBrokenFirst of [true, false]) {
      isBroken = isBrokenFirst;
      const store = await openIndexedDbRuntimeStore({ name: NAME, indexedDB: anotherTab({ open }) });
      await store.persistRuntimeState("agent", "idle");
      isBroken = true;
      await store.close();
      expect(await held()).toEqual([]);
      dispatchEvent(new PageTransitionEvent("pagehide"));
      expect(notes()).toEqual([]);
    }
    await visit(); // which flushes for the mark that was not removed
  });

  test("a window goes in silence where its note cannot be left", async () => {
    const store = await openIndexedDbRuntimeStore({ name: NAME, indexedDB: anotherTab() });
    await store.persistRuntimeState("agent", "idle");
    const fails = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
    vi.spyOn(Storage.prototype, "setItem").mockImplementation(fails);
    vi.spyOn(Storage.prototype, "removeItem").mockImplementation(fails);
    const uncaught: string[] = [];
    const listen = (event: ErrorEvent) => {
      uncaught.push(event.message);
      event.preventDefault();
      event.stopImmediatePropagation();
    };
    addEventListener("error", listen, { capture: true });
    dispatchEvent(new PageTransitionEvent("pagehide"));
    dispatchEvent(new PageTransitionEvent("pageshow"));
    removeEventListener("error", listen, { capture: true });
    expect(uncaught).toEqual([]);
    await store.close();
  });

  test("a mark that comes later than a write waits for it goes with the last store all the same", async () => {
    for (const isLeftBeforeClosing of [true, false]) {
      const store = await openIndexedDbRuntimeStore({ name: NAME, indexedDB: anotherTab() });
      const letGo = await holdMarks();
      await store.persistRuntimeState("agent", "idle");
      if (isLeftBeforeClosing) {
        await letGo();
        await expect.poll(marks).toHaveLength(1);
      }
      await store.close();
      await letGo();
      await expect.poll(held).toEqual([]);
      expect(await marks()).toEqual([]);
    }
  });

  test("an origin with little room is not filled for it", async () => {
    await leaveMark("dead");
    vi.spyOn(navigator.storage, "estimate").mockResolvedValue({ usage: 90_000_000, quota: 100_000_000 });
    expect(await visit()).toBe("skipped");
    vi.restoreAllMocks();
    expect(await visit()).toBe("done");
  });

  test("whatever fails or hangs in it, stores open and write", async () => {
    await leaveMark("dead");
    const realOpen = indexedDB.open.bind(indexedDB);
    const fails = () => {
      throw new DOMException("no", "UnknownError");
    };
    const open = (name: string, version?: number) => (name === ORIGIN ? fails() : realOpen(name, version));
    expect(await visit(anotherTab({ databases: () => Promise.reject(new DOMException("no", "UnknownError")) }))).toBe(
      "failed",
    );
    expect(await visit(anotherTab({ open }))).toBe("failed");
    expect(await visit(anotherTab({ databases: () => new Promise(() => undefined) }))).toBe("failed");
    expect(await visit()).toBe("done");
  });

  test("an app may do without", async () => {
    await leaveMark("dead");
    const store = await openIndexedDbRuntimeStore({ name: NAME, flushAfterCrash: false });
    await store.persistRuntimeState("agent", "idle");
    expect((await storageReport(store)).logFlush).toBe("off");
    expect(await marks()).toEqual(["dead"]);
    await store.close();
    await visit();
  });
});

test("an option that is none is refused", async () => {
  const opening = openIndexedDbRuntimeStore({ name: NAME, flushAfterCrash: "yes" as unknown as boolean });
  await expect(opening).rejects.toMatchObject({ code: "invalid_input", path: "flushAfterCrash" });
});
