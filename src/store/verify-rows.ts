import type { VerifyFinding, VerifyFindingCode } from "../contract/index.ts";
import { keyOf, type Row } from "../engine/index.ts";
import { parseBoundaryReceipt, parseInputState, parseOpsSnapshot, parseRuntimeState } from "../records/index.ts";
import { finding } from "./findings.ts";
import type { HeadRow } from "./heads.ts";
import type { OperationRow, ReceiptRow, RevisionRow } from "./receipts.ts";
import { isIntact, recordOf } from "./rows.ts";
import { RUNTIME_TABLES, type RuntimeRows, type RuntimeTable } from "./runtime-rows.ts";
import type { SlicedWork } from "./sliced-work.ts";

/** The bytes of a row that count as progress. */
export const weightOf = ({ record }: Row): number => (typeof record === "string" ? record.length : 0);

/** Checks every row of a runtime by itself and against the others. A damaged row is one finding, and proves nothing else. */
export async function verifyRows(rows: RuntimeRows, work: SlicedWork): Promise<VerifyFinding[]> {
  const findings: VerifyFinding[] = [];
  const [head] = rows.tables.runtime_heads;
  const isHeadless = head === undefined || (isIntact(head) && head.deleted_at !== undefined);
  const rules = rulesFor(rows);
  for (const table of RUNTIME_TABLES) {
    const isOrphaned = isHeadless && table !== "runtime_heads";
    const rule = isOrphaned ? orphanRule : rules[table];
    for (const row of rows.tables[table]) {
      findings.push(...findingsOf(table, row, isIntact(row) ? rule : undefined));
      await work.reach(work.done + weightOf(row));
    }
  }
  for (const row of rows.sessions) {
    findings.push(...findingsOf("sessions", row, isIntact(row) ? () => [] : undefined));
  }
  return findings;
}

type Issue = readonly [code: VerifyFindingCode, what: string];
/** Tells what is wrong with a sound row; throws when it holds no record of its key. */
type Rule = (row: never) => Iterable<Issue>;

function findingsOf(table: RuntimeTable | "sessions", row: Row, rule: Rule | undefined): VerifyFinding[] {
  const at = { table, key: keyOf(table, row) };
  try {
    if (rule) return [...rule(row as never)].map(([code, what]) => finding(code, at, what));
  } catch {
    // Whatever a parser throws at a row whose checksum fits, this version did not write it.
  }
  return [finding("damaged_row", at, "is not what was written")];
}

const orphanRule: Rule = () => [["orphaned_row", "is left of a runtime that has no head"]];

function rulesFor({ tables }: RuntimeRows): Readonly<Record<RuntimeTable, Rule>> {
  const receipts = new Map(tables.runtime_boundary_receipts.map((row) => [receiptName(row), row]));
  const revisions = new Map(tables.runtime_revisions.map((row) => [row.revision, row]));
  const operations = new Map(tables.runtime_operations.map((row) => [row.operation_id, row]));
  const inputs = new Set(tables.runtime_input_states.map((row) => row.input_id));
  const receiptsAfterGap = new Set(tables.runtime_boundary_receipts.filter(isAfterGap));
  const places = new Map(tables.runtime_revisions.map((row, place) => [row, place]));

  /** Whether there is a row that says this, or is damaged, so that it may have said it. */
  const says = (row: Row | undefined, members: Row): boolean =>
    row !== undefined && (!isIntact(row) || Object.entries(members).every(([name, value]) => row[name] === value));

  /** The revision that a row in this place has: each commit makes the next, and none is removed. Damaged rows keep their places. */
  const revisionAt = (place: number): number | undefined => {
    for (let before = place - 1; before >= 0; before--) {
      const row = tables.runtime_revisions[before];
      if (row && isIntact(row)) return Number(row.revision) + place - before;
    }
    return undefined;
  };

  return {
    *runtime_heads(head: HeadRow) {
      if (head.deleted_at !== undefined) return;
      const { run_id, revision, committed_at } = head;
      if (run_id !== undefined && !says(receipts.get(receiptName(head)), { revision })) {
        yield ["missing_receipt", "names a receipt that is not stored, or not of its revision"];
      }
      const next = revisionAt(places.size);
      const isLast = next === undefined ? committed_at === undefined || places.size > 0 : next === revision + 1;
      if (!isLast) yield ["revision_mismatch", `is at revision ${revision}, which is not the last`];
    },
    *runtime_boundary_receipts(row: ReceiptRow) {
      const { run_id, sequence, revision, operation_id, byte_length } = row;
      const receipt = parseBoundaryReceipt(recordOf("runtime_boundary_receipts", row));
      assertEqual(receiptName(receipt), receiptName(row));
      if (!says(revisions.get(revision), { run_id, sequence })) {
        yield ["unlisted_receipt", `is not what revision ${revision} names`];
      }
      const due = { run_id, sequence, ...(byte_length === undefined ? {} : { byte_length }) };
      if (operation_id !== undefined && !says(operations.get(operation_id), due)) {
        yield ["unlisted_receipt", `is not what operation ${JSON.stringify(operation_id)} names`];
      }
      if (receiptsAfterGap.has(row)) yield ["sequence_gap", "follows a gap in the sequences of its run"];
      const dangling = receipt.contributing_input_ids.filter((id) => !inputs.has(id));
      if (dangling.length > 0) yield ["dangling_input", `lists inputs that are not stored: ${dangling.join(", ")}`];
    },
    *runtime_revisions(row: RevisionRow) {
      const due = revisionAt(places.get(row) ?? 0);
      if (due !== undefined && due !== row.revision) yield ["revision_mismatch", `is where revision ${due} should be`];
      if (says(receipts.get(receiptName(row)), { revision: row.revision })) return;
      yield ["missing_receipt", "names a receipt that is not stored, or not of its revision"];
    },
    *runtime_operations(row: OperationRow) {
      if (says(receipts.get(receiptName(row)), { operation_id: row.operation_id })) return;
      yield ["missing_receipt", "names a receipt that is not stored, or not of its operation"];
    },
    *runtime_input_states(row: RecordRow) {
      const { input_id, last_run_id, last_boundary_sequence } = parseInputState(recordOf("runtime_input_states", row));
      assertEqual(input_id, row.input_id);
      if (last_run_id === undefined || last_boundary_sequence === undefined) return;
      if (receipts.has(receiptName({ run_id: last_run_id, sequence: last_boundary_sequence }))) return;
      yield ["dangling_stamp", "is stamped with a receipt that is not stored"];
    },
    runtime_states(row: Row) {
      parseRuntimeState(row.state);
      return [];
    },
    runtime_ops_lifecycle(row: RecordRow) {
      parseOpsSnapshot(recordOf("runtime_ops_lifecycle", row));
      return [];
    },
  };
}

type RecordRow = Row & Parameters<typeof recordOf>[1];

const receiptName = ({ run_id, sequence }: Row | { run_id: string; sequence: number }): string =>
  JSON.stringify([run_id, sequence]);

/** Whether a receipt, among those of a runtime by run and sequence, is not the next after the one before. */
function isAfterGap({ run_id, sequence }: Row, index: number, all: readonly Row[]): boolean {
  const before = all[index - 1];
  return sequence !== (before?.run_id === run_id ? Number(before?.sequence) + 1 : 0);
}

function assertEqual(inside: string, outside: unknown): void {
  if (inside !== outside) throw new Error("the record belongs under another key");
}
