import type { LostStanding, RuntimeStanding } from "../core/errors.ts";
import type { Row, Transaction } from "../engine/index.ts";
import type { HeadRow } from "./heads.ts";
import { isIntact, readRows } from "./rows.ts";

/** How far each runtime has come by its head, also those that were deleted; `undefined` where the head is damaged. */
export type Standings = ReadonlyMap<string, RuntimeStanding | undefined>;

/** What a row of `runtime_heads` tells; `undefined` where it is damaged. */
export function standingOf(row: Row): RuntimeStanding | undefined {
  if (!isIntact(row)) return undefined;
  const { runtime_id, revision, conversation_digest } = row as HeadRow;
  return { runtime_id, revision, ...(conversation_digest === undefined ? {} : { conversation_digest }) };
}

/** Whether a row of `runtime_heads` is what is left of a deleted runtime. */
export const isDeleted = (row: Row): boolean => (row as HeadRow).deleted_at !== undefined;

/** Where all runtimes stand, in `HEAD_SCOPE`; `living` are those that were not deleted. */
export async function readHeads(
  transaction: Transaction,
): Promise<{ readonly standings: Standings; readonly living: readonly RuntimeStanding[] }> {
  const rows = await readRows(transaction, "runtime_heads");
  const living = rows.filter((row) => !isDeleted(row)).map(standingOf);
  return {
    standings: new Map(rows.map((row) => [String(row.runtime_id), standingOf(row)])),
    living: living.filter((standing) => standing !== undefined),
  };
}

/**
 * The runtimes of which less is stored than was acknowledged, or another history. One whose head is damaged is not among them,
 * nor one whose head is lost or late while its revisions go as far as they should: reading it tells of that damage.
 */
export async function findShortfalls(
  transaction: Transaction,
  acknowledged: Iterable<RuntimeStanding>,
  standings: Standings,
): Promise<LostStanding[]> {
  const shortfalls: LostStanding[] = [];
  for (const standing of acknowledged) {
    const { runtime_id, revision } = standing;
    const stored = standings.get(runtime_id);
    const isDamaged = standings.has(runtime_id) && !stored;
    if (isDamaged || (stored && goesAsFar(stored, standing))) continue;
    const [, last] = (await transaction.lastKey("runtime_revisions", [runtime_id])) ?? [];
    const isLate = Number(last) >= revision && stored?.revision !== revision;
    if (!isLate) shortfalls.push({ acknowledged: standing, stored });
  }
  return shortfalls;
}

/** One revision has one conversation; a runtime that was deleted since has none. */
function goesAsFar(stored: RuntimeStanding, acknowledged: RuntimeStanding): boolean {
  if (stored.revision !== acknowledged.revision) return stored.revision > acknowledged.revision;
  const [a, b] = [stored.conversation_digest, acknowledged.conversation_digest];
  return a === undefined || b === undefined || a === b;
}
