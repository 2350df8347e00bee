import type { LostStanding, RuntimeStanding } from "../core/errors.ts";
import type { Row, Transaction } from "../engine/index.ts";
import { HEAD_SCOPE, type HeadRow } from "./heads.ts";
import { isIntact, readRows } from "./rows.ts";

/** The tables that tell how far each runtime has come. */
export const STANDINGS_SCOPE = HEAD_SCOPE;

/** How far each runtime has come by its head, also those that were deleted; `undefined` where the head is damaged. */
export type Standings = ReadonlyMap<string, RuntimeStanding | undefined>;

/** What a row of `runtime_heads` tells; `undefined` where it is damaged. */
export function standingOf(row: Row): RuntimeStanding | undefined {
  if (!isIntact(row)) return undefined;
  const { runtime_id, revision, conversation_digest } = row as HeadRow;
  return { runtime_id, revision, ...(conversation_digest === undefined ? {} : { conversation_digest }) };
}

export async function readStandings(transaction: Transaction): Promise<Standings> {
  const rows = await readRows(transaction, "runtime_heads");
  return new Map(rows.map((row) => [String(row.runtime_id), standingOf(row)]));
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
