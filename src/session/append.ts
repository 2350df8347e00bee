import { isRuntimeStoreError, RuntimeStoreError } from "../core/errors.ts";
import { joined } from "../core/joined.ts";
import { readSnapshot, type SnapshotReading } from "../digest/read-snapshot.ts";
import { ownBytes } from "../json/index.ts";
import type { Moment, SystemTime } from "../records/index.ts";
import { encodePlain, readable } from "./encode-json.ts";
import { newSession, systemTime } from "./new-session.ts";
import type { Message, Session, Usage } from "./session.ts";
import { encodeSession } from "./snapshot.ts";

/** Text that takes the place of the bytes from `start` up to `end`. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

const encoder = new TextEncoder();

/**
 * A snapshot with messages behind those that it has, made from the bytes: every earlier message keeps its bytes, and so its
 * numbers and its digest. A snapshot of `undefined` begins a new session.
 * @returns bytes of the caller's own; the ones given stay as they are.
 * @throws {RuntimeStoreError} `invalid_snapshot` when the snapshot is none; `invalid_input`, with the path, for a message that
 * is none to the native runtime.
 */
export function appendToSession(
  snapshot: Uint8Array | undefined,
  messages: readonly Message[],
  options: {
    /** What these messages cost: it is added to what the session has cost. */
    readonly usage?: Usage | undefined;
    /** When the session was changed; now, if left out. */
    readonly at?: Moment | undefined;
  } = {},
): Uint8Array<ArrayBuffer> {
  const { usage, at } = options;
  const updated_at = systemTime(at);
  const texts = readable("messages", () => messageTexts(messages));
  const before = snapshot === undefined ? encodeSession(newSession({ at })) : ownBytes(snapshot);
  const reading = readSnapshot(before);
  return edited(before, [
    ...appended(reading, texts),
    replaced(reading, "updated_at", encodePlain(updated_at satisfies SystemTime, "at")),
    ...(usage === undefined ? [] : [replacedUsage(before, reading, usage)]),
  ]);
}

function messageTexts(messages: readonly Message[]): string[] {
  if (Array.isArray(messages)) return Array.from(messages as readonly Message[], messageText);
  throw new RuntimeStoreError("invalid_input", "messages must be an array", { path: "messages" });
}

/** A message's JSON text, once the native rules have read it where it will stand. */
function messageText(message: Message, index: number): string {
  const path = `messages[${String(index)}]`;
  const text = encodePlain(message, path, 2);
  try {
    encodeSession({ ...PROBE, messages: [message] });
  } catch (error) {
    if (!isRuntimeStoreError(error) || error.code !== "invalid_snapshot") throw error;
    throw new RuntimeStoreError("invalid_input", `${path}: ${error.detail}`, { path, cause: error });
  }
  return text;
}

const PROBE: Session = newSession({ id: "00000000-0000-0000-0000-000000000000", at: 0 });

function appended({ spans, message_count }: SnapshotReading, texts: readonly string[]): Edit[] {
  const { messages } = spans;
  if (messages === undefined || texts.length === 0) return [];
  const bracket = messages.end - 1;
  return [{ start: bracket, end: bracket, text: (message_count > 0 ? "," : "") + texts.join(",") }];
}

function replaced({ spans }: SnapshotReading, name: "updated_at", text: string): Edit {
  const { start, end } = spans[name] ?? { start: 0, end: 0 };
  return { start, end, text };
}

function replacedUsage(before: Uint8Array, { spans, usage, form }: SnapshotReading, added: Usage): Edit {
  const total = readable("usage", () => sum(usage, added));
  const text = encodePlain(total, "usage");
  if (spans.usage) return { ...spans.usage, text };
  const close = before.lastIndexOf(form === "object" ? 0x7d : 0x5d);
  const prefix = form === "object" ? `,"usage":` : spans.metadata ? "," : ",{},";
  return { start: close, end: close, text: prefix + text };
}

/** An optional counter counts once any side has it (meerkat-core v0.5.2 types.rs `Usage`). */
function sum(before: SnapshotReading["usage"], added: Usage): Record<keyof Usage, bigint | null> {
  if (typeof added !== "object" || added === null) {
    throw new RuntimeStoreError("invalid_input", "usage must be an object of token counts", { path: "usage" });
  }
  const total = (counted: bigint | null, more: number | null | undefined): bigint | null =>
    more === undefined || more === null ? counted : (counted ?? 0n) + checkedTokens(more);
  return {
    input_tokens: total(before.input_tokens, added.input_tokens),
    output_tokens: total(before.output_tokens, added.output_tokens),
    cache_creation_tokens: total(before.cache_creation_tokens, added.cache_creation_tokens),
    cache_read_tokens: total(before.cache_read_tokens, added.cache_read_tokens),
  };
}

function checkedTokens(count: number): bigint {
  if (Number.isSafeInteger(count) && count >= 0) return BigInt(count);
  throw new RuntimeStoreError("invalid_input", "token counts are whole numbers from 0 to 2^53-1", { path: "usage" });
}

function edited(bytes: Uint8Array, edits: readonly Edit[]): Uint8Array<ArrayBuffer> {
  const pieces: Uint8Array[] = [];
  let position = 0;
  for (const { start, end, text } of [...edits].sort((a, b) => a.start - b.start)) {
    pieces.push(bytes.subarray(position, start), encoder.encode(text));
    position = end;
  }
  pieces.push(bytes.subarray(position));
  return joined(pieces);
}
