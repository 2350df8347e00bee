import { deleteIndexedDbRuntimeStore, openIndexedDbRuntimeStore } from "burrow-store/indexeddb";
import { deleteDB } from "idb";
import { afterEach, expect, test } from "vitest";
import { everyOperation } from "../../src/conformance/every-operation.ts";
import { furnish } from "../../src/conformance/whole-store.ts";
import { localStorageWitness } from "../../src/indexeddb/witness-storage.ts";
import { FaultyIndexedDb } from "./faulty-indexeddb.ts";

const NAME = "wiped";

afterEach(() => deleteIndexedDbRuntimeStore(NAME));

test("a store whose database is gone says so at every call, and never makes a new one", async () => {
  const faulty = new FaultyIndexedDb();
  const witness = localStorageWitness();
  const options = { name: NAME, indexedDB: faulty.factory, witness, flushAfterCrash: false };
  const store = await openIndexedDbRuntimeStore(options);
  await furnish(store);
  faulty.closeSilently();
  await deleteDB(NAME);
  for (const call of Object.values(everyOperation)) {
    await expect(call(store)).rejects.toMatchObject({ code: "database_wiped", kind: "read_failed" });
  }
  await store.close();
  await expect(openIndexedDbRuntimeStore({ name: NAME })).rejects.toMatchObject({ code: "database_wiped" });
  const again = await openIndexedDbRuntimeStore({ name: NAME, onDataLoss: () => "start-anew" });
  expect(await again.listRuntimes()).toEqual([]);
  await again.close();
});
