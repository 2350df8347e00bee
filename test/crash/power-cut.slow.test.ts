import { expect, test } from "vitest";
import { Random } from "../faults/fuzz-random.ts";
import { inLanes } from "../faults/in-lanes.ts";
import { BROWSER_KINDS, type BrowserKind, isStartable } from "./browser-launch.ts";
import { JobServer } from "./job-server.ts";
import type { KillRound } from "./kill-round.ts";
import { cutPower, type PowerCut } from "./power-cut.ts";
import { PowerCutDisk } from "./power-cut-disk.ts";

const SEED = process.env.BURROW_SEED ?? String(Date.now());
/** Of each browser under each durability. */
const CUTS = Number(process.env.BURROW_POWER_CUTS ?? 12);
const SIZES = [2000, 300_000, 10_000_000];
const LONGEST_DELAY_MS = 3000;
const LIMIT_OF_A_CUT_MS = 120_000;
type Durability = "strict" | "relaxed";

const kinds = BROWSER_KINDS.filter((kind) => PowerCutDisk.isPossible && isStartable(kind));
const cases = kinds.flatMap((kind) => (["strict", "relaxed"] as const).map((durability) => ({ kind, durability })));
if (!PowerCutDisk.isPossible) console.warn("NOT TESTED: power cuts. It takes Linux, and root to mount a disk.");
console.log(`BURROW_SEED=${SEED} repeats the moments of these power cuts`);

test.runIf(cases.length > 0).each(cases)(
  "after a power cut what $kind has committed ($durability) is whole",
  { timeout: CUTS * LIMIT_OF_A_CUT_MS },
  async ({ kind, durability }) => {
    await using server = await JobServer.start();
    const cuts: PowerCut[] = [];
    await inLanes(2, roundsOf(kind, durability), async (round) => {
      cuts.push(await cutPower(server, round));
    });
    console.table([{ kind, durability, ...tallyOf(cuts) }]);
    expect(cuts.flatMap(({ violations }) => violations)).toEqual([]);
    if (durability === "strict") expect(cuts.flatMap(({ lost }) => lost)).toEqual([]);
  },
);

function roundsOf(kind: BrowserKind, durability: Durability): KillRound[] {
  const random = new Random(`${SEED} ${kind} ${durability}`);
  return Array.from({ length: CUTS }, (_, index) => {
    const bytes = SIZES[index % SIZES.length] ?? 0;
    return { kind, options: { durability }, bytes, delay: random.below(LONGEST_DELAY_MS) };
  });
}

function tallyOf(cuts: readonly PowerCut[]) {
  const sum = (of: (cut: PowerCut) => number) => cuts.reduce((total, cut) => total + of(cut), 0);
  const lossy = cuts.filter(({ lost }) => lost.length > 0);
  return {
    cuts: cuts.length,
    acknowledged: sum(({ acknowledged }) => acknowledged),
    lost: sum(({ lost }) => lost.length),
    "cuts with loss": lossy.length,
    "of them told": lossy.filter(({ told }) => told !== undefined).length,
    "told without": cuts.filter(({ told, lost }) => told !== undefined && lost.length === 0).length,
    wrong: sum(({ violations }) => violations.length),
  };
}
