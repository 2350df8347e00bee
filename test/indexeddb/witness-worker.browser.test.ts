import { deleteIndexedDbRuntimeStore, openIndexedDbRuntimeStore } from "burrow-store/indexeddb";
import { deleteDB } from "idb";
import { afterAll, afterEach, expect, test } from "vitest";
import { boundary, conversation, delta, sessionId } from "../../src/conformance/samples.ts";
import { WITNESS_PREFIX } from "../../src/indexeddb/witness-notes.ts";
import { fileWitness } from "../../src/indexeddb/witness-storage.ts";
import type { WorkerTask } from "./witness-worker.ts";

const NAME = "witness of a worker";
const worker = new Worker(new URL("./witness-worker.ts", import.meta.url), { type: "module" });
const hasFiles = fileWitness() !== undefined; // WebKitGTK 2.50 has none

afterEach(() => deleteIndexedDbRuntimeStore(NAME));
afterAll(() => worker.terminate());

const inWorker = (task: WorkerTask["task"]) =>
  new Promise<unknown>((resolve) => {
    worker.addEventListener("message", ({ data }) => resolve(data), { once: true });
    worker.postMessage({ task, name: NAME } satisfies WorkerTask);
  });

async function inWindow(work: "commit" | "open" = "open"): Promise<void> {
  const store = await openIndexedDbRuntimeStore({ name: NAME });
  if (work === "commit") {
    await store.commitSessionBoundary("agent", boundary({ sessionDelta: delta(conversation(sessionId(1), "hi")) }));
  }
  await store.close();
}

async function forgetFiles(): Promise<void> {
  const files = fileWitness();
  for (const key of (await files?.keys(WITNESS_PREFIX)) ?? []) await files?.delete(key);
}

test("a worker notes in a file, and notices a loss by it; where there are no files it says so", async () => {
  expect(await inWorker("commit")).toBe(hasFiles ? "OPFS" : "none");
  await deleteDB(NAME);
  expect(await inWorker("open")).toBe(hasFiles ? "database_wiped" : "none");
});

test("a window that has noted nothing yet takes over from a worker, and a worker from a window", async () => {
  await inWorker("commit");
  await inWindow();
  await deleteDB(NAME);
  await expect(inWindow()).rejects.toMatchObject({ code: "database_wiped" });
  await deleteIndexedDbRuntimeStore(NAME);
  await inWindow("commit");
  await inWorker("open");
  await deleteDB(NAME);
  expect(await inWorker("open")).toBe(hasFiles ? "database_wiped" : "none");
});

test("a wiped database is missed also when a worker that knew nothing of it has made another", async () => {
  await inWindow("commit");
  await deleteDB(NAME);
  await forgetFiles();
  expect(await inWorker("commit")).toBe(hasFiles ? "OPFS" : "none");
  await expect(inWindow()).rejects.toMatchObject({ code: "database_wiped" });
});

test("what a worker deletes that only windows have noted, they do not miss", async () => {
  if (!hasFiles) return;
  await inWindow("commit");
  await forgetFiles();
  await inWorker("delete");
  await inWindow();
});

test("what either of them deletes, the other does not miss", async () => {
  for (let round = 0; round < 2; round++) {
    await inWindow("commit");
    await inWorker("commit");
    await inWorker("delete");
    if (hasFiles) await inWindow();
    else await deleteIndexedDbRuntimeStore(NAME); // a worker without files can tell no window
    await inWindow("commit");
    await inWorker("commit");
    await deleteIndexedDbRuntimeStore(NAME);
    expect(await inWorker("open")).toBe(hasFiles ? "OPFS" : "none");
  }
});

test("a file's name holds any key, and a key of any length", async () => {
  const files = fileWitness();
  if (!files) return;
  const keys = ["a", "a*b", "ä/\\:?<>|\u0001😀", "x".repeat(5000), "x".repeat(5001), "%", "#", ".", "a "].map(
    (key) => `test ${key}`,
  );
  for (const key of keys) await files.set(key, `text of ${key}`);
  expect([...(await files.keys("test "))].sort()).toEqual([...keys].sort());
  expect(await files.keys("test x")).toHaveLength(2);
  for (const key of keys) expect(await files.get(key)).toBe(`text of ${key}`);
  for (const key of keys) await files.delete(key);
  await files.delete("test a");
  expect(await files.get("test a")).toBeUndefined();
  expect(await files.keys("test ")).toEqual([]);
});
