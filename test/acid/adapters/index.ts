import type { Adapter, StoreName } from "../adapter.ts";
import { openBurrowStore } from "./burrow-store.ts";
import { openDexie } from "./dexie.ts";
import { openIdb } from "./idb.ts";
import { openLocalForage } from "./localforage.ts";
import { openTanStackAi } from "./tanstack-ai.ts";
import { openTinyBase } from "./tinybase.ts";
import { openYIndexedDb } from "./y-indexeddb.ts";

export const ADAPTERS: Readonly<Record<StoreName, Adapter>> = {
  "burrow-store": openBurrowStore,
  idb: openIdb,
  dexie: openDexie,
  localforage: openLocalForage,
  "y-indexeddb": openYIndexedDb,
  tinybase: openTinyBase,
  "@tanstack/ai-client": openTanStackAi,
};
