import type { CheckedDump, CheckedSession } from "../arguments/runtime-dump.ts";
import type { OnConflict, RestoredRuntime, RuntimeDump } from "../contract/index.ts";
import { RuntimeStoreError, type RowReference } from "../core/errors.ts";
import { newUuid } from "../core/ids.ts";
import type { Body, Key, TableName, Transaction } from "../engine/index.ts";
import { encodeRecord, parseBoundaryReceipt, parseInputState, parseOpsSnapshot } from "../records/index.ts";
import { loadBody, loadSessionRow, type PlacedBody, placeBody, placeSession } from "./bodies.ts";
import { clearRuntime, dumpRuntime } from "./catalog.ts";
import { greatestRevision, type HeadRow, loadHeadRow, putHeadRow } from "./heads.ts";
import { putInputStates } from "./input-states.ts";
import { numberAfter } from "./number-after.ts";
import { insertReceipt, putOperation } from "./receipts.ts";
import { corruptRow, isDamage, putRow, recordMembers } from "./rows.ts";
import { RUNTIME_TABLES } from "./runtime-rows.ts";

/** How to restore, all of it decided. */
export interface RestoreMode {
  readonly onConflict: OnConflict;
  readonly dryRun: boolean;
  /** Cuts bytes into the blocks that the engine keeps. */
  readonly cut: (bytes: Uint8Array<ArrayBuffer>) => Body;
}

/** What stands where a dump's runtime, or one of its sessions, is to go; of what is in the way, a row. */
type Place = { readonly is: "free" | "same" } | { readonly is: "taken"; readonly by: RowReference };

/** Stores what a dump holds, or tells what would become of it. */
export async function restoreRuntime(
  transaction: Transaction,
  dump: CheckedDump,
  { onConflict, dryRun, cut }: RestoreMode,
): Promise<RestoredRuntime> {
  const { runtime_id } = dump;
  const find = onConflict === "replace" ? orDamaged : asFound;
  const stored = await greatestRevision(transaction, runtime_id);
  const runtime = await find(findRuntime(transaction, dump));
  const sessions: { readonly session: CheckedSession; readonly place: Place }[] = [];
  for (const session of dump.sessions) {
    sessions.push({ session, place: await find(findSession(transaction, session)) });
  }
  const taken = [runtime, ...sessions.map(({ place }) => place)].find((place) => place.is === "taken");
  if (taken && onConflict === "refuse") throw conflict(dump, stored, taken.by);
  if (taken && onConflict === "skip") return { runtime_id, outcome: "skipped", revision: stored };

  const revision = runtime.is === "same" ? stored : revisionFor(dump, { stored, isTaken: runtime.is === "taken" });
  const missing = sessions.filter(({ place }) => place.is !== "same").map(({ session }) => session);
  if (!dryRun) {
    const head =
      runtime.is === "same"
        ? await loadHeadRow(transaction, runtime_id)
        : await writeRuntime(transaction, dump, { revision, cut });
    for (const { snapshot, owned } of missing) {
      const body = cut(snapshot.bytes);
      // What nobody owns has a body of its own, which goes with it.
      const isShared = owned && snapshot === dump.snapshot;
      const { body_id, body_seal } = isShared ? (head as PlacedBody) : await placeBody(transaction, body);
      const { reading } = snapshot;
      await placeSession(
        transaction,
        { body, reading },
        { body_id, body_seal, runtime_id: owned ? runtime_id : undefined },
      );
    }
  }
  const isWhole = runtime.is === "same" && missing.length === 0;
  return { runtime_id, outcome: taken ? "replaced" : isWhole ? "unchanged" : "restored", revision };
}

/**
 * Revisions never go back, and one has one content only: what replaces something else goes beyond whatever was here. Where
 * there is nothing but the mark of a deletion, the dump's own are kept, for they go at least as far.
 */
function revisionFor({ head }: CheckedDump, { stored, isTaken }: { stored: number; isTaken: boolean }): number {
  return isTaken && stored >= head.revision ? numberAfter(stored, "revisions") : head.revision;
}

function conflict({ runtime_id }: CheckedDump, revision: number, row: RowReference): RuntimeStoreError {
  const what = `runtime ${JSON.stringify(runtime_id)}, or a session of it, is here with other content`;
  return new RuntimeStoreError("import_conflict", what, { head: { runtime_id, revision }, row });
}

const asFound = (finding: Promise<Place>): Promise<Place> => finding;

/** Takes a damaged row for something else than what is to be restored. */
async function orDamaged(finding: Promise<Place>): Promise<Place> {
  try {
    return await finding;
  } catch (error) {
    if (!isDamage(error) || !error.row) throw error;
    return { is: "taken", by: error.row };
  }
}

/**
 * What there is of the runtime itself.
 * @throws {RuntimeStoreError} `corrupt_record` where it is damaged, or rows are left of a lost one.
 */
