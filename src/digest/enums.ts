import { type ByteWriter, type JsonTape, Kind } from "../json/index.ts";
import { type Struct, type Write, isUnsigned, writeStruct } from "./struct.ts";

/** Writes a plain enum, one of a few names. */
export const oneOf =
  (names: readonly string[]): Write =>
  (tape, node, writer) => {
    writer.ascii(`"${plainVariant(tape, node, names)}"`);
  };

/** Which of the names a plain enum has: as a string, or as the only member of an object, with nothing in it. */
export function plainVariant<Name extends string>(tape: JsonTape, node: number, names: readonly Name[]): Name {
  const name = tape.kind(node) === Kind.Object ? onlyMember(tape, node) : node;
  const variant = tape.isText(name) ? names[tape.indexIn(name, names)] : undefined;
  if (variant === undefined) tape.fail(node, `expected one of ${names.join(", ")}`);
  return variant;
}

/** Inside a buffered value serde takes `{}` for a unit as well as `null` (serde 1.0.228 `ContentDeserializer`). */
function onlyMember(tape: JsonTape, object: number): number {
  const name = object + 1;
  const value = object + 2;
  const end = tape.next(object);
  const isUnit =
    name < end && tape.next(value) === end && (tape.kind(value) === Kind.Null || isEmptyObject(tape, value));
  if (!isUnit) tape.fail(object, "expected an object whose only member is a variant's name, with null in it");
  return name;
}

const isEmptyObject = (tape: JsonTape, node: number): boolean =>
  tape.kind(node) === Kind.Object && tape.next(node) === node + 1;

/** An enum whose variant stands in the member `tag` of its object, or comes first in its array form. */
export interface TaggedEnum {
  readonly tag: readonly [string];
  readonly names: readonly string[];
  readonly variants: readonly Variant[];
}

export interface Variant {
  readonly name: string;
  readonly shape: Struct;
}

export function taggedEnum(tag: string, shapes: Readonly<Record<string, Struct>>): TaggedEnum {
  const variants = Object.entries(shapes).map(([name, shape]) => ({ name, shape }));
  return { tag: [tag], names: Object.keys(shapes), variants };
}

export const taggedOf =
  (options: TaggedEnum): Write =>
  (tape, node, writer) => {
    writeVariant(tape, node, writer, options, variantOf(tape, node, options));
  };

/** Writes a variant's members behind its tag. */
export function writeVariant(
  tape: JsonTape,
  node: number,
  writer: ByteWriter,
  { tag: [tag] }: TaggedEnum,
  variant: Variant,
): void {
  writeStruct(tape, node, writer, variant.shape, `"${tag}":"${variant.name}"`, 1);
}

/** Which variant a buffered value is; there serde takes a variant's number for its name too. */
export function variantOf(tape: JsonTape, node: number, options: TaggedEnum): Variant {
  const tag = tagOf(tape, node, options);
  return namedVariant(tape, tag, options, isUnsigned(tape, tag) ? tape.float(tag) : -1);
}

/** Which variant the name in `tag` is of, or else the one numbered `otherwise`. */
export function namedVariant(tape: JsonTape, tag: number, options: TaggedEnum, otherwise = -1): Variant {
  const variant = options.variants[tape.isText(tag) ? tape.indexIn(tag, options.names) : otherwise];
  if (variant === undefined) tape.fail(tag, `expected one of ${options.names.join(", ")}`);
  return variant;
}

/** The node that says which variant a value is. */
export function tagOf(tape: JsonTape, node: number, { tag }: TaggedEnum): number {
  const kind = tape.kind(node);
  if (kind === Kind.Array && tape.next(node) > node + 1) return node + 1;
  let found = 0;
  for (let name = node + 1; kind === Kind.Object && name < tape.next(node); name = tape.next(name + 1)) {
    if (tape.indexIn(name, tag) === -1) continue;
    if (found !== 0) tape.fail(name, `duplicate field \`${tag[0]}\``);
    found = name + 1;
  }
  if (found === 0) tape.fail(node, `missing field \`${tag[0]}\``);
  return found;
}
