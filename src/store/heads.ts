import type { RuntimeHead } from "../contract/index.ts";
import type { Scope, Transaction } from "../engine/index.ts";
import { corruptRow, getRow, putRow } from "./rows.ts";

/** A runtime's head as stored: what callers see of it, and what only the store needs. */
// Picking every member makes an alias of the interface, which unlike it is assignable to a row.
export type HeadRow = Pick<RuntimeHead, keyof RuntimeHead> & {
  readonly body_id?: string | undefined;
  /** A random id, new at every writing of the body. */
  readonly body_version?: string | undefined;
  /** The xxHash32 that the engine sealed the body with. */
  readonly body_seal?: number | undefined;
  /** That of the runtime's last lease, absent until the first; like the revision it never restarts. */
  readonly lease_epoch?: number | undefined;
  /** Milliseconds since the epoch; then all that is left are revision and lease epoch. */
  readonly deleted_at?: number | undefined;
};

/** The tables that tell where a runtime stands. */
export const HEAD_SCOPE: Scope = ["runtime_heads", "runtime_revisions"];

/**
 * The head row of a runtime, also that of a deleted one. No runtime with a receipt is without: where it is lost, the runtime
 * is damaged, not new.
 */
export async function loadHeadRow(transaction: Transaction, runtimeId: string): Promise<HeadRow | undefined> {
  const row = await getRow<HeadRow>(transaction, "runtime_heads", [runtimeId]);
  if (row || !(await transaction.lastKey("runtime_revisions", [runtimeId]))) return row;
  throw corruptRow("runtime_heads", [runtimeId], "is gone, its runtime's receipts are not");
}

export function putHeadRow(transaction: Transaction, row: HeadRow): void {
  putRow(transaction, "runtime_heads", row);
}

/** Makes sure that a runtime which something is stored for has a head, and tells its revision. */
export async function ensureHead(transaction: Transaction, runtimeId: string): Promise<number> {
  const row = await loadHeadRow(transaction, runtimeId);
  const revision = row?.revision ?? 0;
  if (!row || row.deleted_at !== undefined) {
    putHeadRow(transaction, { runtime_id: runtimeId, revision, lease_epoch: row?.lease_epoch });
  }
  return revision;
}

/** The members by which a head names its session and body. */
export type SessionMembers = Pick<
  HeadRow,
  "session_id" | "conversation_digest" | "message_count" | "byte_length" | "body_id" | "body_version" | "body_seal"
>;

export function sessionMembersOf(row: Partial<HeadRow> = {}): SessionMembers {
  const { session_id, conversation_digest, message_count, byte_length, body_id, body_version, body_seal } = row;
  return { session_id, conversation_digest, message_count, byte_length, body_id, body_version, body_seal };
}

/** What callers see of a head; `undefined` for a deleted runtime. */
export function visibleHead(row: HeadRow | undefined): RuntimeHead | undefined {
  return row && row.deleted_at === undefined ? headOf(row) : undefined;
}

export function headOf(row: HeadRow): RuntimeHead {
  const { runtime_id, revision, session_id, conversation_digest, message_count, byte_length, run_id, sequence } = row;
  const { committed_at } = row;
  if (committed_at === undefined) return { runtime_id, revision };
  const ofReceipt = { run_id, sequence, committed_at };
  if (session_id === undefined) return { runtime_id, revision, ...ofReceipt };
  return { runtime_id, revision, session_id, conversation_digest, message_count, byte_length, ...ofReceipt };
}
