import type { Contender, OpenStore } from "../contender.ts";
import { openBareIndexedDb } from "./bare-indexeddb.ts";
import { openBurrowStore, openMemoryStore } from "./burrow-store.ts";
import { openDexie } from "./dexie.ts";
import { openLocalForage } from "./localforage.ts";
import { openSqliteWasm } from "./sqlite-wasm.ts";

export const OPEN: Readonly<Record<Contender, OpenStore>> = {
  "burrow-store": openBurrowStore(),
  "burrow-store, relaxed": openBurrowStore({ durability: "relaxed" }),
  "burrow-store, no defence": openBurrowStore({ witness: false, flushAfterCrash: false }),
  "burrow-store, in memory": openMemoryStore,
  "bare IndexedDB": openBareIndexedDb,
  dexie: openDexie,
  localforage: openLocalForage,
  "@sqlite.org/sqlite-wasm": openSqliteWasm,
};
