import type { RowReference } from "../core/errors.ts";
import {
  BODIES,
  type Row,
  type Scope,
  TABLES,
  type TableName,
  TALLIES,
  type Tally,
  type Transaction,
} from "../engine/index.ts";
import type { SessionRow } from "./bodies.ts";
import type { HeadRow } from "./heads.ts";
import { isDamage, isIntact, readRows } from "./rows.ts";

/** The tables of a runtime's rows, in the order in which they are verified. */
export const RUNTIME_TABLES = [
  "runtime_heads",
  "runtime_boundary_receipts",
  "runtime_revisions",
  "runtime_operations",
  "runtime_input_states",
  "runtime_states",
  "runtime_ops_lifecycle",
] as const satisfies readonly TableName[];

export type RuntimeTable = (typeof RUNTIME_TABLES)[number];

/** All tables and the bodies: for what must see or remove all of a runtime. */
export const EVERYTHING: Scope = [...(Object.keys(TABLES) as TableName[]), BODIES];

/** What `readRuntimeRows` reads. */
export const VERIFIED: Scope = [...EVERYTHING, TALLIES];

/** Rows that the engine counts together, as they are and as it has counted them; `at` is where they are said to be. */
export interface CountedRows {
  readonly at: RowReference;
  readonly rows: readonly Row[];
  readonly tally: Tally | undefined;
  /** The row of the tally, where it is damaged; nothing is known then of how many rows there should be. */
  readonly damagedTally: RowReference | undefined;
}

/** All that is stored of a runtime but its snapshots, as one transaction saw it; any of it may be damaged. */
export interface RuntimeRows {
  readonly tables: Readonly<Record<RuntimeTable, readonly Row[]>>;
  /** As `sessionsOf` has them. */
  readonly sessions: readonly Row[];
  /** The bodies that no row of any runtime or session names. */
  readonly orphanedBodies: readonly string[];
  /** Those in `tables`, and the whole catalog. */
  readonly counted: readonly CountedRows[];
}

export async function readRuntimeRows(transaction: Transaction, runtimeId: string): Promise<RuntimeRows> {
  const tables = {} as Record<RuntimeTable, readonly Row[]>;
  const [heads, sessions, bodies, ofRuntime, ofCatalog] = await Promise.all([
    readRows(transaction, "runtime_heads"),
    readRows(transaction, "sessions"),
    transaction.listBodies(),
    readTally(transaction, runtimeId),
    readTally(transaction),
    ...RUNTIME_TABLES.map(async (table) => {
      tables[table] = await readRows(transaction, table, { prefix: [runtimeId] });
    }),
  ]);
  const [head] = tables.runtime_heads;
  const named = new Set([...heads, ...sessions].map(({ body_id }) => body_id));
  return {
    tables,
    sessions: sessionsOf(runtimeId, { rows: sessions, head }),
    orphanedBodies: bodies.filter((id) => !named.has(id)),
    counted: [
      { at: { table: "runtime_heads", key: [runtimeId] }, rows: Object.values(tables).flat(), ...ofRuntime },
      { at: { table: "sessions", key: [] }, rows: sessions, ...ofCatalog },
    ],
  };
}

/** The sessions of the catalog that the runtime wrote last; that of its head also if it was saved by hand since, or is damaged. */
export function sessionsOf(runtimeId: string, { rows, head }: { rows: readonly Row[]; head: Row | undefined }): Row[] {
  return rows.filter(
    (row) =>
      row.runtime_id === runtimeId ||
      (row.session_id === head?.session_id && (row.runtime_id === undefined || !isIntact(row))),
  );
}

async function readTally(
  transaction: Transaction,
  runtimeId?: string,
): Promise<Pick<CountedRows, "tally" | "damagedTally">> {
  try {
    return { tally: await transaction.tally(runtimeId), damagedTally: undefined };
  } catch (error) {
    if (!isDamage(error)) throw error;
    return { tally: undefined, damagedTally: error.row };
  }
}

/** The head, where it is sound and its runtime was not deleted. */
export function liveHead({ tables }: RuntimeRows): HeadRow | undefined {
  const [head] = tables.runtime_heads;
  return head && isIntact(head) && head.deleted_at === undefined ? (head as HeadRow) : undefined;
}

/** The catalog rows that are sound. */
export const soundSessions = ({ sessions }: RuntimeRows): SessionRow[] => sessions.filter(isIntact) as SessionRow[];
