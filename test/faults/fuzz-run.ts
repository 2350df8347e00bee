import { inspect, isDeepStrictEqual } from "node:util";
import { isRuntimeStoreError, type RuntimeStoreErrorCode } from "../../src/core/errors.ts";
import { Random } from "./fuzz-random.ts";
import { Watchdog } from "./fuzz-watchdog.ts";

/** What a case was made of; whoever attempts one sets it, so that a failure can tell. */
export interface Evidence {
  input: unknown;
}

/** Something that mutated material is put to. */
export interface FuzzTarget {
  readonly name: string;
  /** Its part of all cases. */
  readonly share: number;
  /**
   * Makes one case out of chance, and throws where a promise is broken.
   * @returns what became of it, to be counted.
   */
  attempt(random: Random, evidence: Evidence): string | Promise<string>;
}

/** A case that lasts longer hangs: a limit for hangs, no benchmark. */
const HANG_MS = 5000;

const { BURROW_SEED, BURROW_FUZZ, BURROW_FUZZ_CASE } = process.env;

/** Given by `BURROW_SEED` to repeat a run. */
export const SEED = BURROW_SEED ?? String(Math.floor(Math.random() * 2 ** 32));

/** How many cases a target gets: its share of `BURROW_FUZZ`, or of the default. */
export const casesOf = (target: FuzzTarget, all: number): number =>
  Math.ceil(target.share * Number(BURROW_FUZZ ?? all));

/** Puts a target to so many cases, or to the one that `BURROW_FUZZ_CASE` names by its index, and counts the outcomes. */
export async function fuzz(target: FuzzTarget, cases: number): Promise<void> {
  console.info(`fuzz ${target.name}: BURROW_SEED=${SEED}, ${cases} cases`);
  const began = performance.now();
  const outcomes: Record<string, number> = {};
  const first = Number(BURROW_FUZZ_CASE ?? 0);
  const end = BURROW_FUZZ_CASE === undefined ? cases : first + 1;
  const watchdog = new Watchdog(`${target.name} BURROW_SEED=${SEED}`);
  try {
    for (let index = first; index < end; index++) {
      watchdog.begins(index);
      const outcome = await attempted(target, index);
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    }
  } finally {
    await watchdog.stop();
  }
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.info(`fuzz ${target.name}: ${JSON.stringify(outcomes)} in ${seconds} s`);
  if (BURROW_FUZZ_CASE !== undefined) return;
  const isAmong = (outcome: RegExp): boolean => Object.keys(outcomes).some((name) => outcome.test(name));
  demand(isAmong(/accepted|read as it was/) && isAmong(/refused|invalid|corrupt/), "some are answered, some refused");
}

async function attempted(target: FuzzTarget, index: number): Promise<string> {
  const evidence: Evidence = { input: undefined };
  const began = performance.now();
  try {
    const outcome = await target.attempt(new Random(`${SEED}/${target.name}/${index}`), evidence);
    const duration = performance.now() - began;
    if (duration > HANG_MS) throw new Error(`it lasted ${duration} ms`);
    return outcome;
  } catch (cause) {
    const again = `BURROW_SEED=${SEED} BURROW_FUZZ_CASE=${index}`;
    throw new Error(`${target.name} breaks at ${again}: ${String(cause)}\n${shown(evidence.input)}`, { cause });
  }
}

const shown = (input: unknown): string =>
  input instanceof Uint8Array
    ? `base64 ${Buffer.from(input).toString("base64")}`
    : inspect(input, { depth: 12, maxArrayLength: 20, maxStringLength: 500 }).slice(0, 20_000);

/** What a call gave: its value, or the facts of its refusal. */
export type Answer<T> =
  | { readonly value: T }
  | { readonly code: string; readonly byteOffset: number | undefined; readonly path: string | undefined };

/** The answer of a call; an error that is not typed, or has none of these codes, passes through. */
export function answerOf<T>(codes: readonly RuntimeStoreErrorCode[], call: () => T): Answer<T> {
  try {
    return { value: call() };
  } catch (error) {
    if (!isRuntimeStoreError(error) || !codes.includes(error.code)) throw error;
    const { code, byteOffset, path } = error;
    return { code, byteOffset, path };
  }
}

/** The answer of a call that gives the same one twice. */
export function sameTwice<T>(codes: readonly RuntimeStoreErrorCode[], call: () => T): Answer<T> {
  const answer = answerOf(codes, call);
  demandEqual(answerOf(codes, call), answer, "the second answer");
  return answer;
}

export function demand(isSo: boolean, what: string): asserts isSo {
  if (!isSo) throw new Error(`not so: ${what}`);
}

export function demandEqual(actual: unknown, expected: unknown, what: string): void {
  if (areEqual(actual, expected)) return;
  const options = { depth: 8, maxArrayLength: 20, maxStringLength: 500, breakLength: 120 };
  const [is, shouldBe] = [actual, expected].map((value) => inspect(value, options).split("\n"));
  const at = is?.findIndex((line, index) => line !== shouldBe?.[index]) ?? 0;
  const near = (lines: string[] = []): string => lines.slice(Math.max(0, at - 2), at + 12).join("\n");
  throw new Error(`${what} is\n${near(is)}\nwhere it should be\n${near(shouldBe)}`);
}

/** As deep equality, but one invalid Date equals another, which to Node 20 it does not. */
function areEqual(a: unknown, b: unknown): boolean {
  try {
    if (isDeepStrictEqual(a, b)) return true;
  } catch (error) {
    // Nested too deep for Node to compare, or to show.
    if (error instanceof RangeError) return true;
    throw error;
  }
  const whole = { depth: Infinity, maxArrayLength: null, maxStringLength: null };
  return holdsInvalidDate(a) && inspect(a, whole) === inspect(b, whole);
}

const holdsInvalidDate = (value: unknown): boolean => inspect(value, { depth: Infinity }).includes("Invalid Date");
