import { isRuntimeStoreError, RuntimeStoreError } from "../core/errors.ts";
import { hasLoneSurrogate } from "../json/index.ts";

/** As deep as the native runtime reads (serde_json 1.0.149); it also ends a value that holds itself. */
const MAX_DEPTH = 127;

const refuse = (path: string, what: string): never => {
  throw new RuntimeStoreError("invalid_input", `${path} ${what}`, { path });
};

/**
 * The JSON text of a plain value, with the same meaning to the native runtime: what `JSON.stringify` would drop, call or
 * turn into `null` is refused, save members that are `undefined`. A bigint of 64 bits is an integer, `-0` stays `-0.0`.
 * @throws {RuntimeStoreError} `invalid_input` with the path of the member that is not plain, or could not be read.
 */
export function encodePlain(value: unknown, path: string, depth = 0): string {
  return readable(path, () => encodeJson(value, path, depth));
}

/**
 * What is read of a caller's value, whose getters and proxies may throw anything.
 * @throws {RuntimeStoreError} what `read` throws, or `invalid_input` with the path and, as its cause, what the value threw.
 */
export function readable<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (isRuntimeStoreError(cause)) throw cause;
    throw new RuntimeStoreError("invalid_input", `${path} could not be read`, { path, cause });
  }
}

function encodeJson(value: unknown, path: string, depth = 0): string {
  switch (typeof value) {
    case "string":
      return encodeText(value, path);
    case "boolean":
      return String(value);
    case "number":
      if (!Number.isFinite(value)) return refuse(path, `is ${String(value)}, which JSON cannot hold`);
      return Object.is(value, -0) ? "-0.0" : String(value);
    case "bigint":
      if (value !== BigInt.asIntN(64, value) && value !== BigInt.asUintN(64, value)) {
        return refuse(path, "is an integer of more than 64 bits");
      }
      return String(value);
    case "object":
      if (value === null) return "null";
      if (depth === MAX_DEPTH) return refuse(path, `lies more than ${String(MAX_DEPTH)} levels deep`);
      return Array.isArray(value) ? encodeArray(value, path, depth) : encodeObject(value, path, depth);
    default:
      return refuse(path, `is of type ${typeof value}, which JSON cannot hold`);
  }
}

function encodeText(text: string, path: string): string {
  return hasLoneSurrogate(text) ? refuse(path, "holds a lone surrogate") : JSON.stringify(text);
}

function encodeArray(array: readonly unknown[], path: string, depth: number): string {
  const items = Array.from(array, (item, index) => encodeJson(item, `${path}[${String(index)}]`, depth + 1));
  return `[${items.join(",")}]`;
}

function encodeObject(object: object, path: string, depth: number): string {
  const prototype: unknown = Object.getPrototypeOf(object);
  // A plain object of another realm has a prototype without a prototype too.
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) return refuse(path, "is not a plain object");
  const members = Object.entries(object).flatMap(([name, value]: [string, unknown]) =>
    value === undefined ? [] : [`${encodeText(name, path)}:${encodeJson(value, `${path}.${name}`, depth + 1)}`],
  );
  return `{${members.join(",")}}`;
}
