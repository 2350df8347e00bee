import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BROWSER_KINDS, type BrowserKind, isStartable } from "../crash/browser-launch.ts";
import { manyPages, pageAndWorkers } from "./many-tabs.ts";
import { type Freezing, stealLease } from "./stolen-lease.ts";
import { startTabServer, type TabServer } from "./tab-server.ts";

/** How many commits each page makes, and each worker. */
const TIMES = 25;

/** How each browser can freeze a tab. */
const FREEZINGS: Record<BrowserKind, Freezing[]> = {
  "Chromium LevelDB": ["by the browser", "by SIGSTOP"],
  "Chromium SQLite": ["by the browser"],
  Firefox: ["by SIGSTOP"],
  WebKitGTK: ["by SIGSTOP"],
};

let server: TabServer;

beforeAll(async () => {
  server = await startTabServer();
});

afterAll(() => server.close());

const kinds = BROWSER_KINDS.filter(isStartable);
if (process.platform !== "linux") console.warn("NOT TESTED: tabs that are killed and frozen. It takes Linux.");

describe.each(kinds)("in %s", (kind) => {
  test("four pages, of which one is killed, commit to one run, and a fifth sees each commit whole and in order", async () => {
    const { violations, ...counts } = await manyPages(server, { kind, times: TIMES, expectsRevision: true });
    console.log(kind, "pages", counts);
    expect(violations).toEqual([]);
    expect(counts.acknowledged).toBeGreaterThan(3 * TIMES);
  });

  test("two workers, of which one is terminated, and a page do the same", async () => {
    const { violations, ...counts } = await pageAndWorkers(server, { kind, times: TIMES, expectsRevision: false });
    console.log(kind, "workers", counts);
    expect(violations).toEqual([]);
    expect(counts.acknowledged).toBeGreaterThan(2 * TIMES);
  });

  test.each(FREEZINGS[kind])(
    "a lease is stolen from a tab that is frozen %s, and goes on when its holder dies",
    async (freezing) => {
      const { violations, ...counts } = await stealLease(server, { kind, freezing, times: 10 });
      console.log(kind, freezing, counts);
      expect(violations).toEqual([]);
      expect(counts).toMatchObject({
        saidInSleep: 0,
        afterSleep: ["lease_lost", "lease_lost", "lease_lost"],
        reasons: ["lease_lost"],
        heir: ["lease_held", "epoch 3"],
      });
    },
  );
});
