import { existsSync, readdirSync, statSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrowserKind } from "../crash/browser-launch.ts";
import { startBrowser } from "../crash/plain-browser.ts";
import type { BenchServer } from "./bench-server.ts";
import type { Outcome, Plan } from "./plan.ts";

const PLAN_LIMIT_MS = 60 * 60_000;

/** Where Chromium keeps IndexedDB and the origin private file system. */
const CHROMIUM_FOLDERS = ["IndexedDB", "File System", "WebStorage"];

/** Has a browser on a new profile carry out a plan, and ends it in good order. */
export async function runPlan(
  server: BenchServer,
  kind: BrowserKind,
  plan: Plan,
): Promise<Outcome & { readonly diskBytes: number }> {
  const profile = await mkdtemp(join(tmpdir(), "burrow-bench-"));
  try {
    const outcome = server.nextOutcome(PLAN_LIMIT_MS);
    const browser = await startBrowser(kind, profile, server.urlOf(plan));
    try {
      return { ...(await outcome), diskBytes: await storedBytes() };
    } finally {
      await browser.kill();
    }

    async function storedBytes(): Promise<number> {
      await browser.quit();
      return CHROMIUM_FOLDERS.map((name) => bytesIn(join(profile, "Default", name))).reduce((a, b) => a + b, 0);
    }
  } finally {
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

function bytesIn(folder: string): number {
  if (!existsSync(folder)) return 0;
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return files.map((file) => statSync(join(folder, file)).size).reduce((sum, size) => sum + size, 0);
}
