import { Random } from "../faults/fuzz-random.ts";
import type { BrowserKind } from "./browser-launch.ts";
import type { Judgement, Violation } from "./history.ts";
import { inLanes } from "../faults/in-lanes.ts";
import type { JobServer } from "./job-server.ts";
import { type KillRound, killRound } from "./kill-round.ts";

const SIZES = [2000, 300_000, 10_000_000];
const DURABILITIES = ["strict", "relaxed"] as const;
/** A commit of 10 MB takes some hundred milliseconds. */
const longestDelay = (bytes: number) => (bytes > 1_000_000 ? 2000 : 400);

/** What came of all kills of one browser. */
export interface Tally {
  readonly kind: BrowserKind;
  kills: number;
  acknowledged: number;
  landed: number;
  wipes: number;
  readonly violations: (Violation & { readonly round: string })[];
}

/** Which kills to make in a browser, each after a chance delay: six in a row have every size with every durability. */
export function killsOf(kind: BrowserKind, kills: number, seed: string): KillRound[] {
  const random = new Random(`${seed} ${kind}`);
  return Array.from({ length: kills }, (_, index) => {
    const bytes = SIZES[index % SIZES.length] ?? 0;
    const durability = DURABILITIES[index % DURABILITIES.length];
    return { kind, options: { durability }, bytes, delay: random.below(longestDelay(bytes)) };
  });
}

/**
 * Makes these kills, so many side by side, and tells browser by browser what came of them. A round that cannot be carried to
 * its end rejects, once those that run beside it have ended.
 */
export async function killAll(server: JobServer, rounds: readonly KillRound[], sideBySide: number): Promise<Tally[]> {
  const tallies = new Map<BrowserKind, Tally>();
  await inLanes(sideBySide, rounds, async (round, index) => {
    const name = `${index}: ${JSON.stringify(round)}`;
    try {
      note(tallies, round.kind, { name, judgements: await killRound(server, round) });
    } catch (cause) {
      throw new Error(`round ${name} came to no end`, { cause });
    }
  });
  return [...tallies.values()];
}

function note(
  tallies: Map<BrowserKind, Tally>,
  kind: BrowserKind,
  { name, judgements }: { readonly name: string; readonly judgements: readonly Judgement[] },
): void {
  const tally = tallies.get(kind) ?? { kind, kills: 0, acknowledged: 0, landed: 0, wipes: 0, violations: [] };
  tallies.set(kind, tally);
  tally.kills++;
  tally.acknowledged += judgements.at(-1)?.acknowledged ?? 0;
  tally.landed += judgements[0]?.landed ?? 0;
  tally.wipes += judgements.filter(({ isWiped }) => isWiped).length;
  // What the first report found, the second finds again.
  const violations = new Map(judgements.flatMap(({ violations }) => violations.map((found) => [found.what, found])));
  tally.violations.push(...[...violations.values()].map((violation) => ({ ...violation, round: name })));
}
