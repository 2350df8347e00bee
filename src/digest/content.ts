import { ByteWriter, type JsonTape, Kind } from "../json/index.ts";
import { taggedEnum, variantOf, writeVariant } from "./enums.ts";
import { type Field, type Write, listOf, members, required, struct, text, u64, writeStruct } from "./struct.ts";

/** The member that says where an image or a video is, already read as the variant's name. */
const source = (name: string): Field =>
  required("source", (_tape, _node, writer) => {
    writer.ascii(`"${name}"`);
  });

const TEXT = struct(required("text", text));
const MEDIA = struct(required("media_type", text));

const BLOCKS = taggedEnum("type", { text: TEXT, image: MEDIA, video: MEDIA });
/** Images and videos carry the members of their source among their own, and have no array form. */
const SOURCES = {
  image: taggedEnum("source", {
    inline: struct(required("media_type", text), source("inline"), required("data", text)),
    blob: struct(required("media_type", text), source("blob"), required("blob_id", text)),
  }),
  video: taggedEnum("source", {
    inline: struct(
      required("media_type", text),
      required("duration_ms", u64),
      source("inline"),
      required("data", text),
    ),
  }),
};

const writeBlock: Write = (tape, node, writer) => {
  const block = variantOf(tape, node, BLOCKS);
  if (block.name !== "image" && block.name !== "video") {
    writeVariant(tape, node, writer, BLOCKS, block);
    return;
  }
  if (tape.kind(node) !== Kind.Object) tape.fail(node, "expected an object");
  const { shape } = variantOf(tape, node, SOURCES[block.name]);
  writeStruct(tape, node, writer, shape, `"type":"${block.name}"`);
};

const writeBlocks = listOf(writeBlock);

/** Writes the content of a user message or a tool result: a string is one block of text, and one block of text is written as a string. */
export const writeContent: Write = (tape, node, writer) => {
  if (tape.isText(node)) tape.writeText(node, writer);
  else if (!writeOnlyText(tape, node, writer)) writeBlocks(tape, node, writer);
};

function writeOnlyText(tape: JsonTape, content: number, writer: ByteWriter): boolean {
  const [block, another] = tape.kind(content) === Kind.Array ? tape.elements(content) : [];
  if (block === undefined || another !== undefined || variantOf(tape, block, BLOCKS).name !== "text") return false;
  const [said = 0] = members(tape, block, TEXT, 1);
  text(tape, said, writer);
  return true;
}

/** The text that a content which `writeContent` wrote says, with a mark for each image and video. */
export function projectedText(tape: JsonTape, content: number): Uint8Array {
  if (tape.isText(content)) return tape.textBytes(content);
  const writer = new ByteWriter();
  for (const block of tape.elements(content)) {
    const piece = projectedBlock(tape, block);
    if (writer.length > 0 && piece.length > 0) writer.byte(0x0a);
    writer.copy(piece, 0, piece.length);
  }
  return writer.view();
}

function projectedBlock(tape: JsonTape, block: number): Uint8Array {
  const { name, shape } = variantOf(tape, block, BLOCKS);
  const [said = 0] = members(tape, block, shape, 1);
  if (name === "text") return tape.textBytes(said);
  const writer = new ByteWriter();
  const type = tape.textBytes(said);
  writer.ascii(`[${name}: `);
  writer.copy(type, 0, type.length);
  writer.ascii("]");
  return writer.view();
}
