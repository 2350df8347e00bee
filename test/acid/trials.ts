import { setTimeout as sleep } from "node:timers/promises";
import type { DiskEngine } from "../browsers/disk-engines.ts";
import type { ModuleServer } from "../browsers/on-disk.ts";
import { FaultyChromium } from "../faults/on-disk-faults.ts";
import { AcidTab } from "./acid-tab.ts";
import type { StoreName } from "./adapter.ts";
import type { Ending } from "./endings.ts";
import { killAgainAndAgain } from "./kill-trial.ts";
import type { Observations, TrialName } from "./verdicts.ts";

/** What is put to the test, and where. */
export interface Subject {
  readonly store: StoreName;
  readonly engine: DiskEngine;
  readonly server: ModuleServer;
}

type Trial<Name extends TrialName> = (subject: Subject) => Promise<Observations[Name]>;

const QUOTA = 3_000_000;
const OVER_QUOTA = 4_000_000;
/** Until a page has heard that its connection was closed, or its database removed. */
const NEWS_MS = 1000;

/** Each makes its fault in a Chromium with a new profile on disk, and tells what the store did. */
export const TRIALS: { readonly [Name in TrialName]: Trial<Name> } = {
  "over quota": inChromium(async (chromium, store) => {
    await chromium.limitQuota(QUOTA);
    const tab = await openTab(chromium);
    await tab.begin(store);
    const saving = await tab.save(2, OVER_QUOTA);
    await tab.close();
    return { saving, stored: await loadInNewTab(chromium, store) };
  }),

  "forced close": inChromium(async (chromium, store) => {
    const tab = await openTab(chromium);
    await tab.begin(store);
    await chromium.watchConnections();
    await chromium.closeConnections();
    await sleep(NEWS_MS);
    const saves = [await tab.save(2), await tab.save(3)] as const;
    const loading = await tab.load();
    await tab.close();
    return { saves, loading, stored: await loadInNewTab(chromium, store) };
  }),

  "kill -9": killAgainAndAgain,

  "older tab": inChromium(async (chromium, store) => {
    const first = await openTab(chromium);
    await first.begin(store);
    const version = await first.version();
    if (version === undefined) throw new Error(`${store} made no database of the name that it was given`);
    await first.close();
    if (version < 2) return { version, calls: [] };
    await chromium.clearSiteData("indexeddb,local_storage");
    const older = await openTab(chromium);
    await older.hold();
    const tab = await openTab(chromium);
    const calls = [await tab.open(store)];
    // A store may open without its database. What comes after a refusal is not asked of any.
    for (const call of [() => tab.save(1), () => tab.load()]) if (isDone(calls)) calls.push(await call());
    return { version, calls };
  }),

  "flipped bit": inChromium(async (chromium, store) => {
    const tab = await openTab(chromium);
    await tab.begin(store);
    await tab.close();
    const other = await openTab(chromium);
    const flips = await other.spoil();
    await other.close();
    return { flips, stored: await loadInNewTab(chromium, store) };
  }),

  "wiped database": inChromium(async (chromium, store) => {
    const first = await openTab(chromium);
    const whenNew = await first.openAndLoad(store);
    await first.close();
    await chromium.clearSiteData("indexeddb,local_storage");
    const tab = await openTab(chromium);
    await tab.begin(store);
    await chromium.clearSiteData("indexeddb");
    await sleep(NEWS_MS);
    const inOpenTab = await tab.load();
    await tab.close();
    return { inOpenTab, stored: await loadInNewTab(chromium, store), whenNew };
  }),

  "two tabs": inChromium(async (chromium, store) => {
    const [one, other] = [await openTab(chromium), await openTab(chromium)];
    await one.begin(store);
    for (const ending of [await other.openAndLoad(store), await one.save(2)]) {
      if (ending.ended !== "done") throw new Error(`${store} in two tabs: ${JSON.stringify(ending)}`);
    }
    const second = await other.save(3);
    await Promise.all([one.close(), other.close()]);
    return { second, stored: await loadInNewTab(chromium, store) };
  }),
};

function inChromium<Seen>(trial: (chromium: FaultyChromium, store: StoreName) => Promise<Seen>) {
  return async ({ store, engine, server }: Subject): Promise<Seen> => {
    await using chromium = await FaultyChromium.start(engine, server);
    return await trial(chromium, store);
  };
}

const isDone = (calls: readonly Ending[]): boolean => calls.every(({ ended }) => ended === "done");

const openTab = async (chromium: FaultyChromium): Promise<AcidTab> => new AcidTab(await chromium.openPage());

/** What is really stored: nothing that a tab has in memory. */
async function loadInNewTab(chromium: FaultyChromium, store: StoreName) {
  return (await openTab(chromium)).openAndLoad(store);
}
