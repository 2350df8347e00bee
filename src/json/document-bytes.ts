import { RuntimeStoreError } from "../core/errors.ts";
import type { JsonErrorCode } from "./cursor.ts";

const encoder = new TextEncoder();

/**
 * The bytes of a JSON document given as text or as bytes.
 * @throws {RuntimeStoreError} the given code, with `byteOffset`, for text with a lone surrogate; `invalid_input` for anything
 * but text and bytes.
 */
export function documentBytes(document: unknown, code: JsonErrorCode): Uint8Array {
  if (typeof document !== "string") return ownBytes(document);
  // TextEncoder would replace a lone surrogate.
  const lone = document.search(/\p{Surrogate}/u);
  if (lone === -1) return encoder.encode(document);
  const byteOffset = encoder.encode(document.slice(0, lone)).length;
  throw new RuntimeStoreError(code, `lone surrogate at byte ${String(byteOffset)}`, { byteOffset });
}

// The getter answers for typed arrays of every realm and for subclasses, and cannot be faked by a member.
const typedArrayName = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype) as object,
  Symbol.toStringTag,
)?.get;

/**
 * The bytes of any `Uint8Array`, also of one from another realm and of a Node `Buffer`. Shared memory is copied, since another
 * thread may write to it and TextDecoder refuses it in browsers; everything else is a view.
 * @throws {RuntimeStoreError} `invalid_input` for anything else.
 */
export function ownBytes(given: unknown): Uint8Array {
  if (typedArrayName?.call(given) !== "Uint8Array") {
    throw new RuntimeStoreError(
      "invalid_input",
      `expected a Uint8Array, not ${given === null ? "null" : typeof given}`,
    );
  }
  const { buffer, byteOffset, length } = given as Uint8Array;
  const view = new Uint8Array(buffer, byteOffset, length);
  return Object.prototype.toString.call(buffer) === "[object SharedArrayBuffer]" ? new Uint8Array(view) : view;
}
