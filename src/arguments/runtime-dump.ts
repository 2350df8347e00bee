import type { CommittedReceipt, RuntimeDump, RuntimeHead } from "../contract/index.ts";
import { RuntimeStoreError } from "../core/errors.ts";
import { asSessionId, type SessionId } from "../core/ids.ts";
import { within } from "../core/within.ts";
import { parseBoundaryReceipt, parseInputState, parseOpsSnapshot, parseRuntimeState } from "../records/index.ts";
import { capturedSnapshot, type Snapshot } from "./captured-snapshot.ts";
import {
  checkedArray,
  checkedChoice,
  checkedCount,
  checkedId,
  checkedMembers,
  checkedText,
  optional,
} from "./checked-arguments.ts";

/** A dump as captured from the caller, parsed, and found not to contradict itself. */
export interface CheckedDump extends Omit<RuntimeDump, "session_snapshot" | "sessions"> {
  readonly snapshot: Snapshot | undefined;
  readonly sessions: readonly CheckedSession[];
}

export interface CheckedSession {
  readonly session_id: SessionId;
  readonly owned: boolean;
  /** The runtime's own, or another one. */
  readonly snapshot: Snapshot;
}

/**
 * The dump in a caller's object. What it says of itself must fit together as the store's own rules would have left it: the
 * receipts one revision after the other, the head at the last of them, and what is said of a snapshot as reading it gives it.
 * @throws {RuntimeStoreError} `invalid_input`, with the `path`; `invalid_snapshot`, with the `byteOffset`.
 */
export function checkedDump(given: unknown): CheckedDump {
  const dump = checkedMembers(given, "dump", [
    "runtime_id",
    "head",
    "lease_epoch",
    "runtime_state",
    "ops_lifecycle",
    "input_states",
    "receipts",
    "session_snapshot",
    "sessions",
  ]);
  const runtime_id = checkedText(dump.runtime_id, "runtime_id");
  const receipts = checkedReceipts(dump.receipts);
  const snapshot = optional(dump.session_snapshot, "session_snapshot", capturedSnapshot);
  const head = checkedHead(dump.head, runtime_id, snapshot, receipts);
  const input_states = checkedArray(dump.input_states, "input_states", (state, path) =>
    within(path, () => parseInputState(state)),
  );
  assertDistinct("input_states", input_states, ({ input_id }) => input_id);
  const sessions = checkedArray(dump.sessions, "sessions", (session, path) => checkedSession(session, path, snapshot));
  assertDistinct("sessions", sessions, ({ session_id }) => session_id);
  return {
    runtime_id,
    head,
    lease_epoch: optional(dump.lease_epoch, "lease_epoch", checkedCount),
    runtime_state: optional(dump.runtime_state, "runtime_state", (state, path) =>
      within(path, () => parseRuntimeState(state)),
    ),
    ops_lifecycle: optional(dump.ops_lifecycle, "ops_lifecycle", (snapshot, path) =>
      within(path, () => parseOpsSnapshot(snapshot)),
    ),
    input_states: input_states.sort((a, b) => (a.input_id < b.input_id ? -1 : 1)),
    receipts,
    snapshot,
    sessions: sessions.sort((a, b) => (a.session_id < b.session_id ? -1 : 1)),
  };
}

/** Each revision is the next after the one before; the first is another than 1 in a runtime that was deleted once. */
function checkedReceipts(given: unknown): CommittedReceipt[] {
  const receipts = checkedArray(given, "receipts", checkedReceipt);
  for (const [index, { revision }] of receipts.entries()) {
    const due = (receipts[0]?.revision ?? 0) + index;
    if (revision !== due || revision === 0) refuse(`receipts[${index}].revision`, "is not the next");
  }
  assertDistinct("receipts", receipts, ({ receipt }) => `${receipt.run_id} ${receipt.sequence}`);
  assertDistinct(
    "receipts",
    receipts.filter(({ operation_id }) => operation_id !== undefined),
    ({ operation_id }) => operation_id,
  );
  return receipts;
}

