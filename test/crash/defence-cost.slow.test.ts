import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { DISK_ENGINES, openWithEngine } from "../browsers/disk-engines.ts";
import { findBrowsers } from "../browsers/find-browsers.ts";
import { importInPage, serve } from "../browsers/on-disk.ts";
import type * as page from "./defence-cost-page.ts";

test.runIf(findBrowsers().chromium !== undefined).each(DISK_ENGINES)(
  "what the defence against losses costs on %s is told",
  async (engine) => {
    const folder = await mkdtemp(join(tmpdir(), "burrow-cost-"));
    await using server = await serve();
    const chromium = await openWithEngine(engine, folder);
    try {
      const tab = await chromium.newPage();
      const module = await importInPage<typeof page>(tab, server, "/test/crash/defence-cost-page.ts");
      const times = await module.evaluate(({ measureDefence }) => measureDefence());
      console.table({
        "commit of 10 KB": comparison(times.commit.with, times.commit.without),
        "open and close": comparison(times.open.with, times.open.without),
        "open after a crash": comparison(times.openAfterCrash, times.open.without),
      });
      expect(new Set(times.flushes)).toEqual(new Set(["done"]));
    } finally {
      await chromium.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  },
);

/** In milliseconds. */
function comparison(defended: readonly number[], bare: readonly number[]): Record<string, number> {
  const [median, without] = [at(defended, 0.5), at(bare, 0.5)];
  return { median, without, p95: at(defended, 0.95), "p95 without": at(bare, 0.95), ratio: rounded(median / without) };
}

function at(times: readonly number[], share: number): number {
  return rounded([...times].sort((a, b) => a - b)[Math.floor(times.length * share)] ?? Number.NaN);
}

const rounded = (value: number): number => Number(value.toFixed(2));
