import { ByteWriter } from "./byte-writer.ts";
import { Kind } from "./kinds.ts";
import { hex4 } from "./scan-text.ts";

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const BACKSLASH = 0x5c;

/** The bytes of a string's text without its escapes; for plain text a view of the source. Takes the span with its quotes. */
export function unescapedText(bytes: Uint8Array, start: number, end: number, kind: Kind): Uint8Array {
  if (kind === Kind.PlainText) return bytes.subarray(start + 1, end - 1);
  const writer = new ByteWriter(end - start);
  eachPiece(bytes, start + 1, end - 1, writer, (point) => {
    writer.codePoint(point);
  });
  return writer.view();
}

/** A string's text. Takes the span with its quotes. */
export function decodeText(bytes: Uint8Array, start: number, end: number, kind: Kind): string {
  return decoder.decode(unescapedText(bytes, start, end, kind));
}

/** Writes a string with its quotes as serde_json 1.0.149 prints it: as few escapes as JSON allows, in lower case. */
export function writeText(writer: ByteWriter, bytes: Uint8Array, start: number, end: number, kind: Kind): void {
  if (kind !== Kind.EscapedText) {
    writer.copy(bytes, start, end);
    return;
  }
  writer.byte(0x22);
  eachPiece(bytes, start + 1, end - 1, writer, (point) => {
    writeEscaped(writer, point);
  });
  writer.byte(0x22);
}

/** Writes a text that stands outside any JSON, with quotes and escapes. */
export function writeRawText(writer: ByteWriter, text: Uint8Array): void {
  writer.byte(0x22);
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const byte = text[at] as number;
    if (byte >= 0x20 && byte !== 0x22 && byte !== BACKSLASH) continue;
    writer.copy(text, from, at);
    writeEscaped(writer, byte);
    from = at + 1;
  }
  writer.copy(text, from, text.length);
  writer.byte(0x22);
}

/** Copies the runs between escapes to the writer and hands every escaped code point to `onEscape`. */
function eachPiece(
  bytes: Uint8Array,
  start: number,
  end: number,
  writer: ByteWriter,
  onEscape: (point: number) => void,
): void {
  let from = start;
  for (let at = start; at < end;) {
    if (bytes[at] !== BACKSLASH) {
      at++;
      continue;
    }
    writer.copy(bytes, from, at);
    const point = escapedPoint(bytes, at);
    onEscape(point);
    at += bytes[at + 1] !== 0x75 ? 2 : point < 0x10000 ? 6 : 12;
    from = at;
  }
  writer.copy(bytes, from, end);
}

const SHORT_ESCAPES = new Map([
  [0x08, "\\b"],
  [0x09, "\\t"],
  [0x0a, "\\n"],
  [0x0c, "\\f"],
  [0x0d, "\\r"],
  [0x22, '\\"'],
  [0x5c, "\\\\"],
]);
const POINT_OF_LETTER = new Map([...SHORT_ESCAPES].map(([point, escape]) => [escape.charCodeAt(1), point]));

function escapedPoint(bytes: Uint8Array, at: number): number {
  const letter = bytes[at + 1] as number;
  if (letter !== 0x75) return POINT_OF_LETTER.get(letter) ?? letter;
  const unit = hex4(bytes, at + 2);
  return unit < 0xd800 || unit > 0xdfff ? unit : 0x10000 + ((unit - 0xd800) << 10) + hex4(bytes, at + 8) - 0xdc00;
}

function writeEscaped(writer: ByteWriter, point: number): void {
  const short = SHORT_ESCAPES.get(point);
  if (short !== undefined) writer.ascii(short);
  else if (point < 0x20) writer.ascii(`\\u${point.toString(16).padStart(4, "0")}`);
  else writer.codePoint(point);
}
