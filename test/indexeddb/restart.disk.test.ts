import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { importInPage, type ModuleServer, openOnDiskChromium, serve } from "../browsers/on-disk.ts";
import type * as page from "./restart-page.ts";

const TURNS = 20;

let folder: string;
let server: ModuleServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "burrow-restart-"));
  server = await serve();
});

afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

async function inChromium<T>(work: (page: Page) => Promise<T>): Promise<T> {
  const chromium = await openOnDiskChromium(folder);
  try {
    return await work(await chromium.newPage());
  } finally {
    await chromium.close();
  }
}

test("twenty committed turns are all there, equal to the byte, when the browser starts again", async () => {
  const before = await inChromium(async (tab) => {
    const module = await importInPage<typeof page>(tab, server, "/test/indexeddb/restart-page.ts");
    return module.evaluate(({ commitTurns }, turns) => commitTurns(turns), TURNS);
  });
  const after = await inChromium(async (tab) => {
    const module = await importInPage<typeof page>(tab, server, "/test/indexeddb/restart-page.ts");
    return module.evaluate(({ readAll }) => readAll());
  });
  expect(after).toEqual(before);
  expect(after.receipts.map(({ revision }) => revision)).toEqual(
    Array.from({ length: TURNS }, (_, index) => index + 1),
  );
  expect(after.inputStates.map(({ current_state }) => current_state)).toEqual(Array<string>(TURNS).fill("consumed"));
  expect(after.recomputed).toEqual({
    conversation_digest: after.receipts.at(-1)?.receipt.conversation_digest,
    message_count: TURNS * 4,
  });
});
