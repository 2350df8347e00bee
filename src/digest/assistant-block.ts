import { Kind, writeCanonicalValue } from "../json/index.ts";
import { oneOf, plainVariant, taggedEnum, taggedOf } from "./enums.ts";
import {
  type Field,
  type Write,
  defaulted,
  members,
  omittable,
  required,
  struct,
  text,
  writeStruct,
} from "./struct.ts";

/** Free JSON of any kind. */
export const anything: Write = (tape, node, writer) => {
  writeCanonicalValue(tape, node, writer);
};

const encryptedContent: Field = { ...omittable("encrypted_content", text), requiredInArray: true };

const PROVIDER_META = taggedEnum("provider", {
  anthropic: struct(required("signature", text)),
  anthropic_redacted: struct(required("data", text)),
  anthropic_compaction: struct(required("content", text)),
  gemini: struct(required("thoughtSignature", text)),
  open_ai: struct(required("id", text), encryptedContent),
});

const meta = omittable("meta", taggedOf(PROVIDER_META));

const BLOCKS = {
  text: struct(required("text", text), meta),
  reasoning: struct(defaulted("text", text, '""'), meta),
  tool_use: struct(required("id", text), required("name", text), required("args", anything), meta),
};
const BLOCK_TYPES = ["text", "reasoning", "tool_use"] as const;
const BLOCK = struct(required("block_type", oneOf(BLOCK_TYPES)), required("data", anything));

/** Writes a block of an assistant's turn: its type, and beside it an object with its data. */
export const writeAssistantBlock: Write = (tape, node, writer) => {
  const [blockType = 0, data = 0] = members(tape, node, BLOCK);
  const type = plainVariant(tape, blockType, BLOCK_TYPES);
  if (tape.kind(data) !== Kind.Object) tape.fail(data, "expected an object");
  writer.ascii(`{"block_type":"${type}","data":`);
  writeStruct(tape, data, writer, BLOCKS[type]);
  writer.byte(0x7d);
};
