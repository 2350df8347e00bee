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

/** The list once these are in it: it leaves out what a busy machine takes two seconds over. */
const listWith = (...stores: readonly string[]): Promise<string[]> =>
  eventually(async () => {
    const names = await listIndexedDbRuntimeStores();
    expect(names).toEqual(expect.arrayContaining([...stores]));
    return names;
  });

test("names the stores of this library and no other databases, and makes none", async () => {
  for (const name of [ALSO_OURS, OURS]) await (await openIndexedDbRuntimeStore({ name })).close();
  const foreign = await openDB(FOREIGN, 3, { upgrade: (database) => void database.createObjectStore("sessions") });
  foreign.close();
  const before = await indexedDB.databases();
  const names = await listWith(OURS, ALSO_OURS);
  expect(names.filter((name) => [OURS, ALSO_OURS, FOREIGN].includes(name as never))).toEqual([OURS, ALSO_OURS]);
  expect(await indexedDB.databases()).toEqual(before);
});

test("waits for no upgrade that somebody holds up", async () => {
  await (await openIndexedDbRuntimeStore({ name: OURS })).close();
  const held = await openDB(HELD, 1);
  const upgrading = openDB(HELD, 2); // blocked, and whoever opens it now waits behind
  try {
    expect(await listWith(OURS)).not.toContain(HELD);
  } finally {
    held.close();
    (await upgrading).close();
  }
});
