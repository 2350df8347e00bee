import { type ByteWriter, type JsonTape, Kind } from "../json/index.ts";

/** Writes the canonical form of a value, or fails when the native type does not read it. */
export type Write = (tape: JsonTape, node: number, writer: ByteWriter) => void;

/** One field of a native struct; fields stand in the order in which they are declared and written. */
export interface Field {
  readonly name: string;
  readonly write: Write;
  /** The canonical text of a field that is not there, nothing when it is then not written; fields without it are required. */
  readonly absent?: string;
  /** `null` says the same as absence. */
  readonly optional?: boolean;
  /** An array form may not leave the field out although an object may (an `Option` without `#[serde(default)]`). */
  readonly requiredInArray?: boolean;
}

/** A struct, or one variant of an enum that is tagged inside its members. */
export interface Struct {
  readonly fields: readonly Field[];
  readonly names: readonly string[];
}

export function struct(...fields: Field[]): Struct {
  return { fields, names: fields.map(({ name }) => name) };
}

export function required(name: string, write: Write): Field {
  return { name, write };
}

/** A field that is written as `absent` when it is not there; `null` is refused. */
export function defaulted(name: string, write: Write, absent: string): Field {
  return { name, write, absent };
}

/** A field that is left out when it is not there or `null`. */
export function omittable(name: string, write: Write): Field {
  return { name, write, absent: "", optional: true };
}

/**
 * The value nodes of a struct's fields, 0 for those that are not there, from an object or from an array in field order whose
 * first `skipped` elements are none of them (serde 1.0.228). Members that the struct does not know are passed over.
 */
export function members(tape: JsonTape, node: number, { fields, names }: Struct, skipped = 0): number[] {
  const found = new Array<number>(fields.length).fill(0);
  const kind = tape.kind(node);
  if (kind === Kind.Array) fillFromArray(tape, node, found, skipped);
  else if (kind !== Kind.Object) tape.fail(node, "expected an object");
  for (let name = node + 1; kind === Kind.Object && name < tape.next(node); name = tape.next(name + 1)) {
    const index = tape.indexIn(name, names);
    if (index === -1) continue;
    if (found[index] !== 0) tape.fail(name, `duplicate field \`${names[index] ?? ""}\``);
    found[index] = name + 1;
  }
  fields.forEach((field, index) => {
    if (found[index] !== 0) return;
    const isMissing = kind === Kind.Array && field.requiredInArray === true;
    if (field.absent === undefined || isMissing) tape.fail(node, `missing field \`${field.name}\``);
  });
  return found;
}

function fillFromArray(tape: JsonTape, array: number, found: number[], skipped: number): void {
  let index = -skipped;
  for (let element = array + 1; element < tape.next(array); element = tape.next(element), index++) {
    if (index === found.length) tape.fail(element, "too many elements");
    if (index >= 0) found[index] = element;
  }
}

/** Writes a struct as an object in field order, behind `tag`, the text of the members that come first. */
export function writeStruct(
  tape: JsonTape,
  node: number,
  writer: ByteWriter,
  shape: Struct,
  tag = "",
  skipped = 0,
): void {
  const found = members(tape, node, shape, skipped);
  writer.ascii(`{${tag}`);
  let separator = tag === "" ? "" : ",";
  shape.fields.forEach(({ name, write, absent = "", optional }, index) => {
    const value = found[index] ?? 0;
    const isAbsent = value === 0 || (optional === true && tape.kind(value) === Kind.Null);
    if (isAbsent && absent === "") return;
    writer.ascii(`${separator}"${name}":`);
    separator = ",";
    if (isAbsent) writer.ascii(absent);
    else write(tape, value, writer);
  });
  writer.byte(0x7d);
}

export const structOf =
  (shape: Struct): Write =>
  (tape, node, writer) => {
    writeStruct(tape, node, writer, shape);
  };

export const listOf =
  (write: Write): Write =>
  (tape, node, writer) => {
    if (tape.kind(node) !== Kind.Array) tape.fail(node, "expected an array");
    writer.byte(0x5b);
    for (const element of tape.elements(node)) {
      if (element > node + 1) writer.byte(0x2c);
      write(tape, element, writer);
    }
    writer.byte(0x5d);
  };

export const text: Write = (tape, node, writer) => {
  if (!tape.isText(node)) tape.fail(node, "expected a string");
  tape.writeText(node, writer);
};

export const boolean: Write = (tape, node, writer) => {
  const kind = tape.kind(node);
  if (kind !== Kind.True && kind !== Kind.False) tape.fail(node, "expected a boolean");
  tape.copy(node, writer);
};

/** An integer from 0 to 2^64-1. */
export const u64: Write = (tape, node, writer) => {
  if (!isUnsigned(tape, node)) tape.fail(node, "expected an unsigned integer");
  tape.copy(node, writer);
};

export function isUnsigned(tape: JsonTape, node: number): boolean {
  return tape.kind(node) === Kind.Integer && tape.bytes[tape.start(node)] !== 0x2d;
}
