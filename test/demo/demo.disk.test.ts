import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openOnDiskChromium } from "../browsers/on-disk.ts";
import { isStartable } from "../crash/browser-launch.ts";
import { driveChromium } from "../crash/driven-chromium.ts";
import { type DemoServer, serveDemo } from "./demo-server.ts";

const TO_KILL = "Chromium LevelDB";
const SAMPLE_BOUNDARIES = 8;

let folder: string;
let server: DemoServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "burrow-demo-"));
  server = await serveDemo(join(folder, "built"));
});

afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

test("a turn that a crash of the tab, or the kill of the browser, interrupts is recovered and committed exactly once", async () => {
  await visitUntilKilled("agent", "index.html", async (page) => {
    await beginConversation(page);
    await send(page, "What is 6 * 7?");
    await committed(page, 2);

    await send(page, "Roll 2d6");
    await page.getByText("its turn is being run").waitFor();
    await page.getByRole("button", { name: "Crash the tab now" }).click();
    await page.getByText("Nothing of its turn was committed: it is run now.").waitFor();
    await page.getByText("It was committed once. revision 4").waitFor();

    await send(page, "How many words are these?");
    await committed(page, 5);
  });
  await visit("agent", "index.html", async (page) => {
    await page.getByText("Its turn was committed up to sequence 0 of its run, and is run on from there.").waitFor();
    await page.getByText("committed after recovery · revision 6").waitFor();
    expect(await page.locator(".from-user p").allTextContents()).toEqual([
      "What is 6 * 7?",
      "Roll 2d6",
      "How many words are these?",
    ]);
    expect(await page.locator(".boundary").count()).toBe(6);
  });
});

test("of two tabs one runs what both take in; it is handed over when that tab dies, or when the other takes it", async () => {
  await visit("tabs", "index.html", async (first) => {
    await beginConversation(first);
    await first.getByText("This tab holds the runtime").waitFor();
    const second = await secondTab(first);
    await second.getByText("Another tab holds it").waitFor();

    await send(second, "What is 6 * 7?");
    await first.getByText("its turn is being run").waitFor();
    await committed(second, 2);
    expect(await second.locator(".from-agent p").allTextContents()).toEqual(["6 * 7 = 42."]);

    await second.getByRole("button", { name: "Take it over" }).click();
    await second.getByText("This tab holds the runtime").waitFor();
    await first.getByText("Another tab has taken it over").waitFor();

    const third = await secondTab(second);
    await third.getByText("Another tab holds it").waitFor();
    await first.close();
    await send(third, "Plan a weekend in Porto");
    await committed(third, 3);
    await second.close();
    await third.getByText("This tab holds the runtime").waitFor();
    await third.getByText("It was committed once. revision 7").waitFor();
    expect(await third.locator(".from-user p").allTextContents()).toEqual([
      "What is 6 * 7?",
      "Plan a weekend in Porto",
    ]);
  });
});

test("a database that the browser has removed is told, and begun anew only when the visitor says so", async () => {
  await visit("lost", "index.html", async (page) => {
    await sampleShown(page);
    const deleted = page.evaluate(() => {
      const request = indexedDB.deleteDatabase("burrow-demo");
      return new Promise((resolve) => (request.onsuccess = resolve));
    });
    await deleted;
    for (let time = 0; time < 2; time++) {
      await page.reload();
      await page.getByText("database_wiped").waitFor();
    }
    await page.getByRole("button", { name: "Begin anew" }).click();
    await sampleShown(page);
    await page.reload();
    await sampleShown(page);
  });
});

