import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Refused, Report, Said } from "./crash-events.ts";
import { judge, type Violation } from "./history.ts";
import type { JobServer } from "./job-server.ts";
import { commitUntilKilled, type KillRound, reportAfter } from "./kill-round.ts";
import { PowerCutDisk } from "./power-cut-disk.ts";

/** What a power cut came to. */
export interface PowerCut {
  /** How many commits were acknowledged before it. */
  readonly acknowledged: number;
  /** Which of them, and of the inputs that were stored before them, are gone. */
  readonly lost: readonly string[];
  /** The code with which opening was refused at first, when it was. */
  readonly told?: string | undefined;
  /** What must never be, whatever is lost: what is there does not fit together, or what was committed since is gone. */
  readonly violations: readonly Violation[];
}

const TURNS_AFTER_CUT = 3;

/**
 * Cuts the power of the disk on which a browser commits, starts the browser again to report and to commit on, ends it in good
 * order, and starts it once more to report.
 */
export async function cutPower(server: JobServer, round: KillRound): Promise<PowerCut> {
  const folder = await mkdtemp(join(tmpdir(), "burrow-power-cut-"));
  try {
    await using disk = new PowerCutDisk(folder);
    const profile = join(disk.folder, "profile");
    const cut = await commitUntilKilled(server, profile, round, () => disk.cut());
    await disk.restore();
    return await examine(server, profile, round, cut);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function examine(server: JobServer, profile: string, round: KillRound, cut: readonly Said[]): Promise<PowerCut> {
  const turns = { bytes: round.bytes, times: TURNS_AFTER_CUT };
  let first = await reportAfter(server, profile, { round, visits: [cut], turns });
  const told = lossToldBy(first.report);
  if (told !== undefined) first = await reportAfter(server, profile, { round, visits: [cut], turns, startsAnew: true });
  const second = await reportAfter(server, profile, { round, visits: [cut, first.said] });
  const atOnce = judge([cut], first.report);
  const later = judge([cut, first.said], second.report);
  const acknowledged = cut.filter(({ event }) => event === "acknowledged").length;
  const ids = cut.flatMap((said) => ("operation_id" in said ? [said.operation_id] : []));
  // Of a wiped database the first judgement tells no more than that.
  const isOfCut = ({ what }: Violation) => ids.some((id) => what.includes(id));
  const all = atOnce.isWiped ? later.violations.filter(isOfCut) : atOnce.violations;
  const lost = all.filter(({ kind }) => kind === "lost").map(({ what }) => what);
  const others = [...atOnce.violations, ...later.violations].filter(({ what }) => !lost.includes(what));
  const wiped: Violation[] = later.isWiped ? [{ kind: "lost", what: "all that was committed since the cut" }] : [];
  return { acknowledged, lost, told, violations: [...others, ...wiped] };
}

function lossToldBy(report: Report | Refused): string | undefined {
  const code = report.event === "refused" ? report.error.code : undefined;
  return code === "database_wiped" || code === "database_rolled_back" ? code : undefined;
}
