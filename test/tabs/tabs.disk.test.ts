import { afterAll, beforeAll, describe, test } from "vitest";
import { BROWSER_KINDS, type BrowserKind, isStartable } from "../crash/browser-launch.ts";
import { expectTheft, expectTruth } from "./expect-truth.ts";
import { manyPages, PAGES, pageAndWorkers } from "./many-tabs.ts";
import { type Freezing, stealLease } from "./stolen-lease.ts";
import { startTabServer, type TabServer } from "./tab-server.ts";
import { TabbedBrowser } from "./tabbed-browser.ts";

/** How many commits each page makes, and each worker. */
const TIMES = 25;

/** How to freeze a tab. */
const FREEZING: Record<BrowserKind, Freezing> = {
  "Chromium LevelDB": "by the browser",
  "Chromium SQLite": "by SIGSTOP",
  Firefox: "by SIGSTOP",
  WebKitGTK: "by SIGSTOP",
};

if (process.platform !== "linux") console.warn("NOT TESTED: tabs that are killed and frozen. It takes Linux.");

let server: TabServer;

beforeAll(async () => {
  server = await startTabServer();
});

afterAll(() => server.close());

describe.each(BROWSER_KINDS.filter(isStartable))("in %s", (kind) => {
  let browser: TabbedBrowser;

  beforeAll(async () => {
    browser = await TabbedBrowser.start(server, kind, PAGES);
  });

  afterAll(() => browser.close());

  test("four pages, of which one is killed, commit to one run, each commit whole and in order", async () => {
    expectTruth(`${kind}, pages`, await manyPages(browser, { times: TIMES, expectsRevision: true }), 3 * TIMES);
  });

  test("a page and two workers, of which one is terminated, do the same", async () => {
    expectTruth(`${kind}, workers`, await pageAndWorkers(browser, { times: TIMES, expectsRevision: false }), 2 * TIMES);
  });

  test("a lease is stolen from a frozen tab, which writes nothing more, and goes on when its holder is killed", async () => {
    expectTheft(`${kind}, lease`, await stealLease(browser, { freezing: FREEZING[kind], times: 10 }));
  });
});
