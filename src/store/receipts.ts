import type { CommittedReceipt } from "../contract/index.ts";
import type { RuntimeStoreError } from "../core/errors.ts";
import type { RunId } from "../core/ids.ts";
import type { Row, Transaction } from "../engine/index.ts";
import type { RunBoundaryReceipt } from "../records/index.ts";
import { numberAfter } from "./number-after.ts";
import {
  allSound,
  corruptRow,
  type Found,
  getRow,
  insertRow,
  intact,
  putRow,
  readPages,
  readRow,
  readRows,
  type RecordMembers,
  recordMembers,
  recordOf,
  separate,
} from "./rows.ts";

const TABLE = "runtime_boundary_receipts";
const REVISIONS = "runtime_revisions";
const OPERATIONS = "runtime_operations";

type ReceiptKey = { readonly run_id: RunId; readonly sequence: number };

export type ReceiptRow = RecordMembers &
  ReceiptKey & {
    readonly runtime_id: string;
    readonly revision: number;
    /** Milliseconds since the epoch. */
    readonly committed_at: number;
    readonly minted: boolean;
    readonly operation_id?: string | undefined;
    readonly byte_length?: number | undefined;
  };

/** Which receipt a revision was made by. */
export type RevisionRow = ReceiptKey & { readonly runtime_id: string; readonly revision: number };

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
  const place: RevisionRow = { runtime_id: runtimeId, revision: members.revision, run_id, sequence };
  insertRow(transaction, REVISIONS, place);
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
  return last === undefined ? 0 : numberAfter(last, "sequences");
}

/** The receipts of a runtime, or of one of its runs, by ascending revision, and what is damaged among them. */
export async function findReceipts(
  transaction: Transaction,
  runtimeId: string,
  filter: { runId?: RunId | undefined; afterRevision?: number | undefined; limit?: number | undefined } = {},
): Promise<Found<CommittedReceipt>> {
  const { runId, afterRevision = 0, limit } = filter;
  if (runId === undefined && limit !== undefined) return findByRevision(transaction, runtimeId, afterRevision, limit);
  const prefix = runId === undefined ? [runtimeId] : [runtimeId, runId];
  const { sound, damaged } = separate(await readRows(transaction, TABLE, { prefix }), intactReceiptOf);
  const receipts = sound.filter(({ revision }) => revision > afterRevision).sort((a, b) => a.revision - b.revision);
  return { sound: receipts.slice(0, limit), damaged };
}

/** All receipts of a runtime by ascending revision, those of operations with the length that a repetition is known by. */
export async function dumpReceipts(transaction: Transaction, runtimeId: string): Promise<CommittedReceipt[]> {
  const [found, rows] = await Promise.all([
    findReceipts(transaction, runtimeId),
    readRows(transaction, OPERATIONS, { prefix: [runtimeId] }),
  ]);
  const operations = rows.map((row) => intact<OperationRow>(OPERATIONS, row));
  const lengths = new Map(operations.map(({ operation_id, byte_length }) => [operation_id, byte_length]));
  return allSound(found).map((committed) => {
    const { operation_id } = committed;
    if (operation_id === undefined) return committed;
    const byte_length = lengths.get(operation_id);
    if (byte_length !== undefined) return { ...committed, byte_length };
    throw corruptRow(OPERATIONS, [runtimeId, operation_id], "is gone, its receipt is not");
  });
}

export function loadOperation(
  transaction: Transaction,
  runtimeId: string,
  operationId: string,
): Promise<OperationRow | undefined> {
  return getRow<OperationRow>(transaction, OPERATIONS, [runtimeId, operationId]);
}

export function putOperation(transaction: Transaction, row: OperationRow): void {
  putRow(transaction, OPERATIONS, row);
}

/** The receipt that an operation made. */
export async function receiptOfOperation(transaction: Transaction, operation: OperationRow): Promise<CommittedReceipt> {
  const committed = await loadReceipt(transaction, operation.runtime_id, operation);
  if (committed) return committed;
  throw missingReceipt(OPERATIONS, [operation.runtime_id, operation.operation_id]);
}

/** The next receipts after a revision, read by their places in the order of revisions until there are enough sound ones. */
async function findByRevision(
  transaction: Transaction,
  runtimeId: string,
  afterRevision: number,
  limit: number,
): Promise<Found<CommittedReceipt>> {
  const sound: CommittedReceipt[] = [];
  const damaged: RuntimeStoreError[] = [];
  const range = { prefix: [runtimeId], after: [runtimeId, afterRevision] };
  for await (const rows of readPages(transaction, REVISIONS, range, () => limit - sound.length)) {
    const places = separate(rows, (row) => intact<RevisionRow>(REVISIONS, row));
    const found = await Promise.all(
      places.sound.map(async (place) => {
        const row = await readRow(transaction, TABLE, [runtimeId, place.run_id, place.sequence]);
        return { place, row };
      }),
    );
    const receipts = separate(found, ({ place, row }) => {
      if (row) return intactReceiptOf(row);
      throw missingReceipt(REVISIONS, [runtimeId, place.revision]);
    });
    sound.push(...receipts.sound);
    damaged.push(...places.damaged, ...receipts.damaged);
    if (sound.length >= limit) break;
  }
  return { sound: sound.slice(0, limit), damaged };
}

const intactReceiptOf = (row: Row): CommittedReceipt => committedReceiptOf(intact(TABLE, row));

function committedReceiptOf(row: ReceiptRow): CommittedReceipt {
  const { revision, committed_at, minted, operation_id, byte_length } = row;
  const receipt = recordOf(TABLE, row) as RunBoundaryReceipt;
  return {
    receipt,
    revision,
    committed_at,
    minted,
    ...(operation_id === undefined ? {} : { operation_id }),
    ...(byte_length === undefined ? {} : { byte_length }),
  };
}

const missingReceipt = (table: string, key: (string | number)[]): RuntimeStoreError =>
  corruptRow(table, key, "names a receipt that is not stored");
