import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { BrowserContext } from "playwright-core";
import { openOnDiskChromium } from "./on-disk.ts";

/** The engines on which Chromium keeps IndexedDB. LevelDB is the default of version 156; SQLite is on its way to be. */
export const DISK_ENGINES = ["LevelDB", "SQLite"] as const;
export type DiskEngine = (typeof DISK_ENGINES)[number];

/** What turns each of them on. */
export const ENGINE_ARGS: Record<DiskEngine, readonly string[]> = {
  LevelDB: ["--disable-features=IdbSqliteBackingStore"],
  SQLite: ["--enable-features=IdbSqliteBackingStore"],
};

/** Starts Chromium on one of its engines; whether it obeyed, `diskEngineOf` tells once something is stored. */
export function openWithEngine(engine: DiskEngine, profile: string): Promise<BrowserContext> {
  return openOnDiskChromium(profile, { args: ENGINE_ARGS[engine] });
}

/** The folder in which a profile keeps IndexedDB. */
export const indexedDbFolder = (profile: string): string => join(profile, "Default", "IndexedDB");

/**
 * The engine that a profile's data are kept by, told by the files: LevelDB has a folder `<origin>.indexeddb.leveldb`, SQLite
 * a folder `<origin>` of files whose names are hashes in capitals. `undefined` when nothing is stored.
 */
export function diskEngineOf(profile: string): DiskEngine | undefined {
  const entries = readdirSync(indexedDbFolder(profile), { recursive: true, encoding: "utf8" });
  if (entries.some((entry) => entry.endsWith(".indexeddb.leveldb"))) return "LevelDB";
  return entries.some((entry) => /[/\\][A-Z2-7]{52}(-wal)?$/.test(entry)) ? "SQLite" : undefined;
}
