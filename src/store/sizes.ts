import type { RuntimeSize } from "../contract/index.ts";
import type { Row, Transaction } from "../engine/index.ts";
import { isIntact, readPages } from "./rows.ts";
import { RUNTIME_TABLES, type RuntimeTable } from "./runtime-rows.ts";

const encoder = new TextEncoder();

/** So many rows are in memory at a time. */
const PAGE_ROWS = 500;

/** What each runtime occupies, by runtime id. Damaged rows are counted too. */
export async function measureRuntimes(transaction: Transaction): Promise<RuntimeSize[]> {
  const sizes = new Map<string, RuntimeSize>();
  for (const table of RUNTIME_TABLES) {
    for await (const rows of readPages(transaction, table, { prefix: [] }, () => PAGE_ROWS)) {
      for (const row of rows) count(sizes, table, row);
    }
  }
  return [...sizes.values()].sort((a, b) => (a.runtime_id < b.runtime_id ? -1 : 1));
}

function count(sizes: Map<string, RuntimeSize>, table: RuntimeTable, row: Row): void {
  const { runtime_id } = row;
  if (typeof runtime_id !== "string") return; // so damaged that it is nobody's
  const { snapshot_bytes = 0, rows = 0, row_bytes = 0 } = sizes.get(runtime_id) ?? {};
  sizes.set(runtime_id, {
    runtime_id,
    snapshot_bytes: snapshot_bytes + (table === "runtime_heads" ? snapshotBytesOf(row) : 0),
    rows: rows + 1,
    row_bytes: row_bytes + bytesOf(row),
  });
}

const snapshotBytesOf = (head: Row): number => (isIntact(head) ? Number(head.byte_length ?? 0) : 0);

function bytesOf(row: Row): number {
  try {
    return encoder.encode(JSON.stringify(row)).length;
  } catch {
    return 0; // damaged into a value that JSON cannot hold, such as a bigint
  }
}
