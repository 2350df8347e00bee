import * as v from "valibot";
import { readJsonText } from "../json/index.ts";
import { copyValue } from "./copy-value.ts";
import { type Input, input } from "./input.ts";
import { type InputState, inputState } from "./input-state.ts";
import { invalidInput, type PathStep } from "./invalid-input.ts";
import { type PersistedOpsSnapshot, persistedOpsSnapshot } from "./ops-snapshot.ts";
import { type RunBoundaryReceipt, runBoundaryReceipt } from "./run-boundary-receipt.ts";
import { type RuntimeState, runtimeState } from "./runtime-state.ts";
import { isSkipped } from "./skipped-members.ts";
import type { WireSchema } from "./wire-schema.ts";

/**
 * The wire's canonical form of an input state, in new objects that share nothing with the given ones. Takes the object forms
 * that the native type takes: ids in any spelling, older names, `null` for none. Timestamps keep their text. Members that the
 * type does not know are kept, behind those that it knows; they, `payload` and `provider_params` may hold Date, Map, Set,
 * bigint, `undefined` and typed arrays.
 * @throws {RuntimeStoreError} `invalid_input`, with the `path` of the member that the native runtime would refuse, or that
 * could not be kept whole: integers beyond 2^53-1, functions, class instances, invalid Dates, more than 127 nested containers.
 */
export const parseInputState = (value: unknown): InputState => parse(inputState, value);

/**
 * The wire's canonical form of a receipt, by the rules of `parseInputState`.
 * @throws {RuntimeStoreError} `invalid_input`, with the `path`.
 */
export const parseBoundaryReceipt = (value: unknown): RunBoundaryReceipt => parse(runBoundaryReceipt, value);

/**
 * The wire's canonical form of an input, by the rules of `parseInputState`: `system_generated` becomes `continuation`,
 * `projected` becomes `operation`.
 * @throws {RuntimeStoreError} `invalid_input`, with the `path`.
 */
export const parseInput = (value: unknown): Input => parse(input, value);

/**
 * A runtime state, given as its name or as `{ name: null }`.
 * @throws {RuntimeStoreError} `invalid_input` for anything but the eight names.
 */
export const parseRuntimeState = (value: unknown): RuntimeState => parse(runtimeState, value);

/**
 * The wire's canonical form of a registry of background operations, by the rules of `parseInputState`.
 * @throws {RuntimeStoreError} `invalid_input`, with the `path`.
 */
export const parseOpsSnapshot = (value: unknown): PersistedOpsSnapshot => parse(persistedOpsSnapshot, value);

/**
 * As `parseInputState`, from JSON text or its UTF-8 bytes, read as the native parser reads it: a repeated member and `1.0`
 * for an integer are refused, integers beyond 2^53-1 in free-form parts become bigint.
 * @throws {RuntimeStoreError} `invalid_input`, with the `path` of the member, or with `byteOffset` where it is no JSON.
 */
export const parseInputStateJson = (json: string | Uint8Array): InputState => parseJson(inputState, json);

/**
 * As `parseBoundaryReceipt`, from JSON text or its UTF-8 bytes.
 * @throws {RuntimeStoreError} `invalid_input`, with `path` or `byteOffset`.
 */
export const parseBoundaryReceiptJson = (json: string | Uint8Array): RunBoundaryReceipt =>
  parseJson(runBoundaryReceipt, json);

/**
 * As `parseInput`, from JSON text or its UTF-8 bytes.
 * @throws {RuntimeStoreError} `invalid_input`, with `path` or `byteOffset`.
 */
export const parseInputJson = (json: string | Uint8Array): Input => parseJson(input, json);

/**
 * As `parseRuntimeState`, from JSON text (with its quotes) or its UTF-8 bytes.
 * @throws {RuntimeStoreError} `invalid_input`, with `path` or `byteOffset`.
 */
export const parseRuntimeStateJson = (json: string | Uint8Array): RuntimeState => parseJson(runtimeState, json);

/**
 * As `parseOpsSnapshot`, from JSON text or its UTF-8 bytes.
 * @throws {RuntimeStoreError} `invalid_input`, with `path` or `byteOffset`.
 */
export const parseOpsSnapshotJson = (json: string | Uint8Array): PersistedOpsSnapshot =>
  parseJson(persistedOpsSnapshot, json);

/** What a schema reads from a value of anybody's. */
export function parse<T>(schema: WireSchema<T>, value: unknown): T {
  const copy = copyValue(value);
  const lone = copy.loneSurrogates.find((steps) => !isSkipped(schema, steps));
  if (lone) throw invalidInput(lone, "expected well-formed text, got a lone surrogate");
  return canonical(schema, copy.value);
}

/** What a schema reads from JSON text. The values read are new, and each is known to nest and to spell as it may. */
export function parseJson<T>(schema: WireSchema<T>, json: string | Uint8Array): T {
  return canonical(schema, readJsonText(json));
}

/** What a schema reads from a value that nobody else holds: free-form parts of it become parts of the result. */
export function canonical<T>(schema: WireSchema<T>, value: unknown): T {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const steps = issue.path?.map(({ key }) => key as PathStep) ?? [];
  throw invalidInput(steps, `expected ${issue.expected ?? "another value"}, got ${shortened(issue.received)}`);
}

function shortened(received: string): string {
  if (received === "undefined") return "nothing";
  return received.length > 80 ? `${received.slice(0, 80)}…` : received;
}
