import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DISK_ENGINES } from "../browsers/disk-engines.ts";
import { type ModuleServer, serve } from "../browsers/on-disk.ts";
import type { Ending } from "./fault-page.ts";
import { FaultyChromium } from "./on-disk-faults.ts";

/** Well above the 4 MiB that LevelDB's log grows to before what was overwritten in it makes room again. */
const QUOTA = 12_000_000;

let server: ModuleServer;

beforeAll(async () => {
  server = await serve();
});

afterAll(() => server.close());

describe.each(DISK_ENGINES)("on %s", (engine) => {
  /** A store with one small commit, in a browser that lets it have no more than `QUOTA`. */
  async function openLimited() {
    const chromium = await FaultyChromium.start(engine, server);
    await chromium.limitQuota(QUOTA);
    const tab = await chromium.openTab();
    const open = () => tab.module.evaluate(({ openStore }) => openStore());
    const commit = (bytes: number, runtimeId = "agent") =>
      tab.module.evaluate(({ commit }, options) => commit(options), { bytes, runtimeId });
    const stored = () => tab.module.evaluate(({ stored }) => stored());
    const deleteRuntime = (id: string) => tab.module.evaluate(({ deleteRuntime }, id) => deleteRuntime(id), id);
    expect(await open()).toMatchObject({ code: "done" });
    return { chromium, open, commit, stored, deleteRuntime, [Symbol.asyncDispose]: () => chromium.close() };
  }

  const revision = (revision: number) => ({ code: "done", value: { revision, contradictions: [] } });

  const expectRefused = (ending: Ending<unknown>) => {
    expect(ending).toMatchObject({ code: "quota_exceeded" });
    expect(ending.storage).toEqual({ usage: expect.any(Number) as number, quota: expect.any(Number) as number });
  };

  test("a commit over quota writes nothing, reads go on, and the same store writes when there is room again", async () => {
    await using browser = await openLimited();
    expect(await browser.commit(1_000)).toMatchObject({ code: "done" });
    expect(browser.chromium.engineOnDisk()).toBe(engine);
    for (let attempt = 0; attempt < 2; attempt++) {
      expectRefused(await browser.commit(QUOTA));
      expect(await browser.stored()).toMatchObject(revision(1));
    }
    await browser.chromium.limitQuota();
    expect(await browser.commit(QUOTA)).toMatchObject({ code: "done" });
    expect(await browser.stored()).toMatchObject(revision(2));
    await browser.open();
    expect(await browser.stored()).toMatchObject(revision(2));
    expect(await browser.commit(1_000)).toMatchObject({ code: "done" });
    expect(await browser.stored()).toMatchObject(revision(3));
  });

  test("an origin that is full keeps every commit that it acknowledged, and deleting a runtime makes room", async () => {
    await using browser = await openLimited();
    expect(await browser.commit(3_000_000, "old")).toMatchObject({ code: "done" });
    let committed = 0;
    let ending = await browser.commit(10_000);
    while (ending.code === "done" && committed < 50) {
      committed++;
      ending = await browser.commit(400_000 * committed);
    }
    expectRefused(ending);
    expect(await browser.stored()).toMatchObject(revision(committed));
    // A deletion writes a few hundred bytes itself. What the refused commit was too large for is left to it.
    expect(await browser.deleteRuntime("old")).toMatchObject({ code: "done" });
    expect(await browser.commit(10_000)).toMatchObject({ code: "done" });
    expect(await browser.stored()).toMatchObject(revision(committed + 1));
    await browser.open();
    expect(await browser.stored()).toMatchObject(revision(committed + 1));
  });
});
