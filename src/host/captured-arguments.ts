import type { VerifyOptions } from "../contract/index.ts";
import { RuntimeStoreError } from "../core/errors.ts";
import { within } from "../core/within.ts";
import { copyValue } from "../records/copy-value.ts";
import { capturedBytes, checkedArray, checkedMembers, checkedSignal } from "../store/checked-arguments.ts";
import { type Kind, type MethodName, METHODS } from "./methods.ts";

const givenUp = new WeakSet<Uint8Array>();

/**
 * Gives up a snapshot to the next call that it is passed to: instead of being copied its buffer moves to the host, and is
 * detached here. It must fill its buffer; a part of a larger one, and memory that cannot move (shared, or WebAssembly's), is
 * copied as always, and so it is by a store that is not reached over a port.
 * @returns the same bytes.
 */
export function transfer<Bytes extends Uint8Array>(bytes: Bytes): Bytes {
  givenUp.add(bytes);
  return bytes;
}

/** The arguments of a call as they are posted, of which nothing is the caller's any more. */
export interface CapturedArguments {
  readonly args: readonly unknown[];
  readonly transfer: Transferable[];
  readonly listener: VerifyOptions["onProgress"];
  readonly signal: AbortSignal | undefined;
}

/**
 * Captures what a caller has passed, at the call. What a structured clone would change or refuse (class instances, functions,
 * hidden members) is refused by the rule of the records; all other rules are kept by the hosted store.
 * @throws {RuntimeStoreError} `invalid_input`, with the `path` of what was refused.
 */
export function capturedArguments(method: MethodName, given: readonly unknown[]): CapturedArguments {
  const capture = new Capture();
  const kinds = Object.entries(METHODS[method].takes);
  const args = kinds.map(([name, kind], index) => capture.argument(given[index], name, kind));
  return { args, transfer: capture.transfer, listener: capture.listener, signal: capture.signal };
}

class Capture {
  readonly transfer: ArrayBuffer[] = [];
  listener: CapturedArguments["listener"];
  signal: AbortSignal | undefined;

  /** The members of an argument are named without the argument, as the store names them. */
  argument(value: unknown, name: string, kind: Kind): unknown {
    return this.#captured(value, name, kind, "");
  }

  #captured(value: unknown, path: string, kind: Kind, prefix = `${path}.`): unknown {
    switch (kind) {
      case "value":
        return copied(value, path);
      case "values":
        return Array.isArray(value) ? checkedArray(value, path, copied) : copied(value, path);
      case "bytes":
        return this.#bytes(value, path);
      case "listener":
        if (value === undefined) return false;
        if (typeof value !== "function") {
          throw new RuntimeStoreError("invalid_input", `${path} must be a function`, { path });
        }
        this.listener = value as CapturedArguments["listener"];
        return true;
      case "signal":
        if (value === undefined) return false;
        this.signal = checkedSignal(value, path);
        return true;
      default: {
        if (typeof value !== "object" || value === null) return copied(value, path);
        const members = Object.entries(checkedMembers(value, path, Object.keys(kind)));
        const captured = members.map(([name, member]) => {
          return [name, this.#captured(member, prefix + name, kind[name] ?? "value")];
        });
        return Object.fromEntries(captured) as object;
      }
    }
  }

  #bytes(value: unknown, path: string): Uint8Array {
    const bytes = movedBytes(value) ?? capturedBytes(value, path);
    this.transfer.push(bytes.buffer);
    return bytes;
  }
}

const copied = (value: unknown, path: string): unknown => within(path, () => copyValue(value).value);

/** Bytes that were given up, in a buffer that has moved at once: a later refusal could not be told from a failed post. */
function movedBytes(value: unknown): Uint8Array<ArrayBuffer> | undefined {
  if (!(value instanceof Uint8Array) || !givenUp.delete(value)) return undefined;
  const { buffer, byteLength } = value as Uint8Array<ArrayBuffer>;
  if (byteLength === 0 || byteLength !== buffer.byteLength) return undefined;
  try {
    return new Uint8Array(structuredClone(buffer, { transfer: [buffer] }));
  } catch {
    return undefined; // WebAssembly memory, a shared buffer
  }
}
