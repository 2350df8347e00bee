import type { ByteWriter } from "./byte-writer.ts";
import { JsonCursor } from "./cursor.ts";
import { Kind } from "./kinds.ts";
import { printF64 } from "./print-number.ts";
import { JsonTape } from "./tape.ts";

/** serde_json 1.0.149 with `raw_value`: an object whose first member has this name stands for the JSON inside that text. */
const RAW_VALUE = ["$serde_json::private::RawValue"] as const;

/**
 * How many such texts may lie within each other. The native runtime has no limit but its stack; every level is decoded anew,
 * so that without one a text of n bytes would cost far more than n.
 */
const MAX_RAW_NESTING = 127;

const CLOSE_BRACKET = 0x5d;
const CLOSE_BRACE = 0x7d;

/** A value to be written, and how many raw values it lies in. */
interface Place {
  readonly tape: JsonTape;
  readonly node: number;
  readonly rawNesting: number;
}

/** A container whose opening bracket is written, with its elements, or the names of its members. */
interface OpenContainer {
  readonly place: Place;
  readonly close: number;
  readonly children: readonly number[];
  written: number;
}

/** Writes free JSON as serde_json prints a `Value`: members sorted, the last of a repeated one, numbers as they are held. */
export function writeCanonicalValue(tape: JsonTape, node: number, writer: ByteWriter): void {
  const open: OpenContainer[] = [];
  // Without recursion, since each raw value inside another may be as deep as a whole document.
  let place: Place | undefined = { tape, node, rawNesting: 0 };
  while (place !== undefined) {
    const container = writeHead(place, writer);
    if (container !== undefined) open.push(container);
    place = nextPlace(open, writer);
  }
}

/** Writes an object of free JSON, which is never a raw value itself. */
export function writeCanonicalObject(tape: JsonTape, node: number, writer: ByteWriter): void {
  writer.byte(0x7b);
  sortedNames(tape, node).forEach((name, index) => {
    if (index > 0) writer.byte(0x2c);
    tape.writeText(name, writer);
    writer.byte(0x3a);
    writeCanonicalValue(tape, name + 1, writer);
  });
  writer.byte(CLOSE_BRACE);
}

/** Writes a value that is no container, or the opening bracket of one. */
function writeHead(place: Place, writer: ByteWriter): OpenContainer | undefined {
  const { tape, node } = place;
  switch (tape.kind(node)) {
    case Kind.Null:
    case Kind.False:
    case Kind.True:
    case Kind.Integer:
      tape.copy(node, writer);
      return undefined;
    case Kind.Float:
      writer.ascii(printF64(tape.float(node)));
      return undefined;
    case Kind.Array:
      writer.byte(0x5b);
      return { place, close: CLOSE_BRACKET, children: tape.elements(node), written: 0 };
    case Kind.Object:
      if (isRawValue(tape, node)) return writeHead(insideRawValue(place), writer);
      writer.byte(0x7b);
      return { place, close: CLOSE_BRACE, children: sortedNames(tape, node), written: 0 };
    default:
      tape.writeText(node, writer);
      return undefined;
  }
}

/** Closes the containers that are complete and writes what stands before the next value, if there is one. */
function nextPlace(open: OpenContainer[], writer: ByteWriter): Place | undefined {
  for (let container = open.at(-1); container !== undefined; container = open.at(-1)) {
    const { place, close, children } = container;
    const child = children[container.written];
    if (child === undefined) {
      writer.byte(close);
      open.pop();
      continue;
    }
    if (container.written++ > 0) writer.byte(0x2c);
    const { tape, rawNesting } = place;
    if (close === CLOSE_BRACKET) return { tape, node: child, rawNesting };
    tape.writeText(child, writer);
    writer.byte(0x3a);
    return { tape, node: child + 1, rawNesting };
  }
  return undefined;
}

/** The names of an object by their UTF-8 bytes, which is code point order; of equal ones the last. */
function sortedNames(tape: JsonTape, object: number): number[] {
  const members = tape.names(object).map((name) => ({ name, text: tape.textBytes(name) }));
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

function insideRawValue({ tape, node, rawNesting }: Place): Place {
  const text = node + 2;
  if (!tape.isText(text)) tape.fail(text, "expected a raw value's text");
  if (tape.next(text) !== tape.next(node)) tape.fail(tape.next(text), "a raw value has one member");
  if (rawNesting === MAX_RAW_NESTING) tape.fail(node, "too many raw values within each other");
  const origin = tape.cursor.origin(tape.start(text));
  const cursor = new JsonCursor(tape.textBytes(text), tape.cursor.code, () => origin);
  const inner = new JsonTape(cursor);
  const root = inner.read(0);
  cursor.expectEnd();
  return { tape: inner, node: root, rawNesting: rawNesting + 1 };
}
