import type { CommittedReceipt } from "../contract/index.ts";
import { isRuntimeStoreError, RuntimeStoreError } from "../core/errors.ts";
import { BODIES, type Scope, type Transaction } from "../engine/index.ts";
import type { RunBoundaryReceipt } from "../records/index.ts";
import { loadReplacedSessionRow, placeSnapshot, type SessionRow } from "./bodies.ts";
import type { AppliedBoundary, Boundary, MintedBoundary } from "./boundary-arguments.ts";
import { HEAD_SCOPE, headOf, type HeadRow, loadHeadRow, putHeadRow, sessionMembersOf } from "./heads.ts";
import type { Hold } from "./hold.ts";
import { putInputStates, readReplacedInputs } from "./input-states.ts";
import { numberAfter } from "./number-after.ts";
import {
  insertReceipt,
  lastSequence,
  loadOperation,
  loadReceipt,
  type OperationRow,
  putOperation,
  receiptOfOperation,
  sequenceAfter,
} from "./receipts.ts";
import { corruptRow } from "./rows.ts";

/** The tables that a boundary touches. */
export function boundaryScope({
  snapshot,
  operationId,
}: Boundary & Pick<Partial<MintedBoundary>, "operationId">): Scope {
  return [
    ...HEAD_SCOPE,
    "runtime_boundary_receipts",
    "runtime_input_states",
    ...(snapshot ? (["sessions", BODIES] as const) : []),
    ...(operationId === undefined ? [] : (["runtime_operations"] as const)),
  ];
}

/** A receipt, and the revision that was made with it; none when the same operation made it before. */
interface Committed {
  readonly receipt: RunBoundaryReceipt;
  readonly revision: number | undefined;
}

/** Stores a boundary with the receipt that it makes for it, or finds the one that the same operation made before. */
export async function commitBoundary(
  transaction: Transaction,
  minted: MintedBoundary,
  hold?: Hold,
): Promise<Committed> {
  const { runtimeId, runId, operationId, snapshot } = minted;
  const { conversation_digest, message_count, session_id } = snapshot.reading;
  const [head, operation, last, catalog] = await Promise.all([
    loadHeadRow(transaction, runtimeId),
    operationId === undefined ? undefined : loadOperation(transaction, runtimeId, operationId),
    lastSequence(transaction, runtimeId, runId),
    loadReplacedSessionRow(transaction, session_id),
    readReplacedInputs(transaction, runtimeId, minted.inputUpdates),
  ]);
  if (operation) return { receipt: await repeatedReceipt(transaction, operation, minted), revision: undefined };
  hold?.assertIn(head);
  assertRevision(head, minted);
  const sequence = sequenceAfter(last);
  const receipt: RunBoundaryReceipt = {
    run_id: runId,
    boundary: minted.boundary,
    contributing_input_ids: [...minted.contributingInputIds],
    conversation_digest,
    message_count,
    sequence,
  };
  const stamp = { last_run_id: runId, last_boundary_sequence: sequence };
  if (operationId !== undefined) {
    const byte_length = snapshot.body.length;
    putOperation(transaction, {
      runtime_id: runtimeId,
      operation_id: operationId,
      run_id: runId,
      sequence,
      byte_length,
    });
  }
  putInputStates(
    transaction,
    runtimeId,
    minted.inputUpdates.map((state) => ({ ...state, ...stamp })),
  );
  const step = { boundary: minted, head, catalog, receipt, minted: true, operation_id: operationId };
  return { receipt, revision: await advance(transaction, step) };
}

/** Stores a boundary with the receipt that the caller made for it, and tells the revision that it made. */
export async function applyBoundary(
  transaction: Transaction,
  applied: AppliedBoundary,
  hold?: Hold,
): Promise<{ readonly revision: number }> {
  const { runtimeId, receipt, snapshot } = applied;
  const [head, stored, catalog] = await Promise.all([
    loadHeadRow(transaction, runtimeId),
    loadReceipt(transaction, runtimeId, receipt),
    snapshot && loadReplacedSessionRow(transaction, snapshot.reading.session_id),
    readReplacedInputs(transaction, runtimeId, applied.inputUpdates),
  ]);
  hold?.assertIn(head);
  assertRevision(head, applied);
  if (stored) {
    throw new RuntimeStoreError("receipt_conflict", `run ${receipt.run_id} has a receipt of this sequence`, {
      receipt: stored.receipt,
      row: { table: "runtime_boundary_receipts", key: [runtimeId, receipt.run_id, receipt.sequence] },
    });
  }
  putInputStates(transaction, runtimeId, applied.inputUpdates);
  return { revision: await advance(transaction, { boundary: applied, head, catalog, receipt, minted: false }) };
}

/** What a boundary failed with. When its revision is taken, the head is of an earlier time: that is damage, and no receipt's conflict. */
export function asBoundaryFailure(error: unknown, runtimeId: string): unknown {
  const isTaken =
    isRuntimeStoreError(error) && error.code === "receipt_conflict" && error.row?.table === "runtime_revisions";
  return isTaken ? corruptRow("runtime_heads", [runtimeId], "is behind its runtime's receipts", error) : error;
}

/**
 * Stores what every boundary stores besides input states: the receipt, the snapshot with its catalog row, and the head.
 * @returns the new revision.
 */
async function advance(
  transaction: Transaction,
  step: Pick<CommittedReceipt, "receipt" | "minted" | "operation_id"> & {
    readonly boundary: Boundary;
    readonly head: HeadRow | undefined;
    readonly catalog: SessionRow | undefined;
  },
): Promise<number> {
  const { boundary, head, catalog, ...made } = step;
  const { runtimeId, snapshot } = boundary;
  const revision = numberAfter(head?.revision ?? 0, "revisions");
  const committed_at = Date.now();
  insertReceipt(transaction, runtimeId, { ...made, revision, committed_at, byte_length: snapshot?.body.length });
  const session = snapshot
    ? await placeSnapshot(transaction, snapshot, { runtimeId, head, catalog })
    : sessionMembersOf(head);
  const { run_id, sequence } = made.receipt;
  const lease_epoch = head?.lease_epoch;
  putHeadRow(transaction, { runtime_id: runtimeId, revision, ...session, run_id, sequence, committed_at, lease_epoch });
  return revision;
}

/** A repeated operation is the same when run, boundary, contributors, conversation and length are; a retry renews the timestamps of its inputs. */
async function repeatedReceipt(
  transaction: Transaction,
  operation: OperationRow,
  { runId, boundary, contributingInputIds, snapshot, operationId }: MintedBoundary,
): Promise<RunBoundaryReceipt> {
  const { receipt } = await receiptOfOperation(transaction, operation);
  const isSame =
    receipt.run_id === runId &&
    receipt.boundary === boundary &&
    receipt.contributing_input_ids.join() === contributingInputIds.join() &&
    receipt.conversation_digest === snapshot.reading.conversation_digest &&
    operation.byte_length === snapshot.body.length;
  if (isSame) return receipt;
  throw new RuntimeStoreError(
    "operation_conflict",
    `operation ${JSON.stringify(operationId)} committed other content`,
    {
      receipt,
    },
  );
}

function assertRevision(head: HeadRow | undefined, { runtimeId, expectedRevision }: Boundary): void {
  const revision = head?.revision ?? 0;
  if (expectedRevision === undefined || expectedRevision === revision) return;
  throw new RuntimeStoreError(
    "revision_conflict",
    `revision ${String(expectedRevision)} was expected, the runtime is at ${String(revision)}`,
    { head: head ? headOf(head) : { runtime_id: runtimeId, revision } },
  );
}
