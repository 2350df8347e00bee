import type { LoadedRuntime, RuntimeDump, RuntimeHead } from "../contract/index.ts";
import { BODIES, type Body, type Scope, type Transaction } from "../engine/index.ts";
import type { PersistedOpsSnapshot, RuntimeState } from "../records/index.ts";
import { dateTimeToMilliseconds, isTerminalInputState } from "../records/index.ts";
import { loadBody, loadSessionRow, releaseHeadBody, removeSession, type SessionRow } from "./bodies.ts";
import { HEAD_SCOPE, type HeadRow, loadHeadRow, putHeadRow, visibleHead } from "./heads.ts";
import { deleteInputState, findInputStates, listInputStates } from "./input-states.ts";
import { findReceipts, loadReceipt } from "./receipts.ts";
import {
  allSound,
  type Found,
  getRow,
  intact,
  isIntact,
  readRow,
  readRows,
  type RecordMembers,
  recordOf,
  separate,
} from "./rows.ts";
import { RUNTIME_TABLES } from "./runtime-rows.ts";

export async function loadRuntimeState(transaction: Transaction, runtimeId: string): Promise<RuntimeState | undefined> {
  const row = await getRow<{ runtime_id: string; state: RuntimeState }>(transaction, "runtime_states", [runtimeId]);
  return row?.state;
}

export async function loadOpsLifecycle(
  transaction: Transaction,
  runtimeId: string,
): Promise<PersistedOpsSnapshot | undefined> {
  const row = await getRow<RecordMembers>(transaction, "runtime_ops_lifecycle", [runtimeId]);
  return row && (recordOf("runtime_ops_lifecycle", row) as PersistedOpsSnapshot);
}

export const RUNTIME_SCOPE: Scope = [
  ...HEAD_SCOPE,
  "runtime_states",
  "runtime_input_states",
  "runtime_boundary_receipts",
  BODIES,
];

/** Takes a body that was found stored, and its version. */
export type HoldBody = (version: string | undefined, body: Body) => void;

/** The bytes of the last boundary's snapshot. */
export async function loadSessionSnapshot(
  transaction: Transaction,
  runtimeId: string,
  hold: HoldBody,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  return loadHeldBody(transaction, await loadHeadRow(transaction, runtimeId), hold);
}

async function loadHeldBody(
  transaction: Transaction,
  row: HeadRow | undefined,
  hold: HoldBody,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const body = row && (await loadBody(transaction, row));
  if (body) hold(row.body_version, body);
  return body?.bytes();
}

/** All that an agent needs to start or to recover. */
export async function loadRuntime(transaction: Transaction, runtimeId: string, hold: HoldBody): Promise<LoadedRuntime> {
  const [row, runtimeState, states] = await Promise.all([
    loadHeadRow(transaction, runtimeId),
    loadRuntimeState(transaction, runtimeId),
    listInputStates(transaction, runtimeId),
  ]);
  const pending = states.filter(({ current_state }) => !isTerminalInputState(current_state));
  const [sessionSnapshot, ...pendingInputs] = await Promise.all([
    loadHeldBody(transaction, row, hold),
    ...pending.map(async (state) => {
      const { last_run_id: run_id, last_boundary_sequence: sequence } = state;
      if (run_id === undefined || sequence === undefined) return { state };
      const stored = await loadReceipt(transaction, runtimeId, { run_id, sequence });
      return stored ? { state, receipt: stored.receipt } : { state };
    }),
  ]);
  return { revision: row?.revision ?? 0, head: visibleHead(row), runtimeState, sessionSnapshot, pendingInputs };
}

/** The heads of all runtimes by runtime id, and what is damaged among them. */
export async function findRuntimes(transaction: Transaction): Promise<Found<RuntimeHead>> {
  const rows = await readRows(transaction, "runtime_heads");
  const { sound, damaged } = separate(rows, (row) => visibleHead(intact<HeadRow>("runtime_heads", row)));
  return { sound: sound.filter((head) => head !== undefined), damaged };
}

