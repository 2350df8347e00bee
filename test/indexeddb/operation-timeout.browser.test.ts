import { newRunId } from "burrow-store";
import { deleteIndexedDbRuntimeStore, openIndexedDbRuntimeStore } from "burrow-store/indexeddb";
import { appendToSession, userMessage } from "burrow-store/session";
import { openDB } from "idb";
import { afterEach, expect, test } from "vitest";
import { eventually } from "../eventually.ts";

const NAME = "operation timeout";

afterEach(() => deleteIndexedDbRuntimeStore(NAME));

const boundary = () => ({
  runId: newRunId(),
  boundary: "run_start" as const,
  sessionDelta: { sessionSnapshot: appendToSession(undefined, [userMessage("hello")]) },
  contributingInputIds: [],
  inputUpdates: [],
});

/** Keeps a transaction over all tables open, as a tab does that is busy for very long, until it is told to let go. */
async function holdAllTables(): Promise<() => Promise<void>> {
  const database = await openDB(NAME);
  const transaction = database.transaction([...database.objectStoreNames], "readwrite");
  let isWanted = true;
  const [table = ""] = database.objectStoreNames;
  await transaction.objectStore(table).count();
  const held = (async () => {
    while (isWanted) await transaction.objectStore(table).count();
    await transaction.done;
    database.close();
  })();
  return () => {
    isWanted = false;
    return held;
  };
}

test("an operation that waits too long is given up with nothing written, and the next one works", async () => {
  const store = await openIndexedDbRuntimeStore({ name: NAME });
  const impatient = await openIndexedDbRuntimeStore({ name: NAME, operationTimeout: 100 });
  await store.commitSessionBoundary("agent", boundary());
  const before = await store.dumpRuntime("agent");
  const release = await holdAllTables();
  const commit = () => impatient.commitSessionBoundary("agent", boundary());
  const late = [commit(), impatient.loadRuntime("agent"), impatient.sessions.list()];
  for (const call of late) await expect(call).rejects.toMatchObject({ code: "timed_out", kind: "internal" });
  await release();
  expect(await store.dumpRuntime("agent")).toEqual(before);
  await eventually(commit); // on a busy machine the limit may be passed again
  expect(await store.listBoundaryReceipts("agent")).toHaveLength(2);
  await Promise.all([store.close(), impatient.close()]);
});

test("an operation that gets its turn in time is not disturbed", async () => {
  const store = await openIndexedDbRuntimeStore({ name: NAME });
  const release = await holdAllTables();
  const commit = store.commitSessionBoundary("agent", boundary());
  await new Promise((resolve) => setTimeout(resolve, 100));
  await release();
  await commit;
  expect(await store.listBoundaryReceipts("agent")).toHaveLength(1);
  await store.close();
});
