import { JsonCursor, Kind } from "./cursor.ts";
import { printF64 } from "./print-number.ts";
import { JsonTape } from "./tape.ts";
import type { ByteWriter } from "./byte-writer.ts";

/** serde_json 1.0.149 with `raw_value`: an object whose first member has this name stands for the JSON inside that text. */
const RAW_VALUE = ["$serde_json::private::RawValue"] as const;

/**
 * How many such texts may lie within each other. The native runtime has no limit but its stack; each level is decoded
 * anew, so without one a text of n bytes would cost more than n.
 */
const MAX_RAW_NESTING = 32;

/** Writes free JSON as serde_json prints a `Value`: members sorted, the last of a repeated one, numbers as they are held. */
export function writeCanonicalValue(tape: JsonTape, node: number, writer: ByteWriter, rawNesting = 0): void {
  switch (tape.kind(node)) {
    case Kind.Null:
    case Kind.False:
    case Kind.True:
    case Kind.Integer:
      tape.copy(node, writer);
      break;
    case Kind.Float:
      writer.ascii(printF64(tape.float(node)));
      break;
    case Kind.Array:
      writeArray(tape, node, writer, rawNesting);
      break;
    case Kind.Object:
      if (isRawValue(tape, node)) writeRawValue(tape, node, writer, rawNesting);
      else writeCanonicalObject(tape, node, writer, rawNesting);
      break;
    default:
      tape.writeText(node, writer);
  }
}

function writeArray(tape: JsonTape, node: number, writer: ByteWriter, rawNesting: number): void {
  writer.byte(0x5b);
  for (let child = node + 1; child < tape.next(node); child = tape.next(child)) {
    if (child > node + 1) writer.byte(0x2c);
    writeCanonicalValue(tape, child, writer, rawNesting);
  }
  writer.byte(0x5d);
}

/** Writes an object of free JSON whatever its first member is. */
export function writeCanonicalObject(tape: JsonTape, node: number, writer: ByteWriter, rawNesting = 0): void {
  writer.byte(0x7b);
  let separator = false;
  for (const name of sortedNames(tape, node)) {
    if (separator) writer.byte(0x2c);
    separator = true;
    tape.writeText(name, writer);
    writer.byte(0x3a);
    writeCanonicalValue(tape, name + 1, writer, rawNesting);
  }
  writer.byte(0x7d);
}

/** The nodes of an object's names by their UTF-8 bytes, which is code point order; of equal ones the last. */
function sortedNames(tape: JsonTape, object: number): number[] {
  const members: { name: number; text: Uint8Array }[] = [];
  for (let name = object + 1; name < tape.next(object); name = tape.next(name + 1)) {
    members.push({ name, text: tape.textBytes(name) });
  }
  members.sort((a, b) => compareBytes(a.text, b.text));
  const isLast = ({ text }: { text: Uint8Array }, index: number): boolean => {
    const next = members[index + 1];
    return next === undefined || compareBytes(text, next.text) !== 0;
  };
  return members.filter(isLast).map(({ name }) => name);
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const difference = (a[index] as number) - (b[index] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function isRawValue(tape: JsonTape, object: number): boolean {
  return tape.next(object) > object + 1 && tape.indexIn(object + 1, RAW_VALUE) === 0;
}

function writeRawValue(tape: JsonTape, object: number, writer: ByteWriter, rawNesting: number): void {
  const text = object + 2;
  if (!tape.isText(text)) tape.fail(text, "expected a raw value's text");
  if (tape.next(text) !== tape.next(object)) tape.fail(tape.next(text), "a raw value has one member");
  if (rawNesting === MAX_RAW_NESTING) tape.fail(object, "too many raw values within each other");
  const cursor = new JsonCursor(tape.textBytes(text), tape.cursor.code, tape.cursor.origin(tape.start(text)));
  const inner = new JsonTape(cursor);
  const root = inner.read(0);
  cursor.expectEnd();
  writeCanonicalValue(inner, root, writer, rawNesting + 1);
}
