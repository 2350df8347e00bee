import type { DumpedSession, LoadedRuntime, RuntimeDump, RuntimeHead } from "../contract/index.ts";
import { BODIES, type Body, type Scope, type Transaction } from "../engine/index.ts";
import type { PersistedOpsSnapshot, RuntimeState } from "../records/index.ts";
import { dateTimeToMilliseconds, isTerminalInputState } from "../records/index.ts";
import { loadBody, releaseHeadBody, removeSession, type SessionRow } from "./bodies.ts";
import { greatestRevision, HEAD_SCOPE, type HeadRow, loadHeadRow, putHeadRow, visibleHead } from "./heads.ts";
import { deleteInputState, findInputStates, listInputStates } from "./input-states.ts";
import { dumpReceipts, loadReceipt } from "./receipts.ts";
import {
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
import { RUNTIME_TABLES, sessionsOf } from "./runtime-rows.ts";

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

/** What is left of a runtime whose rows were removed, where there were any. */
type Remains = Pick<HeadRow, "runtime_id" | "revision" | "lease_epoch" | "deleted_at">;

/**
 * Removes all rows of a runtime, and leaves nothing; a damaged or lost head does not stand in the way, the body that only it
 * named stays behind. The catalog stays as it is.
 */
export async function clearRuntime(
  transaction: Transaction,
  runtimeId: string,
): Promise<Remains & { readonly wasThere: boolean }> {
  const [revision, row, ...lastKeys] = await Promise.all([
    greatestRevision(transaction, runtimeId),
    readRow(transaction, "runtime_heads", [runtimeId]),
    ...RUNTIME_TABLES.map((table) => transaction.lastKey(table, [runtimeId])),
  ]);
  const head = row && isIntact(row) ? (row as HeadRow) : undefined;
  for (const table of RUNTIME_TABLES) transaction.delete(table, [runtimeId]);
  if (head) await releaseHeadBody(transaction, head);
  const wasThere = lastKeys.some((key) => key !== undefined);
  // No lease was ever given a number of that size: one whose epoch got lost with the head is not mistaken for a later one.
  const lease_epoch = head || !wasThere ? head?.lease_epoch : Date.now();
  const deleted_at = head?.deleted_at ?? Date.now();
  return { wasThere, runtime_id: runtimeId, revision, lease_epoch, deleted_at };
}

/**
 * Removes all rows of a runtime and leaves its tombstone, at the greatest revision that is known.
 * @returns that revision, or `undefined` when there was nothing but sessions.
 */
export async function deleteRuntime(
  transaction: Transaction,
  runtimeId: string,
  withSessions: boolean,
): Promise<number | undefined> {
  const sessions = withSessions ? await readRows(transaction, "sessions") : [];
  const { wasThere, ...tombstone } = await clearRuntime(transaction, runtimeId);
  if (wasThere) putHeadRow(transaction, tombstone);
  for (const session of sessions.filter(isIntact) as SessionRow[]) {
    if (session.runtime_id === runtimeId) await removeSession(transaction, session.session_id);
  }
  return wasThere ? tombstone.revision : undefined;
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
  const [runtime_state, ops_lifecycle, input_states, receipts, body, sessions] = await Promise.all([
    loadRuntimeState(transaction, runtimeId),
    loadOpsLifecycle(transaction, runtimeId),
    listInputStates(transaction, runtimeId),
    dumpReceipts(transaction, runtimeId),
    loadBody(transaction, row),
    dumpSessions(transaction, row),
  ]);
  return {
    runtime_id: runtimeId,
    head,
    lease_epoch: row.lease_epoch,
    runtime_state,
    ops_lifecycle,
    input_states,
    receipts,
    session_snapshot: body?.bytes(),
    sessions,
  };
}

async function dumpSessions(transaction: Transaction, head: HeadRow): Promise<DumpedSession[]> {
  const rows = await readRows(transaction, "sessions");
  const own = sessionsOf(head.runtime_id, { rows, head }).map((row) => intact<SessionRow>("sessions", row));
  return Promise.all(
    own.map(async (row) => ({
      session_id: row.session_id,
      owned: row.runtime_id !== undefined,
      snapshot: row.body_id === head.body_id ? undefined : (await loadBody(transaction, row))?.bytes(),
    })),
  );
}