function checkedReceipt(given: unknown, path: string): CommittedReceipt {
  const member = checkedMembers(given, path, [
    "receipt",
    "revision",
    "committed_at",
    "minted",
    "operation_id",
    "byte_length",
  ]);
  const operation_id = optional(member.operation_id, `${path}.operation_id`, checkedText);
  const byte_length = optional(member.byte_length, `${path}.byte_length`, checkedCount);
  if (operation_id !== undefined && byte_length === undefined) {
    refuse(`${path}.byte_length`, "is missing: a repetition of the operation is known by it");
  }
  return {
    receipt: within(`${path}.receipt`, () => parseBoundaryReceipt(member.receipt)),
    revision: checkedCount(member.revision, `${path}.revision`),
    committed_at: checkedMoment(member.committed_at, `${path}.committed_at`),
    minted: checkedChoice(member.minted, `${path}.minted`, [true, false]),
    ...(operation_id === undefined ? {} : { operation_id }),
    ...(byte_length === undefined ? {} : { byte_length }),
  };
}

/** Milliseconds since the epoch, as far as a `Date` goes. */
function checkedMoment(value: unknown, path: string): number {
  const moment = checkedCount(value, path);
  if (moment > 8.64e15) refuse(path, "is later than any date");
  return moment;
}

function checkedHead(
  given: unknown,
  runtime_id: string,
  snapshot: Snapshot | undefined,
  receipts: readonly CommittedReceipt[],
): RuntimeHead {
  const head = checkedMembers(given, "head", HEAD_MEMBERS);
  const revision = checkedCount(head.revision, "head.revision");
  const last = receipts.at(-1);
  const ofReceipt = last && {
    revision: last.revision,
    run_id: last.receipt.run_id,
    sequence: last.receipt.sequence,
    committed_at: last.committed_at,
  };
  const ofSession = snapshot && {
    session_id: snapshot.reading.session_id,
    conversation_digest: snapshot.reading.conversation_digest,
    message_count: snapshot.reading.message_count,
    byte_length: snapshot.bytes.length,
  };
  const due: RuntimeHead = { runtime_id, revision, ...ofSession, ...ofReceipt };
  for (const name of HEAD_MEMBERS) {
    if (head[name] !== due[name]) refuse(`head.${name}`, "is not what the last receipt and the snapshot say");
  }
  if (snapshot && !last) refuse("session_snapshot", "came with no receipt");
  if (last?.byte_length !== undefined && last.byte_length !== snapshot?.bytes.length) {
    refuse(`receipts[${receipts.length - 1}].byte_length`, "is not that of the snapshot");
  }
  if (last?.minted) assertMintedOf(last, snapshot);
  return due;
}

/** All that a head has, absent ones among them. */
export const HEAD_MEMBERS = [
  "runtime_id",
  "revision",
  "session_id",
  "conversation_digest",
  "message_count",
  "byte_length",
  "run_id",
  "sequence",
  "committed_at",
] as const satisfies readonly (keyof RuntimeHead)[];

/** A receipt that the store made says what its snapshot says; one that a caller brought may say anything. */
function assertMintedOf({ receipt }: CommittedReceipt, snapshot: Snapshot | undefined): void {
  const { conversation_digest, message_count } = snapshot?.reading ?? {};
  if (receipt.conversation_digest === conversation_digest && receipt.message_count === message_count) return;
  refuse("receipts", "end with one that the store made of another snapshot");
}

function checkedSession(given: unknown, path: string, own: Snapshot | undefined): CheckedSession {
  const member = checkedMembers(given, path, ["session_id", "owned", "snapshot"]);
  const session_id = checkedId(member.session_id, `${path}.session_id`, asSessionId);
  const snapshot = optional(member.snapshot, `${path}.snapshot`, capturedSnapshot) ?? own;
  if (snapshot?.reading.session_id !== session_id) refuse(`${path}.session_id`, "is not that of the snapshot");
  return {
    session_id,
    owned: checkedChoice(member.owned, `${path}.owned`, [true, false]),
    snapshot,
  };
}

function assertDistinct<T>(path: string, all: readonly T[], nameOf: (one: T) => unknown): void {
  if (new Set(all.map(nameOf)).size < all.length) refuse(path, "hold one twice");
}

function refuse(path: string, what: string): never {
  throw new RuntimeStoreError("invalid_input", `${path} ${what}`, { path });
}
