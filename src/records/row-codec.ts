import { SuperJSON, type SuperJSONResult } from "superjson";
import { RuntimeStoreError } from "../core/errors.ts";
import { copyValue } from "./copy-value.ts";
import { isObject, setMember, type Members } from "./members.ts";
import { fromBase64, toBase64, type TypedArrayName, typedArrayName } from "./typed-arrays.ts";

/** A value as text: plain JSON, or what superjson makes of richer values. */
export interface EncodedRecord {
  readonly format: "json" | "superjson";
  readonly text: string;
}

/**
 * The text under which a row keeps a value: JSON where JSON carries it whole, superjson's otherwise.
 * @throws {RuntimeStoreError} `invalid_input`, with the `path`, for what would not come back the same.
 */
export function encodeRecord(value: unknown): EncodedRecord {
  const copy = copyValue(value);
  if (copy.isPlain) return { format: "json", text: JSON.stringify(copy.value) };
  const { json, meta } = richJson().serialize(renamed(copy.value, escapedName));
  // A copy shares nothing, but superjson takes equal bigints and NaNs for one object, and restoring those moves or loses
  // entries of a Set or Map (superjson 2.2.6).
  delete meta?.referentialEqualities;
  return { format: "superjson", text: JSON.stringify({ json, meta }) };
}

/**
 * The value that `encodeRecord` was given, made anew.
 * @throws {RuntimeStoreError} `corrupt_record` for a format or a text that it did not write.
 */
export function decodeRecord({ format, text }: { readonly format: string; readonly text: string }): unknown {
  try {
    if (format === "json") return JSON.parse(text) as unknown;
    if (format === "superjson") return renamed(restored(JSON.parse(text) as SuperJSONResult), originalName);
  } catch (cause) {
    throw new RuntimeStoreError("corrupt_record", `not a text of format ${format}`, { cause });
  }
  throw new RuntimeStoreError("corrupt_record", `a record of the unknown format ${JSON.stringify(format)}`);
}

function restored(serialized: SuperJSONResult): unknown {
  // Restoring these puts one object in many places, and those in many more: whoever copies it then never comes to an end.
  if (serialized.meta?.referentialEqualities) throw new TypeError("nothing is in two places");
  // Of a text among its annotations, superjson visits the first letter, and of that the first letter (2.2.6).
  if (!isAnnotation(serialized.meta?.values)) throw new TypeError("there are no such annotations");
  return richJson().deserialize(serialized, { inPlace: true });
}

/** Members with annotations of their own, or a type and those members behind it. */
function isAnnotation(tree: unknown): boolean {
  const members: unknown = Array.isArray(tree) ? tree[1] : tree;
  return members === undefined || (isObject(members) && Object.values(members).every(isAnnotation));
}

let lazyRichJson: SuperJSON | undefined;

function richJson(): SuperJSON {
  if (lazyRichJson) return lazyRichJson;
  lazyRichJson = new SuperJSON();
  // Of its own, superjson writes numbers: it loses NaN, -0 and infinities among them, and 64-bit arrays altogether (2.2.6).
  lazyRichJson.registerCustom<ArrayBufferView, [TypedArrayName, string]>(
    {
      isApplicable: (value): value is ArrayBufferView => ArrayBuffer.isView(value),
      serialize: (view) => [typedArrayName(view) as TypedArrayName, toBase64(view)],
      deserialize: ([name, base64]) => fromBase64(name, base64),
    },
    "typed-array",
  );
  return lazyRichJson;
}

/** superjson refuses the names `__proto__`, `constructor` and `prototype`; they, and what looks like one escaped, get a `~` in front. */
const escapedName = (name: string): string => name.replace(/^(?=~*(?:__proto__|constructor|prototype)$)/, "~");
const originalName = (name: string): string => name.replace(/^~(?=~*(?:__proto__|constructor|prototype)$)/, "");

/** A value with other names for the members of the objects in it; what holds no objects is the value itself. */
function renamed(value: unknown, rename: (name: string) => string): unknown {
  if (Array.isArray(value)) return value.map((element) => renamed(element, rename));
  if (value instanceof Map) return new Map(renamed([...value], rename) as [unknown, unknown][]);
  if (value instanceof Set) return new Set(renamed([...value], rename) as unknown[]);
  if (!isObject(value)) return value;
  const copy: Members = {};
  for (const name of Object.keys(value)) setMember(copy, rename(name), renamed(value[name], rename));
  return copy;
}
