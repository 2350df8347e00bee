import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "vitest";
import { findBrowsers } from "../browsers/find-browsers.ts";
import { importInPage, openOnDiskChromium, serve } from "../browsers/on-disk.ts";
import { digits, medianOf } from "./figures.ts";
import type * as page from "./inspector-page.ts";
import type { InspectorTimes } from "./inspector-page.ts";

const ROUNDS = Number(process.env.BURROW_BENCH_ROUNDS ?? 12);
const SIZES = [
  { receipts: 100, messages: 200 },
  { receipts: 10_000, messages: 20_000 },
] as const;

test.runIf(findBrowsers().chromium)(
  "what the inspector of many receipts and a long session takes is told",
  async () => {
    await using server = await serve();
    for (const { receipts, messages } of SIZES) {
      const profile = mkdtempSync(join(tmpdir(), "burrow-inspector-"));
      const chromium = await openOnDiskChromium(profile);
      try {
        const open = async () =>
          importInPage<typeof page>(await chromium.newPage(), server, "/test/bench/inspector-page.ts");
        await (await open()).evaluate(({ fill }, [r, m]) => fill(r, m), [receipts, messages] as const);
        const module = await open();
        const times: InspectorTimes[] = [];
        for (let round = 0; round < ROUNDS; round++)
          times.push(await module.evaluate(({ measure }, r) => measure(r), receipts));
        const median = (of: keyof InspectorTimes): number => medianOf(times.map((one) => one[of]));
        const read = median("read");
        console.log(
          `${receipts} receipts, ${messages} messages: reading ${digits(read)} ms; listed in ${digits(median("list") / read)}x, ` +
            `opened in ${digits(median("open") / read)}x of it; longest frame ${digits(median("frame"))} ms, ${median("elements")} elements`,
        );
      } finally {
        await chromium.close();
        rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
      }
    }
  },
);
