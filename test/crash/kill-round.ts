import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { diskEngineOf } from "../browsers/disk-engines.ts";
import type { BrowserKind } from "./browser-launch.ts";
import type { Refused, Report, Said, StoreOptions, Turns } from "./crash-events.ts";
import { type Judgement, judge } from "./history.ts";
import type { JobServer } from "./job-server.ts";
import { startBrowser } from "./plain-browser.ts";
import { ANSWER_LIMIT_MS, visitInBrowser } from "./visit-in-browser.ts";

/** One kill: of which browser, what it was committing, and how many milliseconds after the first acknowledgement. */
export interface KillRound {
  readonly kind: BrowserKind;
  readonly options: StoreOptions;
  readonly bytes: number;
  readonly delay: number;
  /** What is done to the profile before the browser is started again. */
  readonly afterKill?: (profile: string) => void;
}

const TURNS_AFTER_RESTART = 3;

/**
 * Kills a browser on a new profile while it commits, starts it again to report and to commit on, ends it in good order, and
 * starts it once more to report. Gives what each of the two reports came to.
 *
 * The second one matters: what Chromium's LevelDB engine made of a torn log it finds out when the log is read once more.
 */
export async function killRound(server: JobServer, round: KillRound): Promise<Judgement[]> {
  const { kind, bytes } = round;
  const profile = await mkdtemp(join(tmpdir(), "burrow-crash-"));
  try {
    const killed = await commitUntilKilled(server, profile, round);
    if (kind.startsWith("Chromium") && kind !== `Chromium ${String(diskEngineOf(profile))}`) {
      throw new Error(`${kind} did not obey: it keeps its data on ${String(diskEngineOf(profile))}`);
    }
    round.afterKill?.(profile);
    const first = await reportAfter(server, profile, {
      round,
      visits: [killed],
      turns: { bytes, times: TURNS_AFTER_RESTART },
    });
    const judgement = judge([killed], first.report);
    if (first.report.event === "refused" || judgement.isWiped) return [judgement];
    const visits = [killed, first.said];
    const second = await reportAfter(server, profile, { round, visits });
    return [judgement, judge(visits, second.report)];
  } finally {
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Has a browser commit turn after turn until it is killed; gives what its page said. `beforeKill` comes right before. */
export async function commitUntilKilled(
  server: JobServer,
  profile: string,
  round: KillRound,
  beforeKill?: () => void,
): Promise<readonly Said[]> {
  const visit = server.visit({ job: "commit", options: round.options, turns: { bytes: round.bytes } });
  const browser = await startBrowser(round.kind, profile, visit.url);
  try {
    await visit.next("acknowledged");
    await sleep(round.delay);
    beforeKill?.();
  } finally {
    await browser.kill();
  }
  return visit.events;
}

interface Reporting {
  readonly round: KillRound;
  /** What was said before. */
  readonly visits: readonly (readonly Said[])[];
  /** What to commit behind the report. */
  readonly turns?: Turns;
  readonly startsAnew?: boolean;
}

/** Starts a browser that reports what is stored, and is ended in good order. */
export async function reportAfter(
  server: JobServer,
  profile: string,
  { round, visits, turns, startsAnew }: Reporting,
): Promise<{ report: Report | Refused; said: readonly Said[] }> {
  const operations = visits.flat().flatMap((said) => (said.event === "asked" ? [said.operation_id] : []));
  const job = { job: "report", options: round.options, operations, turns, startsAnew } as const;
  return visitInBrowser(server, { kind: round.kind, profile, job }, async (visit) => {
    const report = await visit.next(["report", "refused"], ANSWER_LIMIT_MS);
    if (report.event === "report") await visit.next("closed", ANSWER_LIMIT_MS);
    return { report, said: visit.events };
  });
}
