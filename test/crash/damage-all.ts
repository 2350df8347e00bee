import { join } from "node:path";
import type { BrowserKind } from "./browser-launch.ts";
import { type DamageResult, type DamageRound, damageRound } from "./damage-round.ts";
import { inLanes } from "../faults/in-lanes.ts";
import type { JobServer } from "./job-server.ts";
import type { Wrong } from "./judge-readings.ts";

/** What came of all damages of one kind in one browser: each round counts once, by what showed first. */
export interface DamageTally {
  readonly kind: BrowserKind;
  readonly damage: DamageRound["damage"];
  rounds: number;
  harmless: number;
  /** How often opening was refused, by the code. */
  readonly atOpen: Record<string, number>;
  atLoad: number;
  byVerify: number;
  /** The rounds in which something went wrong, and what, at each start of the browser. */
  readonly wrong: {
    readonly round: string;
    readonly starts: readonly { readonly start: number; readonly wrongs: readonly Wrong[] }[];
  }[];
}

/** Makes these damages in a folder, two side by side, and tells by browser and kind what came of them. */
export async function damageAll(
  server: JobServer,
  rounds: readonly DamageRound[],
  folder: string,
): Promise<DamageTally[]> {
  const tallies = new Map<string, DamageTally>();
  await inLanes(2, rounds, async (round, index) => {
    note(tallies, round, await damageRound(server, round, join(folder, `round ${index}`)));
  });
  return [...tallies.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, tally]) => tally);
}

function note(tallies: Map<string, DamageTally>, round: DamageRound, { done, showings }: DamageResult): void {
  const { template, damage, seed } = round;
  const { kind } = template;
  const key = `${kind}, ${damage}`;
  const none = { rounds: 0, harmless: 0, atOpen: {}, atLoad: 0, byVerify: 0, wrong: [] };
  const tally: DamageTally = tallies.get(key) ?? { kind, damage, ...none };
  tallies.set(key, tally);
  tally.rounds++;
  const code = showings.find(({ atOpen }) => atOpen !== undefined)?.atOpen;
  if (showings.some(({ wrongs }) => wrongs.length > 0)) {
    const starts = showings.map(({ wrongs }, index) => ({ start: index + 1, wrongs }));
    tally.wrong.push({ round: `${key}, seed "${seed}": ${done}`, starts });
  } else if (code !== undefined) tally.atOpen[code] = (tally.atOpen[code] ?? 0) + 1;
  else if (showings.some(({ atLoad }) => atLoad.length > 0)) tally.atLoad++;
  else if (showings.some(({ byVerify }) => byVerify.length > 0)) tally.byVerify++;
  else tally.harmless++;
}
