import type { VerifyFinding, VerifyFindingCode } from "../contract/index.ts";
import type { RowReference } from "../core/errors.ts";

const NOTICES: ReadonlySet<VerifyFindingCode> = new Set(["sequence_gap", "dangling_input", "dangling_stamp"]);

export function finding(code: VerifyFindingCode, row: RowReference, what: string): VerifyFinding {
  const message = `the row ${JSON.stringify(row.key)} of ${row.table} ${what}`;
  return { code, severity: NOTICES.has(code) ? "notice" : "error", message, row };
}
