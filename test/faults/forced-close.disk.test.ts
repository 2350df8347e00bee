import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DISK_ENGINES } from "../browsers/disk-engines.ts";
import { type ModuleServer, serve } from "../browsers/on-disk.ts";
import { WRITING } from "./fault-page.ts";
import { Random } from "./fuzz-random.ts";
import { FaultyChromium, type Tab } from "./on-disk-faults.ts";

const SEED = process.env.BURROW_SEED ?? String(Date.now());
const ROUNDS = 20;
/** Six blocks: from the first request to the answer it takes 10 to 30 ms, and the fault about 5 to arrive. */
const BYTES = 1_500_000;

/** What to wait for with the fault, and how many milliseconds from then; `before`: the commit waits so long for the fault. */
interface Moment {
  readonly since: "before" | "writing" | "answer";
  readonly wait: number;
}

const MOMENTS: Record<string, (random: Random) => Moment> = {
  "while it is idle": (random) => ({ since: "before", wait: 40 + random.below(20) }),
  "just before a commit": (random) => ({ since: "before", wait: random.below(10) }),
  "during a commit": (random) => ({ since: "writing", wait: random.below(6) }),
  "after a commit": (random) => ({ since: "answer", wait: random.below(6) }),
};

let server: ModuleServer;

beforeAll(async () => {
  server = await serve();
  console.log(`BURROW_SEED=${SEED} repeats the moments of these forced closes`);
});

afterAll(() => server.close());

describe.each(DISK_ENGINES)("on %s, a connection that the browser closes", (engine) => {
  let chromium: FaultyChromium;
  let tab: Tab;

  beforeAll(async () => {
    chromium = await FaultyChromium.start(engine, server);
    tab = await chromium.openTab();
  });

  afterAll(() => chromium.close());

  const openStore = async () => {
    expect(await tab.module.evaluate(({ openStore }) => openStore())).toMatchObject({ code: "done" });
    expect(chromium.engineOnDisk()).toBe(engine);
  };
  const commit = (options: { bytes?: number; wait?: number; number?: number } = {}) =>
    tab.module.evaluate(({ commit }, options) => commit(options), options);
  const stored = () => tab.module.evaluate(({ stored }) => stored());

  /** Commits, with the fault at its moment; tells how the commit ended and where in it the connection was really closed. */
  const commitAt = async ({ since, wait }: Moment, fault: () => Promise<void>) => {
    const writing =
      since === "writing" ? tab.page.waitForEvent("console", (said) => said.text() === WRITING) : undefined;
    const committing = commit(since === "writing" ? { bytes: BYTES } : { wait: since === "before" ? wait : 0 });
    if (since !== "before") await (writing ?? committing).then(() => sleep(wait));
    await fault();
    const ending = await committing;
    const [closed = Number.NaN] = await tab.module.evaluate(({ takeClosings }) => takeClosings());
    expect(closed, "when the connection was closed").not.toBeNaN();
    const place = closed < ending.from ? "before the commit" : closed < ending.to ? "within it" : "after its answer";
    return { ending, place };
  };

  const inRounds = async (moment: string, round: (moment: Moment) => Promise<string>) => {
    const random = new Random(`${SEED} ${moment}`);
    const counts: Record<string, number> = {};
    for (let count = 0; count < ROUNDS; count++) {
      const outcome = await round(MOMENTS[moment]?.(random) ?? { since: "before", wait: 0 });
      counts[outcome] = (counts[outcome] ?? 0) + 1;
    }
    console.log(`${engine}, closed ${moment}:`, counts);
  };

  test.each(Object.keys(MOMENTS))(
    "%s costs nothing when the data are kept: every commit is there, once",
    async (moment) => {
      await chromium.clearSiteData();
      await openStore();
      await chromium.watchConnections();
      let revision = 0;
      await inRounds(moment, async (when) => {
        const { ending, place } = await commitAt(when, () => chromium.closeConnections());
        expect(ending).toMatchObject({ code: "done" });
        revision++;
        expect(await stored()).toMatchObject({ code: "done", value: { revision, contradictions: [] } });
        return `closed ${place}: ${ending.code}, all there`;
      });
      await tab.module.evaluate(({ closeStores }) => closeStores());
    },
  );

  test.each(Object.keys(MOMENTS))(
    "%s, its data cleared, is reported by every call, and only a new store begins anew",
    async (moment) => {
      await chromium.clearSiteData();
      await inRounds(moment, async (when) => {
        await openStore();
        expect(await commit()).toMatchObject({ code: "done" });
        expect(await stored()).toMatchObject({ code: "done", value: { revision: 1, contradictions: [] } });

        const { ending, place } = await commitAt(when, () => chromium.clearSiteData());
        expect(["done", "database_wiped"]).toContain(ending.code);
        expect(await stored()).toMatchObject({ code: "database_wiped" });
        expect(await commit()).toMatchObject({ code: "database_wiped" });
        expect(await tab.module.evaluate(({ versions }) => versions())).toEqual([]);
        await tab.module.evaluate(({ closeStores }) => closeStores());
        return `cleared ${place}: ${ending.code}, then database_wiped`;
      });
    },
  );

  test("is not taken for its own by a store whose data were cleared, when another store has made the database anew", async () => {
    await chromium.clearSiteData();
    await openStore();
    expect(await commit()).toMatchObject({ code: "done" });
    await chromium.clearSiteData();
    await openStore();
    expect(await commit()).toMatchObject({ code: "done" });
    for (let call = 0; call < 2; call++) {
      expect(await commit({ number: 0 })).toMatchObject({ code: "database_wiped" });
      expect(await tab.module.evaluate(({ stored }) => stored({ number: 0 }))).toMatchObject({
        code: "database_wiped",
      });
    }
    expect(await stored()).toMatchObject({ code: "done", value: { revision: 1, contradictions: [] } });
    await tab.module.evaluate(({ closeStores }) => closeStores());
  });
});
