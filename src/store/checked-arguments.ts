import type { OnCorrupt, VerifyOptions } from "../contract/index.ts";
import { isRuntimeStoreError, RuntimeStoreError } from "../core/errors.ts";
import { within } from "../core/within.ts";
import { hasLoneSurrogate, ownBytes } from "../json/index.ts";

const ON_CORRUPT: readonly OnCorrupt[] = ["throw", "skip", "mark"];

const refuse = (path: string, expected: string): never => {
  throw new RuntimeStoreError("invalid_input", `${path} must be ${expected}`, { path });
};

/** The named members of an object argument, each read once. */
export function checkedMembers<Name extends string>(
  value: unknown,
  path: string,
  names: readonly Name[],
): Readonly<Record<Name, unknown>> {
  if (typeof value !== "object" || value === null) return refuse(path, "an object");
  return readable(path, () => {
    const members = names.map((name) => [name, (value as Record<Name, unknown>)[name]]);
    return Object.fromEntries(members) as Record<Name, unknown>;
  });
}

/** The elements of an array argument, each checked under its own path; a hole is an element that is `undefined`. */
export function checkedArray<T>(value: unknown, path: string, check: (element: unknown, path: string) => T): T[] {
  return readable(path, () => {
    if (!Array.isArray(value)) return refuse(path, "an array");
    const checked: T[] = [];
    for (let index = 0; index < value.length; index++) checked.push(check(value[index], `${path}[${index}]`));
    return checked;
  });
}

/** Runs what reads a caller's object, whose getters or proxy may throw anything. */
function readable<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (isRuntimeStoreError(cause)) throw cause;
    throw new RuntimeStoreError("invalid_input", `${path} could not be read`, { path, cause });
  }
}

/** Text that the native runtime could hold too: a lone surrogate has no UTF-8. */
export function checkedText(value: unknown, path: string): string {
  if (typeof value !== "string") return refuse(path, "text");
  return hasLoneSurrogate(value) ? refuse(path, "well-formed text, without a lone surrogate") : value;
}

/** An id in canonical form. */
export function checkedId<Id>(value: unknown, path: string, parse: (text: string) => Id): Id {
  return within(path, () => parse(value as string));
}

/** A whole number from 0 to 2^53-1, also given as a bigint. */
export function checkedCount(value: unknown, path: string): number {
  const number = typeof value === "bigint" ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) && number >= 0
    ? number
    : refuse(path, "a whole number from 0 to 2^53-1");
}

export function checkedTime(value: unknown, path: string): number {
  return typeof value === "number" && Number.isFinite(value) ? value : refuse(path, "a time in milliseconds");
}

export function checkedChoice<Choice>(value: unknown, path: string, choices: readonly Choice[]): Choice {
  const chosen = choices.find((choice) => choice === value);
  return chosen ?? refuse(path, `one of ${choices.map((choice) => JSON.stringify(choice)).join(", ")}`);
}

export function checkedOnCorrupt<C extends OnCorrupt | undefined>(value: unknown): C {
  return optional(value, "onCorrupt", (given, path) => checkedChoice(given, path, ON_CORRUPT)) as C;
}

export function checkedVerifyOptions(value: unknown): VerifyOptions {
  const { onProgress, signal } = checkedMembers(value, "options", ["onProgress", "signal"]);
  if (onProgress !== undefined && typeof onProgress !== "function") refuse("onProgress", "a function");
  return { onProgress, signal: optional(signal, "signal", checkedSignal) } as VerifyOptions;
}

export function checkedAcquireOptions(value: unknown) {
  const { mode, steal, signal } = checkedMembers(value, "options", ["mode", "steal", "signal"]);
  return {
    mode: optional(mode, "mode", (given, path) => checkedChoice(given, path, ["wait", "refuse"] as const)) ?? "wait",
    steal: optional(steal, "steal", (given, path) => checkedChoice(given, path, [true, false])) ?? false,
    signal: optional(signal, "signal", checkedSignal),
  };
}

export function checkedSignal(value: unknown, path: string): AbortSignal {
  const isSignal = typeof (value as Partial<AbortSignal> | null)?.throwIfAborted === "function"; // it may be of another realm
  return isSignal ? (value as AbortSignal) : refuse(path, "an AbortSignal");
}

/** The checked value, or `undefined` where an option is left out or explicitly undefined. */
export function optional<T>(value: unknown, path: string, check: (value: unknown, path: string) => T): T | undefined {
  return value === undefined ? undefined : check(value, path);
}

/**
 * A copy of the caller's bytes as they are now. Views of shared, resizable and WebAssembly memory are fine, also from
 * another realm; one whose buffer was detached would read as empty, so it is refused.
 */
export function capturedBytes(value: unknown, path: string): Uint8Array<ArrayBuffer> {
  return within(path, () => new Uint8Array(ownBytes(value)));
}
