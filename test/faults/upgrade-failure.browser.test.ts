import { deleteIndexedDbRuntimeStore, openIndexedDbRuntimeStore } from "burrow-store/indexeddb";
import { openDB, unwrap } from "idb";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectEqual } from "../../src/conformance/expectation.ts";
import { everythingIn, furnish } from "../../src/conformance/whole-store.ts";
import { SCHEMA_STEPS } from "../../src/indexeddb/schema.ts";
import { anotherFactory } from "../indexeddb/another-factory.ts";

const NEWEST = "upgrade failure, newest";
const NAME = "upgrade failure";

/** How many requests go by before an upgrade is aborted: among them are all that a step makes. */
const POINTS = [0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32];

const EMPTY = { heads: [], runtimes: [], sessions: [], bodies: [] };

let furnished: object;

beforeAll(async () => {
  const store = await openIndexedDbRuntimeStore({ name: NEWEST });
  await furnish(store);
  furnished = await everythingIn(store);
  await store.close();
});

afterAll(async () => {
  await deleteIndexedDbRuntimeStore(NEWEST);
  await deleteIndexedDbRuntimeStore(NAME);
});

/** Makes the furnished database as an older version of this library would have; of version 0 there is none. */
async function makeOlder(version: number): Promise<void> {
  await deleteIndexedDbRuntimeStore(NAME);
  if (version === 0) return;
  const newest = await openDB(NEWEST);
  const older = await openDB(NAME, version, {
    upgrade: (database, _old, _new, upgrade) => {
      for (const step of SCHEMA_STEPS.slice(0, version)) step(unwrap(database), unwrap(upgrade));
    },
  });
  // The newest has another identity, whose table has no rows.
  for (const table of [...older.objectStoreNames].filter((name) => newest.objectStoreNames.contains(name))) {
    for (const row of await newest.getAll(table)) await older.put(table, row);
  }
  newest.close();
  older.close();
}

/** The realm's IndexedDB, whose next upgrades are aborted when so many requests have gone by. */
function abortingUpgrades({ after, times }: { readonly after: number; readonly times: number }): IDBFactory {
  let left = times;
  const abortAfter = (transaction: IDBTransaction, requests: number): void => {
    const [table = ""] = transaction.objectStoreNames;
    if (requests === 0 || table === "") transaction.abort();
    else transaction.objectStore(table).count().onsuccess = () => abortAfter(transaction, requests - 1);
  };
  return anotherFactory({
    open(name, version) {
      const request = indexedDB.open(name, version);
      queueMicrotask(() => {
        request.addEventListener("upgradeneeded", () => {
          if (left-- > 0 && request.transaction) abortAfter(request.transaction, after);
        });
      });
      return request;
    },
  });
}

const OLDER = SCHEMA_STEPS.map((_, version) => version);

test.each(OLDER)("an upgrade from version %d that is aborted once is made again", async (version) => {
  for (const after of POINTS) {
    await makeOlder(version);
    const store = await openIndexedDbRuntimeStore({ name: NAME, indexedDB: abortingUpgrades({ after, times: 1 }) });
    expectEqual(await everythingIn(store), version === 0 ? EMPTY : furnished, "what is stored");
    await store.close();
  }
});

test.each(OLDER)("an upgrade from version %d that is aborted again and again changes nothing", async (version) => {
  for (const after of POINTS.slice(0, 4)) {
    await makeOlder(version);
    const opening = openIndexedDbRuntimeStore({ name: NAME, indexedDB: abortingUpgrades({ after, times: 99 }) });
    await expect(opening).rejects.toMatchObject({ code: "database_unavailable" });
    const databases = await indexedDB.databases();
    expect(databases.find(({ name }) => name === NAME)?.version ?? 0).toBe(version);
    const store = await openIndexedDbRuntimeStore({ name: NAME });
    expectEqual(await everythingIn(store), version === 0 ? EMPTY : furnished, "what is stored");
    await store.close();
  }
});
