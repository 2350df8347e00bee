import type { BrowserKind } from "../crash/browser-launch.ts";
import type { BenchServer } from "./bench-server.ts";
import { type Contender, OURS, YARDSTICK } from "./contender.ts";
import { type Machine, thisMachine } from "./machine.ts";
import type { Plan, Series } from "./plan.ts";
import { runPlan } from "./run-plan.ts";

/** How much to measure. */
export interface Extent {
  /** Besides Chromium on LevelDB, in which all are measured. */
  readonly otherBrowsers: readonly BrowserKind[];
  readonly sizes: readonly number[];
  readonly rounds: number;
  readonly appends: number;
}

/** All that one run measured; what is printed and drawn is made of this alone. */
export interface BenchRun {
  readonly date: string;
  readonly machine: Machine;
  readonly extent: Extent;
  readonly series: readonly (Series & { readonly browser: BrowserKind })[];
  /** What was on the disk after the appends, and how much of it an app could still read. */
  readonly disk: readonly { readonly contender: Contender; readonly diskBytes: number; readonly liveBytes: number }[];
}

/** Where all are measured; in the other browsers it is ours against the yardstick. */
export const MAIN_BROWSER: BrowserKind = "Chromium LevelDB";

const BOTH: readonly Contender[] = [YARDSTICK, OURS];
const APART: readonly Contender[] = [...BOTH, "dexie", "localforage", "@sqlite.org/sqlite-wasm"];
/** With what tells where our time goes: the disk, the defence against losses, and all that is not the database. */
const ALL: readonly Contender[] = [
  ...APART,
  "burrow-store, relaxed",
  "burrow-store, no defence",
  "burrow-store, in memory",
];

export const SMALL = 10_000;
export const APPENDED_TO = 1_000_000;
/** From here on a commit takes so long that there is time for a few rounds only. */
const LARGE = 5_000_000;
/** What has fewer rounds: large conversations, the other browsers, and a longest time, which is found sooner than a median. */
const SMALL_SHARE = 1 / 3;
const PHASE_COMMITS_A_ROUND = 10;

/** Measures everything, one browser after the other; `keep` is given what there is whenever there is more. */
export async function measureAll(
  server: BenchServer,
  extent: Extent,
  keep: (run: BenchRun) => void,
): Promise<BenchRun> {
  const { otherBrowsers, sizes, rounds, appends } = extent;
  const machine = await thisMachine([MAIN_BROWSER, ...otherBrowsers]);
  let all: BenchRun = { date: new Date().toISOString(), machine, extent, series: [], disk: [] };
  const run = async (browser: BrowserKind, plan: Plan) => {
    console.log(`${browser}: ${JSON.stringify(plan)}`);
    const { series, liveBytes, diskBytes } = await runPlan(server, browser, plan);
    all = { ...all, series: [...all.series, ...series.map((one) => ({ browser, ...one }))] };
    if (plan.plan === "appends" && liveBytes !== undefined) {
      all = { ...all, disk: [...all.disk, { contender: plan.contender, diskBytes, liveBytes }] };
    }
    keep(all);
  };
  const sizesFor = (rounds: number) =>
    sizes.map((bytes) => ({ bytes, rounds: Math.ceil(bytes < LARGE ? rounds : rounds * SMALL_SHARE) }));

  await run(MAIN_BROWSER, { plan: "time", contenders: ALL, sizes: sizesFor(rounds) });
  await run(MAIN_BROWSER, { plan: "blocks", contenders: BOTH, sizes: sizesFor(rounds * SMALL_SHARE) });
  await run(MAIN_BROWSER, { plan: "phases", contenders: BOTH, bytes: SMALL, commits: rounds * PHASE_COMMITS_A_ROUND });
  for (const browser of otherBrowsers) {
    await run(browser, { plan: "time", contenders: BOTH, sizes: sizesFor(rounds * SMALL_SHARE) });
  }
  for (const contender of APART) {
    await run(MAIN_BROWSER, { plan: "appends", contender, bytes: APPENDED_TO, appends });
  }
  return all;
}
