import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { chromium, type Page } from "playwright-core";
import type { BrowserKind } from "./browser-launch.ts";
import { type PlainBrowser, startBrowser } from "./plain-browser.ts";

const START_LIMIT_MS = 60_000;
const POLL_MS = 20;

/** A Chromium to be killed, and a page in it that does what a test says. */
export interface DrivenChromium {
  readonly browser: PlainBrowser;
  readonly page: Page;
}

/**
 * Starts Chromium as a person does, but for the port by which its page is driven. With `noDefaults` its pages are those of a
 * person too: they are hidden and slowed down behind others, and can be frozen.
 */
export async function driveChromium(
  kind: BrowserKind,
  profile: string,
  options: { readonly noDefaults?: boolean } = {},
): Promise<DrivenChromium> {
  const portFile = join(profile, "DevToolsActivePort");
  // A browser that was killed leaves it behind.
  rmSync(portFile, { force: true });
  const browser = await startBrowser(kind, profile, "about:blank", ["--remote-debugging-port=0"]);
  try {
    const endpoint = await endpointIn(portFile);
    const driver = await chromium.connectOverCDP(endpoint, { timeout: START_LIMIT_MS, ...options });
    const [context] = driver.contexts();
    if (!context) throw new Error(`${kind} has no window`);
    return { browser, page: await context.newPage() };
  } catch (error) {
    await browser.kill();
    throw error;
  }
}

/** The file has the port in its first line, and the path in its second. */
async function endpointIn(portFile: string): Promise<string> {
  const end = performance.now() + START_LIMIT_MS;
  for (;;) {
    const [port, path] = textOf(portFile).split("\n");
    if (port && path) return `ws://127.0.0.1:${port}${path}`;
    if (performance.now() > end) throw new Error("the browser opened no port in time");
    await sleep(POLL_MS);
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
