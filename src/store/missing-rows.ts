import type { VerifyFinding } from "../contract/index.ts";
import { finding } from "./findings.ts";
import { isIntact } from "./rows.ts";
import type { CountedRows, RuntimeRows } from "./runtime-rows.ts";

/** Whether the rows of a runtime, and those of the catalog of sessions, are as many as were written, and those. */
export function missingRows({ counted }: RuntimeRows): VerifyFinding[] {
  return counted
    .filter((rows) => !areAsCounted(rows))
    .map(({ at, rows, tally }) => {
      const due = String(tally?.rows);
      const what = `is one of ${rows.length} where ${due} were written, or some are of an earlier time`;
      return finding("missing_row", at, what);
    });
}

/** The tallies that are not what was written, so that no row is missed that they counted. */
export function damagedTallies({ counted }: RuntimeRows): VerifyFinding[] {
  return counted.flatMap(({ damagedTally }) =>
    damagedTally ? [finding("damaged_row", damagedTally, "is not what was written")] : [],
  );
}

function areAsCounted({ rows, tally }: CountedRows): boolean {
  if (!tally) return true;
  const isKnown = tally.sum !== undefined && rows.every(isIntact);
  const sum = rows.reduce((sum, row) => (sum + Number(row.checksum)) >>> 0, 0);
  return rows.length === tally.rows && (!isKnown || sum === tally.sum);
}
