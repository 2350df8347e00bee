import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrowserContext, CDPSession, JSHandle, Page } from "playwright-core";
import { type DiskEngine, diskEngineOf, indexedDbFolder, openWithEngine } from "../browsers/disk-engines.ts";
import { importInPage, type ModuleServer } from "../browsers/on-disk.ts";
import type * as faultPage from "./fault-page.ts";
import { SmallDisk } from "./small-disk.ts";

/** A tab on the blank page, with the module `fault-page.ts` in it. */
export interface Tab {
  readonly page: Page;
  readonly module: JSHandle<typeof faultPage>;
}

/** An on-disk Chromium on one of its engines, with a new profile, whose storage can be made to fail. */
export class FaultyChromium implements AsyncDisposable {
  readonly #engine: DiskEngine;
  readonly #server: ModuleServer;
  readonly #profile: string;
  readonly #disk: SmallDisk | undefined;
  #running: { readonly context: BrowserContext; readonly devtools: CDPSession } | undefined;
  #internals: Page | undefined;

  private constructor(engine: DiskEngine, server: ModuleServer, profile: string, disk: SmallDisk | undefined) {
    this.#engine = engine;
    this.#server = server;
    this.#profile = profile;
    this.#disk = disk;
  }

  /** Starts it; `diskBytes` gives its IndexedDB a disk of that size to itself. */
  static async start(
    engine: DiskEngine,
    server: ModuleServer,
    { diskBytes }: { diskBytes?: number } = {},
  ): Promise<FaultyChromium> {
    const profile = await mkdtemp(join(tmpdir(), "burrow-faults-"));
    const disk = diskBytes === undefined ? undefined : new SmallDisk(indexedDbFolder(profile), diskBytes);
    const chromium = new FaultyChromium(engine, server, profile, disk);
    await chromium.#launch();
    return chromium;
  }

  /** Ends the browser as a user does, and starts it again on the same profile. */
  async restart(): Promise<void> {
    await this.#running?.context.close();
    this.#internals = undefined;
    await this.#launch();
  }

  get disk(): SmallDisk {
    if (!this.#disk) throw new Error("started without a disk of its own");
    return this.#disk;
  }

  /** A tab on the server's first page. */
  async openPage(): Promise<Page> {
    const page = await this.#browser.context.newPage();
    await page.goto(this.#server.url);
    return page;
  }

  async openTab(): Promise<Tab> {
    const page = await this.openPage();
    return { page, module: await importInPage<typeof faultPage>(page, this.#server, "/test/faults/fault-page.ts") };
  }

  /** The engine that it really runs on, told by its files; `undefined` while nothing is stored. */
  engineOnDisk(): DiskEngine | undefined {
    return diskEngineOf(this.#profile);
  }

  /**
   * Sets how many bytes the origin may store; without a number, as many as ever. Chromium remembers how much is left from an
   * origin's first use of IndexedDB: the first call comes before that, and a later one takes effect when it gives more.
   */
  async limitQuota(bytes?: number): Promise<void> {
    const limit = bytes === undefined ? {} : { quotaSize: bytes };
    await this.#browser.devtools.send("Storage.overrideQuotaForOrigin", { origin: this.#origin, ...limit });
  }

  /** Does what a user does who clears the site's data, and closes its connections; or clears those of IndexedDB alone. */
  async clearSiteData(storageTypes: "indexeddb" | "indexeddb,local_storage" = "indexeddb"): Promise<void> {
    await this.#browser.devtools.send("Storage.clearDataForOrigin", { origin: this.#origin, storageTypes });
  }

  /** Makes `closeConnections` ready, so that it takes no time. Call it when a database of the origin is open. */
  async watchConnections(): Promise<void> {
    this.#internals ??= await this.#browser.context.newPage();
    await this.#internals.goto("chrome://indexeddb-internals/");
    await this.#internals.locator(".force-close").first().waitFor();
  }

  /** Closes every connection of the origin and keeps its data, as when the storage's own process dies. */
  async closeConnections(): Promise<void> {
    if (!this.#internals) throw new Error("watchConnections comes first");
    await this.#internals.evaluate(() => document.querySelector<HTMLElement>(".force-close")?.click());
  }

  async close(): Promise<void> {
    await this.#running?.context.close();
    this.#disk?.unmount();
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 3 });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #launch(): Promise<void> {
    this.#running = undefined;
    const context = await openWithEngine(this.#engine, this.#profile);
    const devtools = await context.newCDPSession(context.pages()[0] ?? (await context.newPage()));
    this.#running = { context, devtools };
  }

  get #browser() {
    if (!this.#running) throw new Error("the browser is not running");
    return this.#running;
  }

  get #origin(): string {
    return new URL(this.#server.url).origin;
  }
}
