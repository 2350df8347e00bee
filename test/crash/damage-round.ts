import { cp, rm } from "node:fs/promises";
import { Random } from "../faults/fuzz-random.ts";
import { type Damage, inflict } from "./damage.ts";
import { readIn, type Template } from "./damage-template.ts";
import type { JobServer } from "./job-server.ts";
import { type Answer, judgeReadings, type Showing } from "./judge-readings.ts";

/** One damage: of a copy of which profile, which kind, and the seed of its chances. */
export interface DamageRound {
  readonly template: Template;
  /** `none` must do no harm. */
  readonly damage: Damage | "none";
  readonly seed: string;
}

/** What was done in a round, and how it showed at each start of the browser. */
export interface DamageResult {
  readonly done: string;
  readonly showings: readonly Showing[];
}

/**
 * Damages a copy of a profile, and has a browser read all of it, twice: some damage Chromium finds only when it opens the
 * files once more, and then it may begin anew.
 */
export async function damageRound(server: JobServer, round: DamageRound, profile: string): Promise<DamageResult> {
  const { kind, olderCopies, truth } = round.template;
  await cp(round.template.profile, profile, { recursive: true, preserveTimestamps: true });
  try {
    const random = new Random(round.seed);
    const done = round.damage === "none" ? "nothing" : inflict(round.damage, profile, { random, olderCopies });
    const showings: Showing[] = [];
    for (let start = 1; start <= 2; start++) {
      const answer: Answer = await readIn(server, { kind, profile, job: { job: "read" } }).catch((error: unknown) => ({
        event: "nothing",
        why: String(error),
      }));
      showings.push(judgeReadings(truth, answer));
    }
    return { done, showings };
  } finally {
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
