import { test } from "vitest";
import { BROWSER_KINDS, isStartable } from "../crash/browser-launch.ts";
import { expectTheft, expectTruth } from "./expect-truth.ts";
import { manyPages, PAGES, pageAndWorkers } from "./many-tabs.ts";
import { type Freezing, stealLease } from "./stolen-lease.ts";
import { startTabServer } from "./tab-server.ts";
import { TabbedBrowser } from "./tabbed-browser.ts";

/** How many commits each page makes, and each worker. */
const TIMES = Number(process.env.BURROW_TAB_COMMITS ?? 500);

const FREEZINGS: readonly Freezing[] = ["by the browser", "by SIGSTOP"];

if (process.platform !== "linux") console.warn("NOT TESTED: tabs that are killed and frozen. It takes Linux.");

for (const kind of BROWSER_KINDS.filter(isStartable)) {
  const inBrowser = async (work: (browser: TabbedBrowser) => Promise<void>) => {
    await using server = await startTabServer();
    await using browser = await TabbedBrowser.start(server, kind, PAGES);
    await work(browser);
  };

  for (const expectsRevision of [false, true]) {
    const way = expectsRevision ? "each at the revision that it saw" : "each behind whatever is there";

    test(`${kind}: four pages, of which one is killed, commit to one run, ${way}`, () =>
      inBrowser(async (browser) => {
        expectTruth(`${kind}, pages, ${way}`, await manyPages(browser, { times: TIMES, expectsRevision }), 3 * TIMES);
      }));
  }

  test(`${kind}: a page and two workers, of which one is terminated, commit to one run`, () =>
    inBrowser(async (browser) => {
      const judgement = await pageAndWorkers(browser, { times: TIMES, expectsRevision: true });
      expectTruth(`${kind}, workers`, judgement, 2 * TIMES);
    }));

  for (const freezing of FREEZINGS) {
    test.runIf(freezing === "by SIGSTOP" || kind.startsWith("Chromium"))(
      `${kind}: a lease is stolen from a tab that is frozen ${freezing}, and goes on when its holder is killed`,
      () =>
        inBrowser(async (browser) => {
          expectTheft(`${kind}, frozen ${freezing}`, await stealLease(browser, { freezing, times: TIMES / 5 }));
        }),
    );
  }
}
