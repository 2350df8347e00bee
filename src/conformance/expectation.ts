import { isRuntimeStoreError } from "../core/errors.ts";
import type { RuntimeStoreError, RuntimeStoreErrorCode } from "../core/errors.ts";

/** What a law rejects with when a store does not keep it: says what was expected, what came instead, and where. */
export class BrokenLaw extends Error {
  override readonly name = "BrokenLaw";
}

/**
 * Demands that two values are the same in depth: records member by member (a member that is `undefined` counts as absent),
 * typed arrays by their kind and bytes, maps and sets in order, dates by their time, everything else by `Object.is`.
 * @throws {BrokenLaw} with the first place where they differ.
 */
export function expectEqual(actual: unknown, expected: unknown, what: string): void {
  const difference = firstDifference(actual, expected, "");
  if (difference !== undefined) throw new BrokenLaw(`${what}${difference}`);
}

/**
 * Demands that something holds.
 * @throws {BrokenLaw} when it does not.
 */
export function expectThat(holds: boolean, what: string): asserts holds {
  if (!holds) throw new BrokenLaw(what);
}

/**
 * Demands that a value is there, and gives it.
 * @throws {BrokenLaw} when it is `undefined`.
 */
export function expectPresent<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new BrokenLaw(`${what} is undefined`);
  return value;
}

/**
 * Demands that a call rejects (and does not throw) with a store's error of a given code and, where given, of given facts.
 * @returns the error.
 * @throws {BrokenLaw} when the call throws, resolves, or rejects with anything else.
 */
export async function expectRejection(
  call: () => Promise<unknown>,
  code: RuntimeStoreErrorCode,
  facts: Readonly<Partial<Record<"head" | "receipt" | "row" | "path", unknown>>> = {},
  what = "the call",
): Promise<RuntimeStoreError> {
  let answer: Promise<unknown>;
  try {
    answer = call();
  } catch (error) {
    throw new BrokenLaw(`${what} throws where it should reject: ${show(error)}`, { cause: error });
  }
  const error = await answer.then(
    (value) => {
      throw new BrokenLaw(`${what} resolves to ${show(value)} where it should reject with ${code}`);
    },
    (reason: unknown) => reason,
  );
  if (!isRuntimeStoreError(error)) {
    throw new BrokenLaw(`${what} rejects with ${show(error)}, which is no RuntimeStoreError`, { cause: error });
  }
  if (error.code !== code) {
    throw new BrokenLaw(`${what} rejects with ${error.code} (${error.detail}) where ${code} is due`, { cause: error });
  }
  for (const [name, fact] of Object.entries(facts)) {
    expectEqual(error[name as keyof typeof facts], fact, `${what}: the error's ${name}`);
  }
  return error;
}

function firstDifference(actual: unknown, expected: unknown, path: string): string | undefined {
  if (Object.is(actual, expected)) return undefined;
  const differs = () => `${path}: ${show(actual)} where ${show(expected)} is due`;
  if (!isObject(actual) || !isObject(expected) || kindOf(actual) !== kindOf(expected)) return differs();
  if (actual instanceof Date) return actual.getTime() === (expected as Date).getTime() ? undefined : differs();
  if (ArrayBuffer.isView(actual))
    return firstByteDifference(bytesOfView(actual), bytesOfView(expected as ArrayBufferView), path);
  if (actual instanceof Map)
    return firstDifference([...actual], [...(expected as Map<unknown, unknown>)], `${path} entries`);
  if (actual instanceof Set) return firstDifference([...actual], [...(expected as Set<unknown>)], `${path} values`);
  if (Array.isArray(actual) && Array.isArray(expected) && actual.length !== expected.length) {
    return `${path}: ${actual.length} elements ${show(actual)} where ${expected.length} are due ${show(expected)}`;
  }
  for (const member of new Set([...Object.keys(actual), ...Object.keys(expected)])) {
    const place = Array.isArray(actual) ? `${path}[${member}]` : `${path}.${member}`;
    const difference = firstDifference(ownMember(actual, member), ownMember(expected, member), place);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function firstByteDifference(actual: Uint8Array, expected: Uint8Array, path: string): string | undefined {
  if (actual.length !== expected.length) return `${path}: ${actual.length} bytes where ${expected.length} are due`;
  let at = 0;
  while (at < actual.length && actual[at] === expected[at]) at++;
  return at === actual.length ? undefined : `${path}: byte ${at} is ${actual[at]} where ${expected[at]} is due`;
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
const kindOf = (value: object): string => Object.prototype.toString.call(value);
const bytesOfView = (view: ArrayBufferView): Uint8Array =>
  new Uint8Array(view.buffer, view.byteOffset, view.byteLength);

/** Reads no inherited member, so that an own `__proto__` compares like any other. */
const ownMember = (value: object, member: string): unknown =>
  Object.hasOwn(value, member) ? (value as Record<string, unknown>)[member] : undefined;

/** A value in one short line, for messages. */
export function show(value: unknown): string {
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  if (typeof value === "bigint") return `${value}n`;
  if (!isObject(value)) return typeof value === "string" ? JSON.stringify(value) : String(value);
  const text = jsonOf(value);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

function jsonOf(value: object): string {
  try {
    return JSON.stringify(value, (_, member: unknown) => (typeof member === "bigint" ? `${member}n` : member));
  } catch {
    return kindOf(value);
  }
}
