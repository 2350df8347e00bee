import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { SCHEMA_VERSION } from "../../src/indexeddb/schema.ts";
import { DISK_ENGINES } from "../browsers/disk-engines.ts";
import { type ModuleServer, serve } from "../browsers/on-disk.ts";
import { FaultyChromium, type Tab } from "./on-disk-faults.ts";

let server: ModuleServer;

beforeAll(async () => {
  server = await serve();
});

afterAll(() => server.close());

describe.each(DISK_ENGINES)("on %s", (engine) => {
  let chromium: FaultyChromium;
  let ours: Tab;
  let other: Tab;

  beforeAll(async () => {
    chromium = await FaultyChromium.start(engine, server);
    ours = await chromium.openTab();
  });

  afterAll(() => chromium.close());

  beforeEach(async () => {
    await chromium.clearSiteData("indexeddb,local_storage");
    other = await chromium.openTab();
  });

  afterEach(async () => {
    await other.page.close();
  });

  const open = (openTimeout = 10_000, startAnew = false) =>
    ours.module.evaluate(({ openStore }, options) => openStore(options), { openTimeout, startAnew });
  const commit = (bytes = 100) => ours.module.evaluate(({ commit }, bytes) => commit({ bytes }), bytes);
  const stored = () => ours.module.evaluate(({ stored }) => stored());
  const hold = (version: number) =>
    other.module.evaluate(({ holdDatabase }, version) => holdDatabase(version), version);
  const revision = (revision: number) => ({ code: "done", value: { revision, contradictions: [] } });

  test("a tab that keeps an older version open, deaf to all, holds up the opening within its limit, until it closes", async () => {
    await hold(1);
    expect(chromium.engineOnDisk()).toBe(engine);
    // `blocked` is fired for the first only: the others find out by the limit.
    for (let attempt = 0; attempt < 3; attempt++) expect(await open(200)).toMatchObject({ code: "database_blocked" });
    const waiting = open();
    await other.page.close();
    expect(await waiting).toMatchObject({ code: "done" });
    expect(await commit()).toMatchObject({ code: "done" });
    expect(await stored()).toMatchObject(revision(1));
    expect(await ours.module.evaluate(({ versions }) => versions())).toEqual([SCHEMA_VERSION]);
  });

  test("a tab that keeps the database open, deaf to all, holds up its deletion within the limit, until it closes", async () => {
    await open();
    await commit();
    await hold(SCHEMA_VERSION);
    const deletion = () => ours.module.evaluate(({ deleteStore }) => deleteStore({ openTimeout: 200 }));
    expect(await deletion()).toMatchObject({ code: "database_blocked" });
    expect(await commit()).toMatchObject({ code: "database_closed" });
    await other.page.close();
    expect(await deletion()).toMatchObject({ code: "done" });
    expect(await open()).toMatchObject({ code: "done" });
    expect(await commit()).toMatchObject({ code: "done" });
    expect(await stored()).toMatchObject(revision(1));
  });

  test("an open store makes way at once for a tab that upgrades, and says so from then on", async () => {
    await open();
    await commit();
    expect(await hold(SCHEMA_VERSION + 1)).toBe(SCHEMA_VERSION + 1);
    for (let call = 0; call < 2; call++) {
      expect(await commit()).toMatchObject({ code: "schema_from_the_future" });
      expect(await stored()).toMatchObject({ code: "schema_from_the_future" });
    }
    expect(await open()).toMatchObject({ code: "schema_from_the_future" });
    expect(await other.module.evaluate(({ countReceipts }) => countReceipts())).toBe(1);
  });

  test("a commit that is under way when another tab upgrades is there, or was refused", async () => {
    await open();
    await commit();
    const [{ code }] = await Promise.all([commit(3_000_000), hold(SCHEMA_VERSION + 1)]);
    expect(["done", "schema_from_the_future"]).toContain(code);
    const receipts = await other.module.evaluate(({ countReceipts }) => countReceipts());
    expect(receipts).toBe(code === "done" ? 2 : 1);
    expect(await stored()).toMatchObject({ code: "schema_from_the_future" });
  });

  test("an open store makes way at once for a tab that deletes the database, and makes none anew", async () => {
    await open();
    await commit();
    await other.module.evaluate(({ deleteDatabase }) => deleteDatabase());
    expect(await commit()).toMatchObject({ code: "database_closed" });
    expect(await stored()).toMatchObject({ code: "database_closed" });
    expect(await ours.module.evaluate(({ versions }) => versions())).toEqual([]);
    expect(await open()).toMatchObject({ code: "database_wiped" });
    expect(await open(10_000, true)).toMatchObject({ code: "done" });
    expect(await stored()).toMatchObject(revision(0));
    expect(await commit()).toMatchObject({ code: "done" });
    expect(await stored()).toMatchObject(revision(1));
  });
});
