import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findBrowsers } from "../browsers/find-browsers.ts";
import { importInPage, openOnDiskChromium, serve } from "../browsers/on-disk.ts";
import { contentProcessesOf } from "../crash/browser-processes.ts";
import type * as page from "./large-archive-page.ts";

const MIB = 1024 * 1024;
const LIMIT_MIB = 600;
const scratch = mkdtempSync(join(tmpdir(), "burrow-archive-"));

afterAll(() => rmSync(scratch, { recursive: true, force: true, maxRetries: 5 }));

/** Demands that no step took as much memory as 600 MiB. */
function expectLittle(what: string, archiveBytes: number, most: Readonly<Record<string, number>>): void {
  console.log(`${what}: ${Math.round(archiveBytes / MIB)} MiB of archive; most memory in MiB:`, most);
  expect(archiveBytes).toBeGreaterThan(250 * MIB);
  expect(Math.max(...Object.values(most))).toBeLessThan(LIMIT_MIB);
}

test("200 MB of snapshots are exported, verified and imported in a process of less than 600 MiB", () => {
  const program = join(scratch, "large-archive.js");
  const file = join(scratch, "archive.ndjson");
  const mostMemory = (work: "export" | "verify" | "import"): number => {
    const limited = ["--max-old-space-size=128", program, work, file];
    return Math.round(Number(execFileSync(process.execPath, limited, { encoding: "utf8" })) / 1024);
  };
  const most = { export: mostMemory("export"), verify: mostMemory("verify"), import: mostMemory("import") };
  expectLittle("Node", statSync(file).size, most);
});

beforeAll(async () => {
  await build({
    configFile: false,
    logLevel: "warn",
    ssr: { noExternal: true },
    build: {
      ssr: fileURLToPath(new URL("./large-archive.ts", import.meta.url)),
      outDir: scratch,
      emptyOutDir: false,
      target: "es2022",
    },
  });
});

test.runIf(process.platform === "linux" && findBrowsers().chromium !== undefined)(
  "a page of less than 600 MiB does the same, from IndexedDB into a file and back",
  async () => {
    await using server = await serve();
    const profile = join(scratch, "chromium");
    const most: Record<string, number> = {};
    /** Has a page that does nothing else do one step. */
    const inPage = async <T>(step: string, work: (module: typeof page) => Promise<T>): Promise<T> => {
      const chromium = await openOnDiskChromium(profile);
      try {
        const module = await importInPage<typeof page>(
          await chromium.newPage(),
          server,
          "/test/archive/large-archive-page.ts",
        );
        const done = await module.evaluate(work);
        most[step] = Math.max(...contentProcessesOf(profile).map(mostMemoryOf));
        return done;
      } finally {
        await chromium.close();
      }
    };
    await inPage("fill", ({ fill }) => fill());
    const size = await inPage("export", ({ exportToFile }) => exportToFile());
    expect(await inPage("export to a blob", ({ exportToBlob }) => exportToBlob())).toBe(size);
    expect(await inPage("verify", ({ verifyFile }) => verifyFile())).toBe(true);
    expect(await inPage("import", ({ importFile }) => importFile())).toBe(20);
    expectLittle("Chromium", size, most);
  },
);

/** The most memory that a process has had at a time, in MiB. */
function mostMemoryOf(id: number): number {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${id}/status`, "utf8")) ?? [];
  return Math.round(Number(kilobytes) / 1024);
}
