import { newUuid, type SessionId } from "../core/ids.ts";
import type { SnapshotReading } from "../digest/read-snapshot.ts";
import { BODIES, Body, type Transaction } from "../engine/index.ts";
import type { HeadRow, SessionMembers } from "./heads.ts";
import type { Snapshot } from "./issued-snapshots.ts";
import { corruptRow, getRow, isIntact, putRow, readRow } from "./rows.ts";

/** A session's row in the catalog, with the columns of the native store's `sessions` table and a pointer to the body. */
export type SessionRow = {
  readonly session_id: SessionId;
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
  readonly message_count: number;
  readonly total_tokens: number;
  readonly metadata_json: string;
  readonly conversation_digest: string;
  readonly byte_length: number;
  readonly body_id: string;
  readonly body_seal: number;
  /** The runtime that wrote the session last, whose head may point at the same body; absent after `SessionStore.save`. */
  readonly runtime_id?: string | undefined;
};

/** A body that was written, as rows name it. */
export type PlacedBody = Pick<SessionRow, "body_id" | "body_seal">;
/** A snapshot to be written, and what reading it gave. */
export type ReadBody = Pick<Snapshot, "body" | "reading">;

/** What stands under an id that was never used. */
const NOTHING = new Body([]);

export function loadSessionRow(transaction: Transaction, sessionId: SessionId): Promise<SessionRow | undefined> {
  return getRow<SessionRow>(transaction, "sessions", [sessionId]);
}

/**
 * The row that a write is about to replace or remove. A damaged one counts as absent, so that writing is the way to be rid
 * of it; the body that it named stays behind.
 */
export async function loadReplacedSessionRow(
  transaction: Transaction,
  sessionId: SessionId,
): Promise<SessionRow | undefined> {
  const row = await readRow(transaction, "sessions", [sessionId]);
  return row && isIntact(row) ? (row as SessionRow) : undefined;
}

/**
 * Writes a runtime's snapshot as its body and as its session's catalog row. A runtime that stays with its session writes
 * its own body again, and of it only what differs, if the head's version tells that it is the one issued before; one that
 * turns to another session begins a new body, and never touches another owner's.
 * @returns the members by which the head names the session and its body.
 */
export async function placeSnapshot(
  transaction: Transaction,
  snapshot: Snapshot,
  runtime: { readonly runtimeId: string; readonly head: HeadRow | undefined; readonly catalog: SessionRow | undefined },
): Promise<SessionMembers> {
  const { head, catalog } = runtime;
  const { session_id, conversation_digest, message_count } = snapshot.reading;
  const left = head?.session_id === session_id ? undefined : head;
  const body_id = (left ? undefined : head?.body_id) ?? newUuid();
  const { body, version: body_version } = snapshot;
  const stored = head?.body_id === body_id ? snapshot.storedOf(head) : NOTHING;
  const body_seal = await transaction.writeBody(body_id, body, stored);
  putSessionRow(transaction, snapshot, { body_id, body_seal, runtime_id: runtime.runtimeId });
  if (catalog && catalog.body_id !== body_id) await releaseCatalogBody(transaction, catalog);
  if (left) await releaseHeadBody(transaction, left);
  return { session_id, conversation_digest, message_count, byte_length: body.length, body_id, body_version, body_seal };
}

/** Writes a snapshot as a body of its own. */
export async function placeBody(transaction: Transaction, body: Body): Promise<PlacedBody> {
  const body_id = newUuid();
  return { body_id, body_seal: await transaction.writeBody(body_id, body, NOTHING) };
}

/** Writes a session into the catalog, whatever was there: one that no runtime owns, unless it is told which. */
export async function placeSession(
  transaction: Transaction,
  snapshot: ReadBody,
  { body_id, body_seal, runtime_id }: PlacedBody & { readonly runtime_id?: string | undefined },
): Promise<void> {
  const catalog = await loadReplacedSessionRow(transaction, snapshot.reading.session_id);
  putSessionRow(transaction, snapshot, { body_id, body_seal, runtime_id });
  if (catalog) await releaseCatalogBody(transaction, catalog);
}

/** Removes a session from the catalog, and its body when no head points at it. */
export async function removeSession(transaction: Transaction, sessionId: SessionId): Promise<void> {
  const catalog = await loadReplacedSessionRow(transaction, sessionId);
  transaction.delete("sessions", [sessionId]);
  if (catalog) await releaseCatalogBody(transaction, catalog);
}

/** The body that a row points at. */
export async function loadBody(
  transaction: Transaction,
  { body_id, body_seal, byte_length }: Pick<HeadRow, "body_id" | "body_seal" | "byte_length">,
): Promise<Body | undefined> {
  if (body_id === undefined) return undefined;
  const body = await transaction.readBody(body_id, body_seal);
  if (body?.length === byte_length) return body;
  throw corruptRow(BODIES, [body_id], `holds ${body?.length ?? 0} of ${byte_length ?? 0} bytes`);
}

/** Deletes the body of a catalog row that no longer points at it, unless its runtime's head still does, or cannot tell. */
async function releaseCatalogBody(transaction: Transaction, row: SessionRow): Promise<void> {
  const { runtime_id, body_id, byte_length } = row;
  if (runtime_id !== undefined) {
    const head = await readRow(transaction, "runtime_heads", [runtime_id]);
    const isHeld = head === undefined || head.body_id === body_id || !isIntact(head); // a lost one cannot tell
    if (isHeld) return;
  }
  transaction.deleteBody(body_id, byte_length);
}

/** Deletes the body of a head that no longer points at it, unless its session's catalog row still does, or cannot tell. */
export async function releaseHeadBody(transaction: Transaction, head: HeadRow): Promise<void> {
  const { session_id, body_id, byte_length } = head;
  if (session_id === undefined || body_id === undefined) return;
  const catalog = await readRow(transaction, "sessions", [session_id]);
  const isHeld = catalog !== undefined && (catalog.body_id === body_id || !isIntact(catalog));
  if (!isHeld) transaction.deleteBody(body_id, byte_length);
}

function putSessionRow(
  transaction: Transaction,
  { body, reading }: ReadBody,
  owner: Pick<SessionRow, "body_id" | "body_seal" | "runtime_id">,
): void {
  const row: SessionRow = { ...sessionMembers(reading), byte_length: body.length, ...owner };
  putRow(transaction, "sessions", row);
}

/** What a catalog row says of a session, as reading its snapshot gave it. */
export function sessionMembers(reading: SnapshotReading) {
  const { session_id, created_at_ms, updated_at_ms, message_count, total_tokens, conversation_digest } = reading;
  return {
    session_id,
    created_at_ms,
    updated_at_ms,
    message_count,
    total_tokens,
    metadata_json: reading.metadata,
    conversation_digest,
  };
}