/**
 * Removes all rows of a runtime and leaves its tombstone, at the greatest revision that is known. A damaged or lost head does
 * not stand in the way; the body that only it named stays behind.
 * @returns that revision, or `undefined` when there was nothing but sessions.
 */
export async function deleteRuntime(
  transaction: Transaction,
  runtimeId: string,
  withSessions: boolean,
): Promise<number | undefined> {
  const [row, sessions, ...lastKeys] = await Promise.all([
    readRow(transaction, "runtime_heads", [runtimeId]),
    withSessions ? readRows(transaction, "sessions") : [],
    ...RUNTIME_TABLES.map((table) => transaction.lastKey(table, [runtimeId])),
  ]);
  const head = row && isIntact(row) ? (row as HeadRow) : undefined;
  for (const table of RUNTIME_TABLES) transaction.delete(table, [runtimeId]);
  const isThere = lastKeys.some((key) => key !== undefined);
  const lastRevision = lastKeys[RUNTIME_TABLES.indexOf("runtime_revisions")];
  const revision = Math.max(0, ...[row?.revision, lastRevision?.[1]].filter(Number.isSafeInteger).map(Number));
  if (isThere) {
    const deleted_at = head?.deleted_at ?? Date.now();
    // No lease was ever given a number of that size: one whose epoch got lost with the head is not mistaken for a later one.
    const lease_epoch = head ? head.lease_epoch : Date.now();
    putHeadRow(transaction, { runtime_id: runtimeId, revision, lease_epoch, deleted_at });
  }
  for (const session of sessions.filter(isIntact) as SessionRow[]) {
    if (session.runtime_id === runtimeId) await removeSession(transaction, session.session_id);
  }
  if (head) await releaseHeadBody(transaction, head);
  return isThere ? revision : undefined;
}

/**
 * Removes the terminal input states last updated before a time; damaged ones stay.
 * @returns how many went and, where any did, the runtime's revision: 0 where its head is damaged or lost.
 */
export async function pruneInputs(
  transaction: Transaction,
  runtimeId: string,
  before: number,
): Promise<{ readonly pruned: number; readonly revision: number | undefined }> {
  const [head, { sound }] = await Promise.all([
    readRow(transaction, "runtime_heads", [runtimeId]),
    findInputStates(transaction, runtimeId),
  ]);
  const old = sound.filter(
    ({ current_state, updated_at }) =>
      isTerminalInputState(current_state) && dateTimeToMilliseconds(updated_at) < before,
  );
  for (const { input_id } of old) deleteInputState(transaction, runtimeId, input_id);
  const revision = Number.isSafeInteger(head?.revision) ? Number(head?.revision) : 0;
  return { pruned: old.length, revision: old.length === 0 ? undefined : revision };
}

/** Everything stored for a runtime. */
export async function dumpRuntime(transaction: Transaction, runtimeId: string): Promise<RuntimeDump | undefined> {
  const row = await loadHeadRow(transaction, runtimeId);
  const head = visibleHead(row);
  if (!row || !head) return undefined;
  const [runtime_state, ops_lifecycle, input_states, found, body, catalog] = await Promise.all([
    loadRuntimeState(transaction, runtimeId),
    loadOpsLifecycle(transaction, runtimeId),
    listInputStates(transaction, runtimeId),
    findReceipts(transaction, runtimeId),
    loadBody(transaction, row),
    row.session_id && loadSessionRow(transaction, row.session_id),
  ]);
  const isOther = catalog && catalog.body_id !== row.body_id;
  const catalogBody = isOther ? await loadBody(transaction, catalog) : undefined;
  return {
    runtime_id: runtimeId,
    head,
    runtime_state,
    ops_lifecycle,
    input_states,
    receipts: allSound(found),
    session_snapshot: body?.bytes(),
    catalog_snapshot: catalogBody?.bytes(),
  };
}
