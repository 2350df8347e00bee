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
  readonly bytes?: number;
  /** How many commits to make in a row; one, if left out. */
  readonly times?: number;
}

const MOMENTS: Record<string, (random: Random) => Moment> = {
  "while it is idle": (random) => ({ since: "before", wait: 40 + random.below(20) }),
  "just before a commit": (random) => ({ since: "before", wait: random.below(10) }),
  "during a commit": (random) => ({ since: "writing", wait: random.below(6), bytes: BYTES }),
  // Chromium lets transactions hang that begin when it has closed the connection and the page has not heard of it.
  "during a row of commits": (random) => ({ since: "writing", wait: random.below(20), times: 12 }),
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

  const openStore = async (startAnew = false) => {
    const opening = tab.module.evaluate(({ openStore }, startAnew) => openStore({ startAnew }), startAnew);
    expect(await opening).toMatchObject({ code: "done" });
    expect(chromium.engineOnDisk()).toBe(engine);
  };
  const deleteStore = () => tab.module.evaluate(({ deleteStore }) => deleteStore());
  const commit = (options: { bytes?: number; wait?: number; number?: number } = {}) =>
    tab.module.evaluate(({ commit }, options) => commit(options), options);
  const stored = () => tab.module.evaluate(({ stored }) => stored());

  /** Commits, with the fault at its moment; tells how the commits ended and where the connection was really closed. */
  const commitAt = async ({ since, wait, ...options }: Moment, fault: () => Promise<void>) => {
    const writing =
      since === "writing" ? tab.page.waitForEvent("console", (said) => said.text() === WRITING) : undefined;
    const given = { times: 1, ...options, wait: since === "before" ? wait : 0 };
    const committing = tab.module.evaluate(({ commits }, given) => commits(given), given);
    if (since !== "before") await (writing ?? committing).then(() => sleep(wait));
    await fault();
    const endings = await committing;
    const [closed = Number.NaN] = await tab.module.evaluate(({ takeClosings }) => takeClosings());
    expect(closed, "when the connection was closed").not.toBeNaN();
    const last = endings.at(-1);
    const isBefore = closed < (endings[0]?.from ?? 0);
    const place = isBefore ? "before the commit" : closed < (last?.to ?? 0) ? "within it" : "after its answer";
    return { codes: endings.map(({ code }) => code), place };
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
      await deleteStore();
      await openStore();
      await chromium.watchConnections();
      let revision = 0;
      await inRounds(moment, async (when) => {
        const { codes, place } = await commitAt(when, () => chromium.closeConnections());
        expect(new Set(codes)).toEqual(new Set(["done"]));
        revision += codes.length;
        expect(await stored()).toMatchObject({ code: "done", value: { revision, contradictions: [] } });
        return `closed ${place}: done, all there`;
      });
      await tab.module.evaluate(({ closeStores }) => closeStores());
    },
  );

  test.each(Object.keys(MOMENTS))(
    "%s, its data cleared, is reported by every call and opening until somebody deletes what is gone",
    async (moment) => {
      await inRounds(moment, async (when) => {
        await deleteStore();
        await openStore();
        expect(await commit()).toMatchObject({ code: "done" });
        expect(await stored()).toMatchObject({ code: "done", value: { revision: 1, contradictions: [] } });

        const { codes, place } = await commitAt(when, () => chromium.clearSiteData());
        expect(codes.join()).toMatch(/^(done,?)*(database_wiped,?)*$/);
        expect(await stored()).toMatchObject({ code: "database_wiped" });
        expect(await commit()).toMatchObject({ code: "database_wiped" });
        expect(await tab.module.evaluate(({ openStore }) => openStore())).toMatchObject({ code: "database_wiped" });
        expect(await tab.module.evaluate(({ versions }) => versions())).toEqual([]);
        await tab.module.evaluate(({ closeStores }) => closeStores());
        return `cleared ${place}: ${codes.at(-1)}, then database_wiped`;
      });
    },
  );

  test("is not taken for its own by a store whose data were cleared, when another store has made the database anew", async () => {
    await deleteStore();
    await openStore();
    expect(await commit()).toMatchObject({ code: "done" });
    await chromium.clearSiteData();
    await openStore(true);
    expect(await commit()).toMatchObject({ code: "done" });
    for (let call = 0; call < 2; call++) {
      // The loss was accepted, by the other.
      expect(await commit({ number: 0 })).toMatchObject({ code: "database_closed" });
      expect(await tab.module.evaluate(({ stored }) => stored({ number: 0 }))).toMatchObject({
        code: "database_closed",
      });
    }
    expect(await stored()).toMatchObject({ code: "done", value: { revision: 1, contradictions: [] } });
    await tab.module.evaluate(({ closeStores }) => closeStores());
  });
});
