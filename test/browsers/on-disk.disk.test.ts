import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type * as idb from "idb";
import type { BrowserContext } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { importInPage, type ModuleServer, openOnDiskChromium, serve } from "./on-disk.ts";

let folder: string;
let server: ModuleServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "burrow-on-disk-"));
  server = await serve();
});

afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

test("what a browser stored is there for the next browser on the same profile, and for no other", async () => {
  expect(await visit("first", noteIn)).toBe("nothing yet");
  await visit("first", (chromium) => noteIn(chromium, "written by the first browser"));
  expect(await visit("first", noteIn)).toBe("written by the first browser");
  expect(await visit("second", noteIn)).toBe("nothing yet");
});

async function visit<T>(profile: string, work: (chromium: BrowserContext) => Promise<T>): Promise<T> {
  const chromium = await openOnDiskChromium(join(folder, profile));
  try {
    return await work(chromium);
  } finally {
    await chromium.close();
  }
}

/** Reads the one note that the page keeps, after writing it if a text is given. */
async function noteIn(chromium: BrowserContext, text?: string): Promise<unknown> {
  const module = await importInPage<typeof idb>(await chromium.newPage(), server, "/@id/idb");
  return module.evaluate(async ({ openDB }, text) => {
    const database = await openDB("notes", 1, { upgrade: (db) => void db.createObjectStore("notes") });
    if (text !== undefined) await database.put("notes", text, "note");
    return ((await database.get("notes", "note")) as unknown) ?? "nothing yet";
  }, text);
}
