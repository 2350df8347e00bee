import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { verifyArchive } from "../../src/archive/index.ts";
import { BROWSER_KINDS, type BrowserKind, isStartable } from "../crash/browser-launch.ts";
import { JobServer } from "../crash/job-server.ts";
import { type PlainBrowser, startBrowser } from "../crash/plain-browser.ts";
import type { Visit } from "../crash/visit.ts";
import type { ArchiveEvent, ArchiveJob } from "./browser-page.ts";

interface Opened {
  readonly kind: BrowserKind;
  readonly browser: PlainBrowser;
  readonly visit: Visit<ArchiveJob, ArchiveEvent>;
}

const kinds = BROWSER_KINDS.filter(isStartable);
if (process.platform !== "linux") console.warn("NOT TESTED: archives from one browser to another. It takes Linux.");

let folder: string;
let server: JobServer<ArchiveJob, ArchiveEvent>;
const opened: Opened[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "burrow-archive-"));
  server = await JobServer.start(new URL("./browser-page.ts", import.meta.url));
  for (const kind of kinds) {
    const visit = server.visit();
    opened.push({ kind, visit, browser: await startBrowser(kind, join(folder, kind), visit.url) });
  }
});

afterAll(async () => {
  await Promise.all(opened.map(({ browser }) => browser.kill()));
  await server.close();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** What a browser exports from a database that it has filled as the job says. */
function exported({ kind, visit }: Opened, job: ArchiveJob): Promise<string> {
  visit.give(job);
  return visit.until(`archive of ${job.database} in ${kind}`, (events) => {
    for (const said of events) {
      if (said.event === "failed") throw new Error(`${kind} failed: ${said.message}`);
      if (said.event === "exported" && said.database === job.database) return said.archive;
    }
    return undefined;
  });
}

test.runIf(kinds.length > 0)("an archive exported in one browser verifies and imports in the others", async () => {
  const archives = await Promise.all(opened.map((one) => exported(one, { database: "own" })));
  expect(new Set(archives).size).toBe(kinds.length); // each with the times of its own
  for (const archive of archives) expect(verifyArchive(new TextEncoder().encode(archive)).problems).toEqual([]);
  const imports = opened.map(async (one) => {
    for (const [index, archive] of archives.entries()) {
      const from = kinds[index];
      if (from === one.kind) continue;
      const again = await exported(one, { database: `from ${from}`, archive });
      expect(again === archive, `${one.kind} exports what it imported from ${from}`).toBe(true);
    }
  });
  await Promise.all(imports);
});
