import type { VerifyFinding, VerifyFindingCode } from "../contract/index.ts";
import { isRuntimeStoreError } from "../core/errors.ts";
import type { SnapshotReading } from "../digest/read-snapshot.ts";
import { SnapshotReader } from "../digest/snapshot-reader.ts";
import { BODIES, type Key, keyOf, type Row, type Scope, type Transaction, type Transactions } from "../engine/index.ts";
import type { RunBoundaryReceipt } from "../records/index.ts";
import { loadBody, type SessionRow, sessionMembers } from "./bodies.ts";
import { finding } from "./findings.ts";
import type { HeadRow } from "./heads.ts";
import type { ReceiptRow } from "./receipts.ts";
import { isDamage, isIntact, readRow, recordOf } from "./rows.ts";
import { liveHead, type RuntimeRows, soundSessions } from "./runtime-rows.ts";
import { readInSlices } from "./read-in-slices.ts";
import type { SlicedWork } from "./sliced-work.ts";

/** A row that names a body, in the table where it stands. */
type Namer =
  { readonly table: "runtime_heads"; readonly row: HeadRow } | { readonly table: "sessions"; readonly row: SessionRow };

/** One body of a runtime, its length, and the rows that name it. */
export interface NamedBody {
  readonly id: string;
  readonly length: number;
  readonly namers: readonly Namer[];
}

/** The bodies of a runtime and of its sessions, each once. */
export function namedBodies(rows: RuntimeRows): NamedBody[] {
  const head = liveHead(rows);
  const namers: Namer[] = [
    ...(head ? [{ table: "runtime_heads" as const, row: head }] : []),
    ...soundSessions(rows).map((row) => ({ table: "sessions" as const, row })),
  ];
  const ids = new Set(namers.map(({ row }) => row.body_id).filter((id) => typeof id === "string"));
  return [...ids].map((id) => {
    const ofBody = namers.filter(({ row }) => row.body_id === id);
    return { id, length: ofBody[0]?.row.byte_length ?? 0, namers: ofBody };
  });
}

const SCOPE: Scope = ["runtime_heads", "runtime_boundary_receipts", "sessions", BODIES];

/** Reads a body again, and compares what it says with every row that says something of it. */
export async function verifyBody(engine: Transactions, body: NamedBody, work: SlicedWork): Promise<VerifyFinding[]> {
  const at = { table: BODIES, key: [body.id] };
  try {
    const stored = await engine.transact("readonly", SCOPE, (transaction) => loadNamed(transaction, body));
    return stored ? mismatches(stored, await readInSlices(new SnapshotReader(stored.bytes), work, body.length)) : [];
  } catch (error) {
    if (isDamage(error)) return [finding("damaged_body", error.row ?? at, "is not what was written")];
    if (!isRuntimeStoreError(error) || error.code !== "invalid_snapshot") throw error;
    return [finding("damaged_body", at, `is no session: ${error.detail}`)];
  }
}

/** A body, and the rows that name it in the transaction in which it was read. */
interface StoredBody {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly seal: number | undefined;
  readonly namers: readonly Namer[];
  readonly receipt: ReceiptRow | undefined;
}

/** The body with the rows that still name it: those that were written since are sound, or the next verification's concern. */
async function loadNamed(transaction: Transaction, { id, namers }: NamedBody): Promise<StoredBody | undefined> {
  const found = await Promise.all(namers.map(({ table, row }) => readRow(transaction, table, keyOf(table, row))));
  const current = namers.flatMap(({ table }, index) => {
    const row = found[index];
    return row?.body_id === id && isIntact(row) ? [{ table, row } as Namer] : [];
  });
  const [first] = current;
  const head = current.find(({ table }) => table === "runtime_heads")?.row as HeadRow | undefined;
  const key = head && receiptKeyOf(head);
  const [body, receipt] = await Promise.all([
    first && loadBody(transaction, first.row),
    key ? readRow(transaction, "runtime_boundary_receipts", key) : undefined,
  ]);
  const seal = first?.row.body_seal;
  return body && { bytes: body.bytes(), seal, namers: current, receipt: receipt as ReceiptRow | undefined };
}

/** The key of the receipt that a head names; `undefined` also for what the browser would throw at. */
function receiptKeyOf({ runtime_id, run_id, sequence }: HeadRow): Key | undefined {
  const isKey = typeof run_id === "string" && Number.isSafeInteger(sequence);
  return isKey ? [runtime_id, run_id, sequence as number] : undefined;
}

/** What heads, catalog rows and the last receipt say of a body, and reading it does not confirm. */
function mismatches({ bytes, seal, namers, receipt }: StoredBody, reading: SnapshotReading): VerifyFinding[] {
  const { session_id, conversation_digest, message_count } = reading;
  const asWritten = { byte_length: bytes.length, body_seal: seal };
  return namers.flatMap((namer) => {
    if (namer.table === "sessions") {
      return mismatch("session_mismatch", namer.table, namer.row, { ...sessionMembers(reading), ...asWritten });
    }
    return [
      ...mismatch("head_mismatch", namer.table, namer.row, {
        session_id,
        conversation_digest,
        message_count,
        ...asWritten,
      }),
      ...receiptMismatch(receipt, { conversation_digest, message_count }),
    ];
  });
}

/** A receipt that the caller brought is the caller's word; a damaged one was found among the rows. */
function receiptMismatch(row: ReceiptRow | undefined, members: Row): VerifyFinding[] {
  if (!row || !isIntact(row) || !row.minted) return [];
  let record: RunBoundaryReceipt;
  try {
    record = recordOf("runtime_boundary_receipts", row) as RunBoundaryReceipt;
  } catch {
    return [];
  }
  const { conversation_digest, message_count } = record;
  return mismatch(
    "receipt_mismatch",
    "runtime_boundary_receipts",
    { ...row, conversation_digest, message_count },
    members,
  );
}

function mismatch(
  code: VerifyFindingCode,
  table: Parameters<typeof keyOf>[0],
  row: Row,
  members: Row,
): VerifyFinding[] {
  const wrong = Object.keys(members).filter((name) => row[name] !== members[name]);
  if (wrong.length === 0) return [];
  return [finding(code, { table, key: keyOf(table, row) }, `says otherwise than its snapshot: ${wrong.join(", ")}`)];
}
