import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";

const MIB = 1024 * 1024;
const scratch = mkdtempSync(join(tmpdir(), "burrow-archive-"));
const program = join(scratch, "large-archive.mjs");
const file = join(scratch, "archive.ndjson");

/** Does one thing with an archive of 200 MB of snapshots in a process of its own, and tells the most memory that it took. */
function mostMemory(work: "export" | "verify" | "import"): number {
  const limited = ["--max-old-space-size=128", program, work, file];
  return Number(execFileSync(process.execPath, limited, { encoding: "utf8" })) / 1024;
}

beforeAll(() => {
  const entryPoints = [join(import.meta.dirname, "large-archive.ts")];
  buildSync({ entryPoints, outfile: program, bundle: true, platform: "node", format: "esm" });
});

afterAll(() => rmSync(scratch, { recursive: true }));

test("200 MB of snapshots are exported, verified and imported in less than 600 MB of memory", () => {
  const most = { export: mostMemory("export"), verify: mostMemory("verify"), import: mostMemory("import") };
  console.log(`${Math.round(statSync(file).size / MIB)} MiB of archive; most memory in MiB:`, most);
  expect(statSync(file).size).toBeGreaterThan(250 * MIB);
  expect(Math.max(...Object.values(most))).toBeLessThan(600);
});
