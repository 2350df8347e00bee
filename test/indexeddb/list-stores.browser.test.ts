import {
  deleteIndexedDbRuntimeStore,
  listIndexedDbRuntimeStores,
  openIndexedDbRuntimeStore,
} from "burrow-store/indexeddb";
import { deleteDB, openDB } from "idb";
import { afterEach, expect, test } from "vitest";
import { eventually } from "../eventually.ts";

const [OURS, ALSO_OURS, FOREIGN, HELD] = ["listed", "listed too", "of somebody else", "held up"] as const;

afterEach(async () => {
  await Promise.all([OURS, ALSO_OURS].map((name) => deleteIndexedDbRuntimeStore(name)));
  await Promise.all([FOREIGN, HELD].map((name) => deleteDB(name)));
});

test("names the stores of this library and no other databases, and makes none", async () => {
  for (const name of [ALSO_OURS, OURS]) await (await openIndexedDbRuntimeStore({ name })).close();
  const foreign = await openDB(FOREIGN, 3, { upgrade: (database) => void database.createObjectStore("sessions") });
  foreign.close();
  const before = await indexedDB.databases();
  await eventually(async () => {
    const names = await listIndexedDbRuntimeStores();
    expect(names.filter((name) => [OURS, ALSO_OURS, FOREIGN].includes(name as never))).toEqual([OURS, ALSO_OURS]);
  });
  expect(await indexedDB.databases()).toEqual(before);
});

test("waits for no upgrade that somebody holds up", async () => {
  await (await openIndexedDbRuntimeStore({ name: OURS })).close();
  const held = await openDB(HELD, 1);
  const upgrading = openDB(HELD, 2); // blocked, and whoever opens it now waits behind
  try {
    // It may leave out what a busy machine takes two seconds over.
    await eventually(async () => expect(await listIndexedDbRuntimeStores()).toContain(OURS));
    expect(await listIndexedDbRuntimeStores()).not.toContain(HELD);
  } finally {
    held.close();
    (await upgrading).close();
  }
});
