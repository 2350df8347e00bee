import type { BrowserKind } from "../crash/browser-launch.ts";
import type { BenchServer } from "./bench-server.ts";
import { type Contender, OURS, YARDSTICK } from "./contender.ts";
import { type Machine, thisMachine } from "./machine.ts";
import type { Series } from "./plan.ts";
import { runPlan } from "./run-plan.ts";

/** How much to measure. */
export interface Extent {
  readonly browsers: readonly BrowserKind[];
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

/** The browser in which all are measured; in the others it is ours against the yardstick. */
export const MAIN_BROWSER: BrowserKind = "Chromium LevelDB";

const BOTH: readonly Contender[] = [YARDSTICK, OURS];
const STORED: readonly Contender[] = [
  ...BOTH,
  "burrow-store, relaxed",
  "dexie",
  "localforage",
  "@sqlite.org/sqlite-wasm",
];
/** With what tells where our time goes: the part that is not the database, and what the defence against losses adds. */
const ALL: readonly Contender[] = [...STORED, "burrow-store, no defence", "burrow-store, in memory"];

export const SMALL = 10_000;
export const APPENDED_TO = 1_000_000;
/** A longest time is found sooner than a median. */
const BLOCK_ROUNDS_SHARE = 1 / 3;
const PHASE_COMMITS_A_ROUND = 10;

/** Measures everything, one browser after the other. */
export async function measureAll(server: BenchServer, extent: Extent): Promise<BenchRun> {
  const { browsers, sizes, rounds, appends } = extent;
  const series: BenchRun["series"][number][] = [];
  const disk: BenchRun["disk"][number][] = [];
  const run = async (browser: BrowserKind, plan: Parameters<typeof runPlan>[2]) => {
    console.log(`${browser}: ${JSON.stringify(plan)}`);
    const outcome = await runPlan(server, browser, plan);
    series.push(...outcome.series.map((one) => ({ browser, ...one })));
    return outcome;
  };
  for (const browser of browsers) {
    const isMain = browser === MAIN_BROWSER;
    await run(browser, { plan: "time", contenders: isMain ? ALL : BOTH, sizes, rounds });
    if (!isMain) continue;
    await run(browser, { plan: "blocks", contenders: BOTH, sizes, rounds: Math.ceil(rounds * BLOCK_ROUNDS_SHARE) });
    await run(browser, { plan: "phases", contenders: BOTH, bytes: SMALL, commits: rounds * PHASE_COMMITS_A_ROUND });
    for (const contender of STORED) {
      const { diskBytes, liveBytes = 0 } = await run(browser, {
        plan: "appends",
        contender,
        bytes: APPENDED_TO,
        appends,
      });
      disk.push({ contender, diskBytes, liveBytes });
    }
  }
  return { date: new Date().toISOString(), machine: await thisMachine(browsers), extent, series, disk };
}