async function findRuntime(transaction: Transaction, dump: CheckedDump): Promise<Place> {
  const { runtime_id } = dump;
  const stored = await dumpRuntime(transaction, runtime_id);
  if (stored) {
    const by = firstDifference(stored, dump);
    if (!by) return { is: "same" };
    if (!isEmpty(stored)) return { is: "taken", by };
  }
  const [head, ...rows] = await Promise.all([
    loadHeadRow(transaction, runtime_id),
    ...RUNTIME_TABLES.filter((table) => table !== "runtime_heads").map((table) =>
      transaction.lastKey(table, [runtime_id]),
    ),
  ]);
  if (rows.some((key) => key !== undefined)) {
    throw corruptRow("runtime_heads", [runtime_id], "is gone, other rows of its runtime are not");
  }
  const isBehind = head !== undefined && head.revision > dump.head.revision;
  return isBehind ? { is: "taken", by: { table: "runtime_heads", key: [runtime_id] } } : { is: "free" };
}

async function findSession(transaction: Transaction, { session_id, snapshot }: CheckedSession): Promise<Place> {
  const row = await loadSessionRow(transaction, session_id);
  if (!row) return { is: "free" };
  const isSame =
    row.byte_length === snapshot.bytes.length && sameBytes((await loadBody(transaction, row))?.bytes(), snapshot.bytes);
  return isSame ? { is: "same" } : { is: "taken", by: { table: "sessions", key: [session_id] } };
}

/** Whether nothing is known of a runtime but its head, as after it was acquired for the first time. */
const isEmpty = ({ receipts, input_states, runtime_state, ops_lifecycle }: RuntimeDump): boolean =>
  receipts.length === 0 && input_states.length === 0 && runtime_state === undefined && ops_lifecycle === undefined;

/** The first row that a stored runtime and a dump do not have alike; the same at revisions that were raised before is the same. */
function firstDifference(stored: RuntimeDump, dump: CheckedDump): RowReference | undefined {
  const raised = Math.max(0, stored.head.revision - dump.head.revision);
  const there = rowsOf(stored, 0);
  const due = rowsOf(dump, raised);
  for (const [name, { at, text }] of [...due, ...there]) {
    if (there.get(name)?.text !== text || due.get(name)?.text !== text) return at;
  }
  const isSame = sameBytes(stored.session_snapshot, dump.snapshot?.bytes);
  return isSame ? undefined : { table: "runtime_heads", key: [dump.runtime_id] };
}

type TextOfRow = { readonly at: RowReference; readonly text: string };

/**
 * What a dump says, row by row, with its revisions raised; the bodies and the catalog are not among it. Records are in canonical
 * form: stored ones may have their stamps behind all other members.
 */
function rowsOf(dump: Omit<RuntimeDump, "sessions">, raised: number): Map<string, TextOfRow> {
  const { runtime_id, head, runtime_state, ops_lifecycle, input_states, receipts } = dump;
  const rows = new Map<string, TextOfRow>();
  const add = (table: TableName, key: Key, value: unknown) => {
    rows.set(JSON.stringify([table, key]), { at: { table, key }, text: encodeRecord(value).text });
  };
  const { session_id, conversation_digest, run_id, sequence, committed_at } = head;
  const ofHead = [session_id, conversation_digest, run_id, sequence, committed_at];
  add("runtime_heads", [runtime_id], [head.revision + raised, ...ofHead.map((member) => member ?? null)]);
  if (runtime_state !== undefined) add("runtime_states", [runtime_id], runtime_state);
  if (ops_lifecycle !== undefined) add("runtime_ops_lifecycle", [runtime_id], parseOpsSnapshot(ops_lifecycle));
  for (const state of input_states) add("runtime_input_states", [runtime_id, state.input_id], parseInputState(state));
  for (const { receipt, revision, committed_at, minted, operation_id = null, byte_length = null } of receipts) {
    const members = [revision + raised, committed_at, minted, operation_id, byte_length, parseBoundaryReceipt(receipt)];
    add("runtime_boundary_receipts", [runtime_id, receipt.run_id, receipt.sequence], members);
  }
  return rows;
}

function sameBytes(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a?.length === b?.length && (a === undefined || a.every((byte, index) => byte === b?.[index]));
}

/** Writes all of a runtime but the catalog, in the place of whatever was there. */
async function writeRuntime(
  transaction: Transaction,
  dump: CheckedDump,
  { revision, cut }: { readonly revision: number } & Pick<RestoreMode, "cut">,
): Promise<HeadRow> {
  const { runtime_id, head, runtime_state, ops_lifecycle, snapshot } = dump;
  const raised = revision - head.revision;
  const before = await clearRuntime(transaction, runtime_id);
  for (const committed of dump.receipts) {
    insertReceipt(transaction, runtime_id, { ...committed, revision: committed.revision + raised });
    const { operation_id, byte_length, receipt } = committed;
    if (operation_id === undefined || byte_length === undefined) continue;
    const { run_id, sequence } = receipt;
    putOperation(transaction, { runtime_id, operation_id, run_id, sequence, byte_length });
  }
  putInputStates(transaction, runtime_id, dump.input_states);
  if (runtime_state !== undefined) putRow(transaction, "runtime_states", { runtime_id, state: runtime_state });
  if (ops_lifecycle !== undefined) {
    putRow(transaction, "runtime_ops_lifecycle", { runtime_id, ...recordMembers(ops_lifecycle) });
  }
  const row: HeadRow = {
    ...head,
    revision,
    ...(snapshot && { ...(await placeBody(transaction, cut(snapshot.bytes))), body_version: newUuid() }),
    // Of a lease that is held here now, the epoch must stay.
    lease_epoch: before.lease_epoch ?? dump.lease_epoch,
  };
  putHeadRow(transaction, row);
  return row;
}
