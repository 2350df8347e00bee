import { CLOCK_MARGIN_MS } from "./acknowledged.ts";
import type { Commit } from "./judge-commits.ts";
import type { TabHistory, TabViolation } from "./judge-tabs.ts";
import type { Acquired } from "./tab-events.ts";

/** Holds leases, and the commits that were made through them, against each other. */
export function judgeLeases(histories: readonly TabHistory[], commits: readonly Commit[]): TabViolation[] {
  const given = histories
    .flatMap(({ events }) => events.filter((said) => said.event === "acquired"))
    .filter(({ epoch }) => epoch !== undefined);
  const what = [...disorderAmong(given), ...histories.flatMap(lateWritesOf), ...writesOfOthers(given, commits)];
  return what.map((what) => ({ kind: "lease", what }));
}

/** Each lease has an epoch of its own, greater than that of one that had been given before it was asked for. */
function disorderAmong(given: readonly Acquired[]): string[] {
  return given.flatMap((lease, index) =>
    given.flatMap((other, at) => {
      const [epoch = 0, later = 0] = [lease.epoch, other.epoch];
      const isOrdered = lease.ended + CLOCK_MARGIN_MS < other.started;
      if (index < at && epoch === later) return [`epoch ${epoch} was given twice`];
      return isOrdered && epoch > later ? [`epoch ${later} was given behind epoch ${epoch}`] : [];
    }),
  );
}

/** No call that was made through a lease when its tab had been told that it is lost is acknowledged. One that was under way may be. */
function lateWritesOf({ name, events }: TabHistory): string[] {
  const lostAt = new Map<number, number>();
  const lose = (epoch: number, at: number) => void lostAt.set(epoch, lostAt.get(epoch) ?? at);
  return events.flatMap((said) => {
    if (said.event === "lease lost") lose(said.epoch, said.at);
    if (said.event !== "attempt" || said.epoch === undefined) return [];
    if (said.code === "lease_lost") lose(said.epoch, said.ended);
    const isLate = said.sequence !== undefined && said.started > (lostAt.get(said.epoch) ?? Infinity);
    return isLate
      ? [`${name} was told that epoch ${said.epoch} is lost, and ${said.operation_id} is acknowledged`]
      : [];
  });
}

/** Nothing is stored through a lease behind what was stored through a later one, nor if a later one had been given before. */
function writesOfOthers(given: readonly Acquired[], commits: readonly Commit[]): string[] {
  const writes = commits
    .flatMap(({ operation_id, acknowledgement, stored: [stored] }) => {
      if (acknowledgement?.epoch === undefined || !stored) return [];
      return [
        { operation_id, revision: stored.revision, epoch: acknowledgement.epoch, started: acknowledgement.started },
      ];
    })
    .sort((one, other) => one.revision - other.revision);
  let greatest = 0;
  return writes.flatMap(({ operation_id, epoch, started }) => {
    const before = given.filter(({ ended }) => ended + CLOCK_MARGIN_MS < started).map(({ epoch = 0 }) => epoch);
    const latest = Math.max(greatest, ...before);
    greatest = Math.max(greatest, epoch);
    return epoch < latest ? [`${operation_id} was stored in epoch ${epoch}, when it was ${latest}`] : [];
  });
}
