import { JsonCursor } from "./cursor.ts";
import { Kind } from "./kinds.ts";
import { documentBytes } from "./document-bytes.ts";
import { JsonTape } from "./tape.ts";

/** What only the text showed of an object or an array: which members stood there twice, which numbers were spelled as floats. */
export interface TextFacts {
  /** Names of members that the text gave more than once; the last one is what the object holds. */
  readonly repeated: ReadonlySet<string>;
  /** Names of members (for an array: indices) whose number the native runtime holds as a float, such as `1.0`, `1e2` and `-0`. */
  readonly floats: ReadonlySet<string>;
}

const facts = new WeakMap<object, { repeated: Set<string>; floats: Set<string> }>();

/** What the text showed of an object or array made by `readJsonText`, or `undefined` when there is nothing to tell. */
export function textFacts(container: object): TextFacts | undefined {
  return facts.get(container);
}

/**
 * Reads one JSON document as plain values by the rules of serde_json 1.0.149: `JSON.parse` accepts more and rounds otherwise.
 * Of a repeated member the last one stays; `__proto__` becomes a member like any other. Integers beyond 2^53-1 that fit 64
 * bits come as bigint, every other number as the double that the native runtime reads.
 * @throws {RuntimeStoreError} `invalid_input`, with `byteOffset`, when the native runtime would refuse the text.
 */
export function readJsonText(text: string | Uint8Array): unknown {
  const cursor = new JsonCursor(documentBytes(text, "invalid_input"), "invalid_input");
  const tape = new JsonTape(cursor);
  const root = tape.read(0);
  cursor.expectEnd();
  return plainValue(tape, root);
}

function plainValue(tape: JsonTape, node: number): unknown {
  switch (tape.kind(node)) {
    case Kind.Null:
      return null;
    case Kind.False:
      return false;
    case Kind.True:
      return true;
    case Kind.Integer: {
      const value = tape.float(node);
      return Number.isSafeInteger(value) ? value : BigInt(tape.numeral(node));
    }
    case Kind.Float:
      return tape.float(node);
    case Kind.Array:
      return plainArray(tape, node);
    case Kind.Object:
      return plainObject(tape, node);
    default:
      return tape.text(node);
  }
}

function plainArray(tape: JsonTape, node: number): unknown[] {
  const array: unknown[] = [];
  for (const child of tape.elements(node)) {
    if (tape.kind(child) === Kind.Float) factsOf(array).floats.add(String(array.length));
    array.push(plainValue(tape, child));
  }
  return array;
}

function plainObject(tape: JsonTape, node: number): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const name of tape.names(node)) {
    const member = tape.text(name);
    if (Object.hasOwn(object, member)) {
      factsOf(object).repeated.add(member);
      factsOf(object).floats.delete(member);
    }
    if (tape.kind(name + 1) === Kind.Float) factsOf(object).floats.add(member);
    const value = plainValue(tape, name + 1);
    // Assigning to `__proto__` would set the prototype.
    if (member === "__proto__")
      Object.defineProperty(object, member, { value, writable: true, enumerable: true, configurable: true });
    else object[member] = value;
  }
  return object;
}

function factsOf(container: object): { repeated: Set<string>; floats: Set<string> } {
  const known = facts.get(container) ?? { repeated: new Set(), floats: new Set() };
  facts.set(container, known);
  return known;
}
