import type { CommittedReceipt } from "../contract/index.ts";
import { RuntimeStoreError } from "../core/errors.ts";
import type { RunId } from "../core/ids.ts";
import type { Transaction } from "../engine/index.ts";
import type { RunBoundaryReceipt } from "../records/index.ts";
import {
  corruptRow,
  getRow,
  insertRow,
  listRows,
  putRow,
  type RecordMembers,
  recordMembers,
  recordOf,
} from "./rows.ts";

const TABLE = "runtime_boundary_receipts";

type ReceiptKey = { readonly run_id: RunId; readonly sequence: number };

type ReceiptRow = RecordMembers &
  ReceiptKey & {
    readonly runtime_id: string;
    readonly revision: number;
    /** Milliseconds since the epoch. */
    readonly committed_at: number;
    readonly minted: boolean;
    readonly operation_id?: string | undefined;
  };

/** Which receipt an operation made, and the length of the snapshot that it came with. */
export type OperationRow = ReceiptKey & {
  readonly runtime_id: string;
  readonly operation_id: string;
  readonly byte_length: number;
};

/** Stores a receipt, and its place in the order of the runtime's revisions. */
export function insertReceipt(transaction: Transaction, runtimeId: string, committed: CommittedReceipt): void {
  const { receipt, ...members } = committed;
  const { run_id, sequence } = receipt;
  const row: ReceiptRow = { runtime_id: runtimeId, run_id, sequence, ...members, ...recordMembers(receipt) };
  insertRow(transaction, TABLE, row);
  putRow(transaction, "runtime_revisions", { runtime_id: runtimeId, revision: members.revision, run_id, sequence });
}

export async function loadReceipt(
  transaction: Transaction,
  runtimeId: string,
  { run_id, sequence }: ReceiptKey,
): Promise<CommittedReceipt | undefined> {
  const row = await getRow<ReceiptRow>(transaction, TABLE, [runtimeId, run_id, sequence]);
  return row && committedReceiptOf(row);
}

/** The greatest sequence of a run's receipts. */
export async function lastSequence(
  transaction: Transaction,
  runtimeId: string,
  runId: RunId,
): Promise<number | undefined> {
  return (await transaction.lastKey(TABLE, [runtimeId, runId]))?.[2] as number | undefined;
}

/**
 * The sequence of a run's next receipt: 1 + the greatest, or 0; gaps stay.
 * @throws {RuntimeStoreError} `unsupported` when the greatest is 2^53-1.
 */
export function sequenceAfter(last: number | undefined): number {
  const next = last === undefined ? 0 : last + 1;
  if (Number.isSafeInteger(next)) return next;
  throw new RuntimeStoreError("unsupported", "this run has used up the sequences that a number can hold");
}

export async function listReceipts(
  transaction: Transaction,
  runtimeId: string,
  filter: { runId?: RunId | undefined; afterRevision?: number | undefined; limit?: number | undefined } = {},
): Promise<CommittedReceipt[]> {
  const { runId, afterRevision = 0, limit } = filter;
  if (runId === undefined && limit !== undefined) return listRevisions(transaction, runtimeId, afterRevision, limit);
  const prefix = runId === undefined ? [runtimeId] : [runtimeId, runId];
  const rows = await listRows<ReceiptRow>(transaction, TABLE, { prefix });
  return rows
    .filter(({ revision }) => revision > afterRevision)
    .sort((a, b) => a.revision - b.revision)
    .slice(0, limit)
    .map(committedReceiptOf);
}

export function loadOperation(
  transaction: Transaction,
  runtimeId: string,
  operationId: string,
): Promise<OperationRow | undefined> {
  return getRow<OperationRow>(transaction, "runtime_operations", [runtimeId, operationId]);
}

export function putOperation(transaction: Transaction, row: OperationRow): void {
  putRow(transaction, "runtime_operations", row);
}

/** The receipt that an operation made. */
export async function receiptOfOperation(transaction: Transaction, operation: OperationRow): Promise<CommittedReceipt> {
  const committed = await loadReceipt(transaction, operation.runtime_id, operation);
  if (committed) return committed;
  throw missingReceipt("runtime_operations", [operation.runtime_id, operation.operation_id]);
}

async function listRevisions(
  transaction: Transaction,
  runtimeId: string,
  afterRevision: number,
  limit: number,
): Promise<CommittedReceipt[]> {
  const range = { prefix: [runtimeId], after: [runtimeId, afterRevision], limit };
  const revisions = await listRows<ReceiptKey & { revision: number }>(transaction, "runtime_revisions", range);
  return Promise.all(
    revisions.map(async (key) => {
      const committed = await loadReceipt(transaction, runtimeId, key);
      return committed ?? Promise.reject(missingReceipt("runtime_revisions", [runtimeId, key.revision]));
    }),
  );
}

function committedReceiptOf(row: ReceiptRow): CommittedReceipt {
  const { revision, committed_at, minted, operation_id } = row;
  const receipt = recordOf(TABLE, row) as RunBoundaryReceipt;
  return { receipt, revision, committed_at, minted, ...(operation_id === undefined ? {} : { operation_id }) };
}

const missingReceipt = (table: string, key: (string | number)[]): RuntimeStoreError =>
  corruptRow(table, key, "names a receipt that is not stored");
