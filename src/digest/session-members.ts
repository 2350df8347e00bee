import { parseUuid, type SessionId } from "../core/ids.ts";
import { ByteWriter, type JsonTape, Kind, writeCanonicalObject } from "../json/index.ts";
import { USAGE } from "./message.ts";
import { isUnsigned, members, required, struct, u64 } from "./struct.ts";

/** A native `SystemTime` since the epoch: `nanos_since_epoch` is below 10^9. */
export interface ExactTime {
  readonly secs_since_epoch: bigint;
  readonly nanos_since_epoch: number;
}

/** The tokens that a session used, up to 2^64-1 each; `null` where nobody counted. */
export interface ExactUsage {
  readonly input_tokens: bigint;
  readonly output_tokens: bigint;
  readonly cache_creation_tokens: bigint | null;
  readonly cache_read_tokens: bigint | null;
}

/** The members of a session but its messages, in the native runtime's terms. */
export interface SessionMembers {
  readonly version: number;
  readonly id: SessionId;
  readonly created_at: ExactTime;
  readonly updated_at: ExactTime;
  /** Canonical JSON text of an object. */
  readonly metadata: string;
  readonly usage: ExactUsage;
}

export type MemberName = keyof SessionMembers | "messages";

/** The fields of a session in the order in which they are declared and written (meerkat-core v0.5.2 session.rs). */
export const MEMBER_NAMES: readonly MemberName[] = [
  "version",
  "id",
  "messages",
  "created_at",
  "updated_at",
  "metadata",
  "usage",
];

/** What the members are that a session may lack. */
export const MEMBER_DEFAULTS = {
  version: 1,
  metadata: "{}",
  usage: { input_tokens: 0n, output_tokens: 0n, cache_creation_tokens: null, cache_read_tokens: null },
} satisfies Partial<SessionMembers>;

/** Every member lies within one container. */
const DEPTH = 1;

/** Reads the value of a member at the tape's cursor. */
export const readMember: { readonly [Name in keyof SessionMembers]: (tape: JsonTape) => SessionMembers[Name] } = {
  version: (tape) => u32(tape, tape.read(DEPTH)),
  id: readId,
  created_at: readTime,
  updated_at: readTime,
  metadata: readMetadata,
  usage: readUsage,
};

function readId(tape: JsonTape): SessionId {
  const node = tape.read(DEPTH);
  if (!tape.isText(node)) tape.fail(node, "expected a UUID");
  // No UUID is spelled with more bytes, be every one of its characters escaped.
  const id = tape.end(node) - tape.start(node) > 300 ? undefined : parseUuid(tape.text(node));
  if (id === undefined) tape.fail(node, "expected a UUID");
  return id as SessionId;
}

const TIME = struct(required("secs_since_epoch", u64), required("nanos_since_epoch", u64));

/** As on Linux, where a time ends at 2^63-1 seconds; whole seconds of nanoseconds are carried. */
function readTime(tape: JsonTape): ExactTime {
  const node = tape.read(DEPTH);
  const [secs = 0, nanos = 0] = members(tape, node, TIME);
  // Two names and two values, where every other struct passes over members that it does not know.
  if (tape.kind(node) === Kind.Object && tape.next(node) !== node + 5) tape.fail(node, "unknown field");
  const nanoseconds = u32(tape, nanos);
  const seconds = u64Value(tape, secs) + BigInt(Math.floor(nanoseconds / 1e9));
  if (seconds >= 2n ** 63n) tape.fail(secs, "expected a time of at most 2^63-1 seconds");
  return { secs_since_epoch: seconds, nanos_since_epoch: nanoseconds % 1e9 };
}

function readMetadata(tape: JsonTape): string {
  const node = tape.read(DEPTH);
  if (tape.kind(node) !== Kind.Object) tape.fail(node, "expected an object");
  const writer = new ByteWriter();
  writeCanonicalObject(tape, node, writer);
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(writer.view());
}

/** Unlike everything inside a message, members of a session's usage that nobody knows are skipped undecoded. */
function readUsage(tape: JsonTape): ExactUsage {
  const isObject = tape.cursor.peek() === 0x7b;
  const node = isObject ? tape.readKnown(DEPTH, USAGE.names) : tape.read(DEPTH);
  const [input = 0, output = 0, creation = 0, read = 0] = members(tape, node, USAGE);
  return {
    input_tokens: u64Value(tape, input),
    output_tokens: u64Value(tape, output),
    cache_creation_tokens: optionalU64(tape, creation),
    cache_read_tokens: optionalU64(tape, read),
  };
}

function u64Value(tape: JsonTape, node: number): bigint {
  if (!isUnsigned(tape, node)) tape.fail(node, "expected an unsigned integer");
  return BigInt(tape.numeral(node));
}

const optionalU64 = (tape: JsonTape, node: number): bigint | null =>
  node === 0 || tape.kind(node) === Kind.Null ? null : u64Value(tape, node);

function u32(tape: JsonTape, node: number): number {
  const value = isUnsigned(tape, node) ? tape.float(node) : -1;
  if (value < 0 || value > 0xffff_ffff) tape.fail(node, "expected an integer of 32 bits");
  return value;
}
