import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DISK_ENGINES, type DiskEngine, diskEngineOf, openWithEngine } from "../browsers/disk-engines.ts";
import { importInPage, type ModuleServer, serve } from "../browsers/on-disk.ts";
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

async function inChromium<T>(engine: DiskEngine, work: (page: Page) => Promise<T>): Promise<T> {
  const chromium = await openWithEngine(engine, join(folder, engine));
  try {
    return await work(await chromium.newPage());
  } finally {
    await chromium.close();
  }
}

test.each(DISK_ENGINES)(
  "on %s, twenty committed turns are all there after a restart, equal to the byte, and can be built upon",
  async (engine) => {
    const before = await inChromium(engine, async (tab) => {
      const module = await importInPage<typeof page>(tab, server, "/test/indexeddb/restart-page.ts");
      return module.evaluate(({ commitTurns }, turns) => commitTurns(turns), TURNS);
    });
    const after = await inChromium(engine, async (tab) => {
      const module = await importInPage<typeof page>(tab, server, "/test/indexeddb/restart-page.ts");
      return module.evaluate(({ readAll }) => readAll());
    });
    expect(diskEngineOf(join(folder, engine))).toBe(engine);
    expect(after).toEqual(before);
    expect(after.receipts.map(({ revision }) => revision)).toEqual(
      Array.from({ length: TURNS }, (_, index) => index + 1),
    );
    expect(after.inputStates.map(({ current_state }) => current_state)).toEqual(Array<string>(TURNS).fill("consumed"));
    expect(after.recomputed).toEqual({
      conversation_digest: after.receipts.at(-1)?.receipt.conversation_digest,
      message_count: TURNS * 4,
    });
    const later = await inChromium(engine, async (tab) => {
      const module = await importInPage<typeof page>(tab, server, "/test/indexeddb/restart-page.ts");
      return module.evaluate(({ commitTurns }) => commitTurns(2));
    });
    expect(later.receipts.slice(0, TURNS)).toEqual(before.receipts);
    expect(later.head).toMatchObject({ revision: TURNS + 2, ...later.recomputed });
  },
);
