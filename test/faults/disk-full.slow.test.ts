import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DISK_ENGINES } from "../browsers/disk-engines.ts";
import { findBrowsers } from "../browsers/find-browsers.ts";
import { type ModuleServer, serve } from "../browsers/on-disk.ts";
import type { Ending } from "./fault-page.ts";
import { FaultyChromium } from "./on-disk-faults.ts";
import { SmallDisk } from "./small-disk.ts";

const SMALL = 12_000_000;
const LARGE = 64_000_000;

const isPossible = SmallDisk.isPossible && findBrowsers().chromium !== undefined;
if (!isPossible) console.warn("NOT TESTED: a full disk. It takes Linux, Chromium, and root to mount a small disk.");

let server: ModuleServer;

beforeAll(async () => {
  server = await serve();
});

afterAll(() => server.close());

describe.runIf(isPossible).each(DISK_ENGINES)("on %s", (engine) => {
  /** A browser whose IndexedDB has a small disk to itself, and what a page does in it. */
  async function startOnSmallDisk() {
    const chromium = await FaultyChromium.start(engine, server, { diskBytes: SMALL });
    let tab = await chromium.openTab();
    return {
      chromium,
      open: () => tab.module.evaluate(({ openStore }) => openStore()),
      commit: (bytes = 100, runtimeId = "agent") =>
        tab.module.evaluate(({ commit }, options) => commit(options), { bytes, runtimeId }),
      stored: (runtimeId = "agent") => tab.module.evaluate(({ stored }, runtimeId) => stored({ runtimeId }), runtimeId),
      restart: async () => {
        await chromium.restart();
        tab = await chromium.openTab();
      },
      [Symbol.asyncDispose]: () => chromium.close(),
    };
  }

  const done = { code: "done" };
  const revision = (revision: number) => ({ code: "done", value: { revision, contradictions: [] } });

  const expectFull = (ending: Ending<unknown>) => {
    expect(ending).toMatchObject({ code: "disk_full" });
    expect(ending.storage).toEqual({ usage: expect.any(Number) as number, quota: expect.any(Number) as number });
  };

  test("a commit for which the disk has no room left writes nothing, reads go on, and it is taken when there is room", async () => {
    await using browser = await startOnSmallDisk();
    expect(await browser.open()).toMatchObject(done);
    expect(await browser.commit()).toMatchObject(done);
    expect(browser.chromium.engineOnDisk()).toBe(engine);
    const committed: string[] = [];
    let ending = await browser.commit(1_000_000, "runtime 0");
    while (ending.code === "done" && committed.length < 40) {
      committed.push(`runtime ${committed.length}`);
      ending = await browser.commit(1_000_000, `runtime ${committed.length}`);
    }
    expectFull(ending);
    const refused = `runtime ${committed.length}`;
    for (const runtime of ["agent", ...committed]) expect(await browser.stored(runtime)).toMatchObject(revision(1));
    expect(await browser.stored(refused)).toMatchObject(revision(0));

    browser.chromium.disk.makeRoom(LARGE);
    expect(await browser.commit(1_000_000, refused)).toMatchObject(done);
    expect(await browser.open()).toMatchObject(done);
    for (const runtime of ["agent", ...committed, refused]) {
      expect(await browser.stored(runtime)).toMatchObject(revision(1));
    }
  });

  test("a store whose disk is full to the last byte keeps what it acknowledged, and writes again once there is room", async () => {
    await using browser = await startOnSmallDisk();
    expect(await browser.open()).toMatchObject(done);
    expect(await browser.commit(1_000_000)).toMatchObject(done);
    browser.chromium.disk.fill();
    for (let attempt = 0; attempt < 3; attempt++) {
      expectFull(await browser.commit(1_000_000));
      const stored = await browser.stored();
      // LevelDB closes the connection, and opens no other while it cannot write.
      if (engine === "LevelDB") expectFull(stored);
      else expect(stored).toMatchObject(revision(1));
    }
    browser.chromium.disk.makeRoom(LARGE);
    expect(await browser.stored()).toMatchObject(revision(1));
    expect(await browser.commit(1_000_000)).toMatchObject(done);
    expect(await browser.stored()).toMatchObject(revision(2));
    expect(await browser.open()).toMatchObject(done);
    expect(await browser.commit()).toMatchObject(done);
    expect(await browser.stored()).toMatchObject(revision(3));
  });

  test("a browser that starts on a full disk reads what is there, and writes again once there is room", async () => {
    await using browser = await startOnSmallDisk();
    expect(await browser.open()).toMatchObject(done);
    expect(await browser.commit(1_000_000)).toMatchObject(done);
    browser.chromium.disk.fill();
    await browser.restart();
    expect(await browser.open()).toMatchObject(done);
    expect(await browser.stored()).toMatchObject(revision(1));
    expectFull(await browser.commit(1_000_000));
    browser.chromium.disk.makeRoom(LARGE);
    expect(await browser.commit(1_000_000)).toMatchObject(done);
    expect(await browser.stored()).toMatchObject(revision(2));
  });

  test("a store that was never opened cannot be made on a full disk, and can once there is room", async () => {
    await using browser = await startOnSmallDisk();
    browser.chromium.disk.fill();
    const refused = await browser.open();
    // SQLite does not say why it cannot.
    if (engine === "LevelDB") expectFull(refused);
    else expect(refused).toMatchObject({ code: "database_unavailable" });
    browser.chromium.disk.makeRoom(LARGE);
    expect(await browser.open()).toMatchObject(done);
    expect(await browser.commit(1_000_000)).toMatchObject(done);
    expect(await browser.stored()).toMatchObject(revision(1));
  });
});
