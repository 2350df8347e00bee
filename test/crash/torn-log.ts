import { appendFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { indexedDbFolder } from "../browsers/disk-engines.ts";

/** The head of a log record of 72 bytes, which a process left that was killed before it wrote the record. */
const TORN_RECORD = Uint8Array.of(1, 2, 3, 4, 0x48, 0, 1);

/** Leaves the log of Chromium's LevelDB engine as a kill does that falls between the head of a record and its content. */
export function tearLog(profile: string): void {
  const files = readdirSync(indexedDbFolder(profile), { recursive: true, encoding: "utf8" });
  const logs = files.filter((file) => /\.indexeddb\.leveldb[/\\]\d+\.log$/.test(file));
  const newest = logs.sort().at(-1);
  if (newest === undefined) throw new Error("LevelDB has no log here");
  appendFileSync(join(indexedDbFolder(profile), newest), TORN_RECORD);
}
