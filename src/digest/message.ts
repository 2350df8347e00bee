import { ByteWriter, JsonCursor, JsonTape, Kind, documentBytes, writeRawText } from "../json/index.ts";
import { anything, writeAssistantBlock } from "./assistant-block.ts";
import { projectedText, writeContent } from "./content.ts";
import { namedVariant, oneOf, plainVariant, tagOf, taggedEnum, writeVariant } from "./enums.ts";
import {
  type Field,
  type Write,
  boolean,
  defaulted,
  listOf,
  members,
  omittable,
  required,
  struct,
  structOf,
  text,
  u64,
} from "./struct.ts";

const NOTICE_KINDS = ["generic", "mcp_pending", "background_job", "tool_scope", "tool_scope_warning"] as const;
const RENDER_CLASSES = [
  "user_prompt",
  "peer_message",
  "peer_request",
  "peer_response",
  "external_event",
  "flow_step",
  "continuation",
  "system_notice",
  "tool_scope_notice",
  "ops_progress",
] as const;
const STOP_REASONS = ["end_turn", "tool_use", "max_tokens", "stop_sequence", "content_filter", "cancelled"];

const cacheTokens = (name: string): Field => ({
  name,
  write: u64,
  absent: "null",
  optional: true,
  requiredInArray: true,
});

/** The tokens used by a turn, and in a session by all of it. */
export const USAGE = struct(
  required("input_tokens", u64),
  required("output_tokens", u64),
  cacheTokens("cache_creation_tokens"),
  cacheTokens("cache_read_tokens"),
);

const RENDER_METADATA = struct(
  required("class", oneOf(RENDER_CLASSES)),
  defaulted("salience", oneOf(["background", "normal", "important", "urgent"]), '"normal"'),
);
const TOOL_CALL = struct(required("id", text), required("name", text), required("args", anything));
const TOOL_RESULT = struct(
  required("tool_use_id", text),
  required("content", writeContent),
  defaulted("is_error", boolean, "false"),
);
const USER = struct(required("content", writeContent), omittable("render_metadata", structOf(RENDER_METADATA)));
const stopReason = required("stop_reason", oneOf(STOP_REASONS));

const MESSAGES = taggedEnum("role", {
  system: struct(required("content", text)),
  system_notice: struct(required("kind", oneOf(NOTICE_KINDS)), required("body", text)),
  user: USER,
  assistant: struct(
    required("content", text),
    defaulted("tool_calls", listOf(structOf(TOOL_CALL)), "[]"),
    stopReason,
    required("usage", structOf(USAGE)),
  ),
  block_assistant: struct(required("blocks", listOf(writeAssistantBlock)), stopReason),
  tool_results: struct(required("results", listOf(structOf(TOOL_RESULT)))),
});

/** Writes the canonical form of one message, the form that is hashed (meerkat-core v0.5.2 types.rs). */
export const writeMessage: Write = (tape, node, writer) => {
  const start = writer.length;
  const variant = namedVariant(tape, tagOf(tape, node, MESSAGES), MESSAGES);
  writeVariant(tape, node, writer, MESSAGES, variant);
  if (variant.shape !== USER) return;
  const notice = legacyNotice(tape, node);
  if (notice === undefined) return;
  writer.truncate(start);
  writer.ascii(`{"role":"system_notice","kind":"${notice.kind}","body":`);
  writeRawText(writer, notice.body);
  writer.byte(0x7d);
};

/**
 * The canonical form of one message given as a JSON document.
 * @throws {RuntimeStoreError} `invalid_snapshot`, with `byteOffset`, when the native runtime does not read it as a message.
 */
export function canonicalMessage(json: Uint8Array | string): Uint8Array<ArrayBuffer> {
  const cursor = new JsonCursor(documentBytes(json, "invalid_snapshot"), "invalid_snapshot");
  const tape = new JsonTape(cursor);
  const writer = new ByteWriter(cursor.bytes.length);
  const message = tape.read(0);
  cursor.expectEnd();
  writeMessage(tape, message, writer);
  return writer.take();
}

interface LegacyPrefix {
  readonly prefix: string;
  readonly kind: (typeof NOTICE_KINDS)[number];
  readonly renderClass: (typeof RENDER_CLASSES)[number];
}

/** The first prefix that a text has decides, whether its class fits or not. */
const LEGACY_PREFIXES: readonly LegacyPrefix[] = [
  { prefix: "[SYSTEM NOTICE][TOOL_SCOPE][WARNING] ", kind: "tool_scope_warning", renderClass: "tool_scope_notice" },
  { prefix: "[SYSTEM NOTICE][TOOL_SCOPE] ", kind: "tool_scope", renderClass: "tool_scope_notice" },
  { prefix: "[SYSTEM NOTICE][MCP_PENDING] ", kind: "mcp_pending", renderClass: "system_notice" },
  { prefix: "[SYSTEM NOTICE][BG_JOB] ", kind: "background_job", renderClass: "ops_progress" },
  { prefix: "[SYSTEM NOTICE] ", kind: "generic", renderClass: "system_notice" },
];

/** The notice that older runtimes wrote as a user message (meerkat-core v0.5.2 `try_from_legacy_user`). */
function legacyNotice(tape: JsonTape, message: number): { kind: string; body: Uint8Array } | undefined {
  const [content = 0, metadata = 0] = members(tape, message, USER, 1);
  if (metadata === 0 || tape.kind(metadata) === Kind.Null) return undefined;
  const [renderClass = 0] = members(tape, metadata, RENDER_METADATA);
  const said = projectedText(tape, content);
  const legacy = LEGACY_PREFIXES.find(({ prefix }) => startsWith(said, prefix));
  if (legacy?.renderClass !== plainVariant(tape, renderClass, RENDER_CLASSES)) return undefined;
  return { kind: legacy.kind, body: said.subarray(legacy.prefix.length) };
}

function startsWith(bytes: Uint8Array, prefix: string): boolean {
  for (let index = 0; index < prefix.length; index++) if (bytes[index] !== prefix.charCodeAt(index)) return false;
  return true;
}
