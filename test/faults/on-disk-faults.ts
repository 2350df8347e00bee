import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrowserContext, CDPSession, JSHandle, Page } from "playwright-core";
import { type DiskEngine, diskEngineOf, openWithEngine } from "../browsers/disk-engines.ts";
import { importInPage, type ModuleServer } from "../browsers/on-disk.ts";
import type * as faultPage from "./fault-page.ts";

/** A tab on the blank page, with the module `fault-page.ts` in it. */
export interface Tab {
  readonly page: Page;
  readonly module: JSHandle<typeof faultPage>;
}

/** An on-disk Chromium on one of its engines, with a new profile, whose storage can be made to fail. */
export class FaultyChromium implements AsyncDisposable {
  readonly #context: BrowserContext;
  readonly #server: ModuleServer;
  readonly #profile: string;
  readonly #devtools: CDPSession;
  #internals: Page | undefined;

  private constructor(context: BrowserContext, server: ModuleServer, profile: string, devtools: CDPSession) {
    this.#context = context;
    this.#server = server;
    this.#profile = profile;
    this.#devtools = devtools;
  }

  /** Starts it; `prepare` is given the profile's folder first. */
  static async start(
    engine: DiskEngine,
    server: ModuleServer,
    prepare: (profile: string) => Promise<void> | void = () => undefined,
  ): Promise<FaultyChromium> {
    const profile = await mkdtemp(join(tmpdir(), "burrow-faults-"));
    await prepare(profile);
    const context = await openWithEngine(engine, profile);
    const devtools = await context.newCDPSession(context.pages()[0] ?? (await context.newPage()));
    return new FaultyChromium(context, server, profile, devtools);
  }

  async openTab(): Promise<Tab> {
    const page = await this.#context.newPage();
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
    await this.#devtools.send("Storage.overrideQuotaForOrigin", { origin: this.#origin, ...limit });
  }

  /** Does what a user does who clears the site's data: connections are closed, and nothing is left. */
  async clearSiteData(): Promise<void> {
    await this.#devtools.send("Storage.clearDataForOrigin", { origin: this.#origin, storageTypes: "indexeddb" });
  }

  /** Makes `closeConnections` ready, so that it takes no time. Call it when a database of the origin is open. */
  async watchConnections(): Promise<void> {
    this.#internals ??= await this.#context.newPage();
    await this.#internals.goto("chrome://indexeddb-internals/");
    await this.#internals.locator(".force-close").first().waitFor();
  }

  /** Closes every connection of the origin and keeps its data, as when the storage's own process dies. */
  async closeConnections(): Promise<void> {
    if (!this.#internals) throw new Error("watchConnections comes first");
    await this.#internals.evaluate(() => document.querySelector<HTMLElement>(".force-close")?.click());
  }

  async close(): Promise<void> {
    await this.#context.close();
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 3 });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  get #origin(): string {
    return new URL(this.#server.url).origin;
  }
}
