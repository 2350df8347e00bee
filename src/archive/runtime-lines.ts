import type { CommittedReceipt, RuntimeDump, RuntimeHead } from "../contract/index.ts";
import { isRuntimeStoreError, RuntimeStoreError } from "../core/errors.ts";
import { encodeRecord, parseBoundaryReceipt, parseInputState, parseOpsSnapshot } from "../records/index.ts";
import { toBase64 } from "../records/typed-arrays.ts";
import { RunningDigest } from "./running-digest.ts";
import { type ArchiveLine, lineOf } from "./lines.ts";

/** A body is written in pieces of this many bytes, and what is left. */
export const PIECE_BYTES = 1024 * 1024;

/** A runtime takes no more of an archive, for whoever reads it must hold all of it at once. */
export const MAX_RUNTIME_BYTES = 1024 * 1024 * 1024;

/**
 * The lines of one runtime, the same for the same content.
 * @throws {RuntimeStoreError} `unsupported` for what is too large for an archive.
 */
export function* linesOf(dump: RuntimeDump): Generator<ArchiveLine, void> {
  const digest = new RunningDigest();
  let length = 0;
  for (const part of partsOf(dump)) {
    const line = lineOfRuntime(part, dump);
    digest.add(line.sha256);
    length += line.bytes.length;
    if (length > MAX_RUNTIME_BYTES) throw tooLarge(dump.runtime_id);
    yield line;
  }
  yield lineOf(JSON.stringify({ kind: "runtime_end", lines: digest.count, digest: digest.finish() }));
}

/** As `lineOf`, naming the runtime that no archive can hold. */
function lineOfRuntime(part: string, { runtime_id }: RuntimeDump): ArchiveLine {
  try {
    return lineOf(part);
  } catch (cause) {
    if (!isRuntimeStoreError(cause)) throw cause;
    throw new RuntimeStoreError(cause.code, `runtime ${JSON.stringify(runtime_id)}: ${cause.detail}`, { cause });
  }
}

function* partsOf(dump: RuntimeDump): Generator<string, void> {
  const { lease_epoch, runtime_state, ops_lifecycle, session_snapshot } = dump;
  yield JSON.stringify({ kind: "runtime", head: orderedHead(dump.head), lease_epoch, runtime_state });
  if (ops_lifecycle !== undefined) yield recordPart({ kind: "ops_lifecycle" }, parseOpsSnapshot(ops_lifecycle));
  // Parsed anew, records are in canonical form: stored ones may have their stamps behind all other members.
  for (const state of dump.input_states) yield recordPart({ kind: "input_state" }, parseInputState(state));
  for (const { receipt, ...committed } of dump.receipts) {
    yield recordPart({ kind: "receipt", ...orderedMembers(committed) }, parseBoundaryReceipt(receipt));
  }
  if (session_snapshot) yield* bodyParts({ kind: "snapshot" }, session_snapshot);
  for (const { session_id, owned, snapshot } of dump.sessions) {
    if (snapshot) yield* bodyParts({ kind: "session", session_id, owned }, snapshot);
    else yield JSON.stringify({ kind: "session", session_id, owned });
  }
}

function orderedHead({ runtime_id, revision, ...head }: RuntimeHead): RuntimeHead {
  const { session_id, conversation_digest, message_count, byte_length, run_id, sequence, committed_at } = head;
  const ofSession = { session_id, conversation_digest, message_count, byte_length };
  return { runtime_id, revision, ...ofSession, run_id, sequence, committed_at };
}

function orderedMembers({
  revision,
  committed_at,
  minted,
  operation_id,
  byte_length,
}: Omit<CommittedReceipt, "receipt">) {
  return { revision, committed_at, minted, operation_id, byte_length };
}

/** A part with a record, which is JSON where JSON carries it whole, and otherwise what superjson makes of it. */
function recordPart(members: object, record: unknown): string {
  const { format, text } = encodeRecord(record);
  return `${JSON.stringify({ ...members, format }).slice(0, -1)},"record":${text}}`;
}

function* bodyParts(members: object, bytes: Uint8Array): Generator<string, void> {
  yield JSON.stringify({ ...members, byte_length: bytes.length });
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    yield JSON.stringify({ kind: "bytes", base64: toBase64(bytes.subarray(at, at + PIECE_BYTES)) });
  }
}

function tooLarge(runtimeId: string): RuntimeStoreError {
  const most = `${MAX_RUNTIME_BYTES} bytes of an archive`;
  return new RuntimeStoreError("unsupported", `runtime ${JSON.stringify(runtimeId)} takes more than ${most}`);
}
