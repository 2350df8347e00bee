import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { diskEngineOf } from "../browsers/disk-engines.ts";
import type { BrowserKind } from "../crash/browser-launch.ts";
import { contentProcessesOf, ticksOf } from "../crash/browser-processes.ts";
import { driveChromium } from "../crash/driven-chromium.ts";

import { type PlainBrowser, startBrowser } from "../crash/plain-browser.ts";
import { Tab } from "./tab.ts";
import type { TabServer } from "./tab-server.ts";

/** On a machine that has much else to do, others may still be busy with their start, and the tab come to little. */
const COUNT_MS = 300;
const COUNT_TIMES = 30;
const ENOUGH_TICKS = 20;

interface Opened {
  readonly browser: PlainBrowser;
  /** One for each tab, where there is a driver. */
  readonly pages: readonly Page[];
}

/** A browser on a new profile on disk, with several tabs that do what a test says. */
export class TabbedBrowser implements AsyncDisposable {
  readonly #server: TabServer;
  readonly #kind: BrowserKind;
  readonly #profile: string;
  readonly #tabs: readonly Tab[];
  readonly #opened: Opened;

  private constructor(
    server: TabServer,
    browser: { readonly kind: BrowserKind; readonly profile: string; readonly tabs: readonly Tab[]; opened: Opened },
  ) {
    this.#server = server;
    this.#kind = browser.kind;
    this.#profile = browser.profile;
    this.#tabs = browser.tabs;
    this.#opened = browser.opened;
  }

  /** Starts it with so many tabs. */
  static async start(server: TabServer, kind: BrowserKind, count: number): Promise<TabbedBrowser> {
    const profile = await mkdtemp(join(tmpdir(), "burrow-tabs-"));
    const tabs = Array.from({ length: count }, () => new Tab(server.visit()));
    const urls = tabs.map(({ url }) => url);
    const opening = kind.startsWith("Chromium") ? openChromium(kind, profile, urls) : openPlain(kind, profile, urls);
    const browser = new TabbedBrowser(server, { kind, profile, tabs, opened: await opening });
    try {
      await Promise.all(tabs.map((tab) => tab.isReady()));
      return browser;
    } catch (error) {
      await browser.close();
      throw error;
    }
  }

  /** The first of the tabs that are still there, each under a name of its own, with one database open in all. */
  async openTabs(database: string, ...names: readonly string[]): Promise<Tab[]> {
    const tabs = this.#tabs.filter(({ isKilled }) => !isKilled).slice(0, names.length);
    await Promise.all(tabs.map((tab, index) => tab.open(names[index] ?? "", database)));
    const engine = this.#kind.startsWith("Chromium") ? `Chromium ${diskEngineOf(this.#profile)}` : this.#kind;
    if (engine !== this.#kind) throw new Error(`${this.#kind} did not obey: it is ${engine}`);
    return tabs;
  }

  /** A worker that a tab starts. */
  async startWorker(tab: Tab): Promise<Tab> {
    const worker = new Tab(this.#server.visitOfWorker());
    await tab.do({ job: "employ", script: worker.url });
    await worker.isReady();
    return worker;
  }

  /** The process in which a tab runs: the one that works while the tab counts, and all others have nothing to do. */
  async processOf(tab: Tab): Promise<number> {
    const before = contentProcessesOf(this.#profile).map((id) => ({ id, ticks: ticksOf(id) }));
    for (let time = 0; time < COUNT_TIMES; time++) {
      await tab.do({ job: "count", milliseconds: COUNT_MS });
      const worked = before.map(({ id, ticks }) => ({ id, ticks: ticksOf(id) - ticks }));
      const [first, second] = worked.sort((one, other) => other.ticks - one.ticks);
      if (first && first.ticks >= ENOUGH_TICKS && first.ticks > 4 * (second?.ticks ?? 0)) return first.id;
    }
    throw new Error(`no process stands out while a tab counts`);
  }

  /** Kills a process in which a tab runs. */
  kill(tab: Tab, processOfTab: number): void {
    tab.isKilled = true;
    process.kill(processOfTab, "SIGKILL");
  }

  /** Stops a process in which a tab runs, between two of its instructions; gives how to let it go on. */
  stop(processOfTab: number): () => Promise<void> {
    process.kill(processOfTab, "SIGSTOP");
    return () => {
      process.kill(processOfTab, "SIGCONT");
      return Promise.resolve();
    };
  }

  /** Has Chromium freeze a tab, as it does with one that has long been hidden; gives how to wake it. */
  async freeze(tab: Tab): Promise<() => Promise<void>> {
    const page = this.#opened.pages[this.#tabs.indexOf(tab)];
    if (!page) throw new Error("nothing drives this browser");
    const devtools = await page.context().newCDPSession(page);
    const set = (state: "frozen" | "active") => devtools.send("Page.setWebLifecycleState", { state });
    await set("frozen");
    return async () => {
      await set("active");
    };
  }

  async close(): Promise<void> {
    await this.#opened.browser.kill();
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** On a command line, a Chromium without a window takes one page only. */
async function openChromium(kind: BrowserKind, profile: string, urls: readonly string[]): Promise<Opened> {
  const { browser, page } = await driveChromium(kind, profile, { noDefaults: true });
  const pages = [];
  for (const url of urls) {
    const tab = await page.context().newPage();
    await tab.goto(url);
    pages.push(tab);
  }
  return { browser, pages };
}

async function openPlain(
  kind: BrowserKind,
  profile: string,
  [first = "", ...more]: readonly string[],
): Promise<Opened> {
  return { browser: await startBrowser(kind, profile, first, more), pages: [] };
}
