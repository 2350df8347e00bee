import { cpSync, readFileSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { indexedDbFolder } from "../browsers/disk-engines.ts";
import type { Random } from "../faults/fuzz-random.ts";

/** What can befall the files in which a browser keeps IndexedDB. */
export const DAMAGES = ["bytes", "head", "truncated", "deleted", "older copy"] as const;
export type Damage = (typeof DAMAGES)[number];

/** The files that matter, in groups that are hit equally often: LevelDB's, then SQLite's, which has one of each per database. */
const GROUPS = [
  /\.indexeddb\.leveldb\/\d+\.log$/,
  /\.indexeddb\.leveldb\/\d+\.ldb$/,
  /\.indexeddb\.leveldb\/MANIFEST-\d+$/,
  /\.indexeddb\.leveldb\/CURRENT$/,
  /\.indexeddb\.blob\/.*\/[0-9a-f]+$/,
  /\/[A-Z2-7]{52}$/,
  /\/[A-Z2-7]{52}-wal$/,
];

/** What was written last is at the end of a log. */
const END_BYTES = 64 * 1024;
const LONGEST_HEAD = 4096;
const MOST_BYTES = 64;

/** Damages a profile that no browser is running on; tells how. */
export function inflict(
  damage: Damage,
  profile: string,
  { random, olderCopies }: { readonly random: Random; readonly olderCopies: readonly string[] },
): string {
  const folder = indexedDbFolder(profile);
  if (damage === "older copy") {
    const copy = random.pick(olderCopies);
    rmSync(folder, { recursive: true });
    cpSync(copy, folder, { recursive: true, preserveTimestamps: true });
    return copy.slice(copy.lastIndexOf("/") + 1);
  }
  const file = pickFile(folder, random);
  const path = join(folder, file);
  const done = change(damage, path, random);
  return `${file.slice(file.indexOf("/") + 1)}: ${done}`;
}

/** A file of a group; of several, the larger are hit more often. */
function pickFile(folder: string, random: Random): string {
  const entries = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
  // A folder of blobs has a name as they have.
  const files = entries.filter((entry) => statSync(join(folder, entry)).isFile());
  const groups = GROUPS.map((group) => files.filter((file) => group.test(file) && sizeOf(join(folder, file)) > 0));
  const group = random.pick(groups.filter(({ length }) => length > 0));
  const weights = group.map((file) => Math.ceil(Math.sqrt(sizeOf(join(folder, file)))));
  let left = random.below(weights.reduce((total, weight) => total + weight, 0));
  return group.find((_, index) => (left -= weights[index] ?? 0) < 0) ?? "";
}

function change(damage: Exclude<Damage, "older copy">, path: string, random: Random): string {
  const size = sizeOf(path);
  switch (damage) {
    case "bytes": {
      const bytes = readFileSync(path);
      const places = random.once(2) ? aRun(size, random) : scattered(size, random);
      for (const place of places) bytes[place] = (bytes[place] ?? 0) ^ (1 + random.below(255));
      writeFileSync(path, bytes);
      return `${places.length} of ${size} bytes, the first at ${Math.min(...places)}`;
    }
    case "head": {
      const bytes = readFileSync(path);
      const length = Math.min(size, 16 + random.below(LONGEST_HEAD - 15));
      for (let place = 0; place < length; place++) bytes[place] = random.below(256);
      writeFileSync(path, bytes);
      return `the first ${length} of ${size} bytes`;
    }
    case "truncated": {
      const length = random.once(5) ? 0 : placeIn(size, random);
      truncateSync(path, length);
      return `cut to ${length} of ${size} bytes`;
    }
    case "deleted":
      rmSync(path);
      return `${size} bytes`;
  }
}

function scattered(size: number, random: Random): number[] {
  const places = Array.from({ length: 1 + random.below(MOST_BYTES) }, () => placeIn(size, random));
  return [...new Set(places)]; // twice might be not at all
}

function aRun(size: number, random: Random): number[] {
  const start = placeIn(size, random);
  return Array.from({ length: Math.min(MOST_BYTES, size - start) }, (_, index) => start + index);
}

const placeIn = (size: number, random: Random): number =>
  random.once(2) ? random.below(size) : size - 1 - random.below(Math.min(size, END_BYTES));

const sizeOf = (path: string): number => statSync(path).size;
