import { type Contender, LAYOUTS, type OpenStore } from "../contender.ts";
import { openBareBlocks } from "./bare-blocks.ts";
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
  "60 KiB": openBareBlocks(LAYOUTS["60 KiB"]),
  "256 KiB": openBareBlocks(LAYOUTS["256 KiB"]),
  "1 MiB": openBareBlocks(LAYOUTS["1 MiB"]),
  "256 KiB, then 60 KiB": openBareBlocks(LAYOUTS["256 KiB, then 60 KiB"]),
  "1 MiB, then 256 and 60 KiB": openBareBlocks(LAYOUTS["1 MiB, then 256 and 60 KiB"]),
  dexie: openDexie,
  localforage: openLocalForage,
  "@sqlite.org/sqlite-wasm": openSqliteWasm,
};
