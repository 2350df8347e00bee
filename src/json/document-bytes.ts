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
  throw new RuntimeStoreError(code, `lone surrogate at byte ${byteOffset}`, { byteOffset });
}

// The getter answers for typed arrays of every realm and for subclasses, and cannot be faked by a member.
const typedArrayName = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype) as object,
  Symbol.toStringTag,
)?.get;

/**
 * The bytes of any `Uint8Array`, also of one from another realm and of a Node `Buffer`. Memory that another thread may write
 * to and memory that may shrink are copied, and TextDecoder refuses both in browsers; everything else is a view.
 * @throws {RuntimeStoreError} `invalid_input` for anything else, and for a detached buffer.
 */
export function ownBytes(given: unknown): Uint8Array {
  if (typedArrayName?.call(given) !== "Uint8Array") {
    throw new RuntimeStoreError(
      "invalid_input",
      `expected a Uint8Array, not ${given === null ? "null" : typeof given}`,
    );
  }
  const view = sameRealmView(given as Uint8Array);
  const isShared = Object.prototype.toString.call(view.buffer) === "[object SharedArrayBuffer]";
  const isResizable = (view.buffer as { readonly resizable?: boolean }).resizable === true;
  return isShared || isResizable ? new Uint8Array(view) : view;
}

function sameRealmView({ buffer, byteOffset, length }: Uint8Array): Uint8Array {
  try {
    return new Uint8Array(buffer, byteOffset, length);
  } catch (cause) {
    throw new RuntimeStoreError("invalid_input", "the bytes' buffer is detached", { cause });
  }
}