test("the page fits, is accessible and breaks no policy of its own, on a phone and a desk, by day and by night", async () => {
  await visit("shown", "index.html", async (page) => {
    const complaints: string[] = [];
    page.on("pageerror", ({ message }) => complaints.push(message));
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    for (const width of [360, 1440]) {
      for (const colorScheme of ["light", "dark"] as const) {
        await page.setViewportSize({ width, height: 900 });
        await page.emulateMedia({ colorScheme });
        await page.reload();
        await page.getByRole("button", { name: "committed · revision 5" }).click();
        await page.getByText("The first 10 messages of the session as it is stored now").waitFor();
        await page.getByRole("button", { name: "Recompute the digest" }).click();
        await page.getByText("these messages are what was committed").waitFor();
        await page.evaluate(axe.source);
        const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
        expect(violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)])).toEqual([]);
        for (const letters of ["16px", "24px"]) {
          await page.evaluate((size) => (document.documentElement.style.fontSize = size), letters);
          await expect.poll(() => page.evaluate(cutOff)).toEqual([]);
          expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
        }
      }
    }
    expect(complaints).toEqual([]);
  });
});

test("the laws hold in the page that runs them, which leaves nothing behind", async () => {
  await visit("laws", "laws.html", async (page) => {
    await page.locator("html[data-result=passed], html[data-result=failed]").waitFor({ timeout: 240_000 });
    expect(await page.locator("tr.failed").allTextContents()).toEqual([]);
    expect(await page.locator("html").getAttribute("data-result")).toBe("passed");
    // What the tabs of an origin share is no store's to remove.
    expect((await page.evaluate(() => indexedDB.databases())).map(({ name }) => name)).toEqual(["burrow-store origin"]);
  });
});

async function sampleShown(page: Page): Promise<void> {
  await page
    .locator(".boundary")
    .nth(SAMPLE_BOUNDARIES - 1)
    .waitFor();
}

/** Leaves the sample for a conversation of one's own. */
async function beginConversation(page: Page): Promise<void> {
  await sampleShown(page);
  await page.getByRole("button", { name: "New conversation" }).click();
  await page.locator(".boundary").first().waitFor({ state: "detached" });
}

async function send(page: Page, text: string): Promise<void> {
  await page.getByLabel("Your message").fill(text);
  await page.keyboard.press("Enter");
}

/** Waits for a commit of the open conversation to show. */
async function committed(page: Page, revision: number): Promise<void> {
  await page.getByText(new RegExp(`^committed.* · revision ${revision}$`)).waitFor();
}

/** Follows the link to a second tab, and waits for it. */
async function secondTab(page: Page): Promise<Page> {
  const opened = page.context().waitForEvent("page");
  await page.getByRole("link", { name: "Open a second tab" }).click();
  return opened;
}

/** Opens a page in a browser whose profile is on disk. */
async function visit(profile: string, file: string, work: (page: Page) => Promise<void>): Promise<void> {
  const chromium = await openOnDiskChromium(join(folder, profile));
  try {
    await workIn(await chromium.newPage(), file, work);
  } finally {
    await chromium.close();
  }
}

/** The same, in a browser that is killed as soon as the work is done; where none can be, it is closed. */
async function visitUntilKilled(profile: string, file: string, work: (page: Page) => Promise<void>): Promise<void> {
  if (!isStartable(TO_KILL)) return visit(profile, file, work);
  const { browser, page } = await driveChromium(TO_KILL, join(folder, profile));
  try {
    await workIn(page, file, work);
  } finally {
    await browser.kill();
  }
}

/** Whatever the browser complains about is a failure. */
async function workIn(page: Page, file: string, work: (page: Page) => Promise<void>): Promise<void> {
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(new URL(file, server.url).href);
  await work(page);
  expect(complaints).toEqual([]);
}

/** The rows of the inspector's lists of which something is cut off, in the page. */
function cutOff(): string[] {
  const roots = [...document.querySelectorAll("*")].flatMap(({ shadowRoot }) => shadowRoot ?? []);
  const rows = roots.flatMap((root) => [...root.querySelectorAll<HTMLElement>(".row, .row .line")]);
  return rows
    .filter((row) => row.scrollWidth > row.clientWidth + 1 || row.scrollHeight > row.clientHeight + 1)
    .map(({ className, textContent }) => `${className}: ${textContent}`);
}
