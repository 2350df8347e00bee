import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { afterAll, describe, expect, it } from "vitest";
import { contentInput } from "../../src/records/content-block.ts";
import { dateTime } from "../../src/records/date-time.ts";
import { format } from "../../src/records/format.ts";
import { input } from "../../src/records/input.ts";
import { inputDurability, inputOrigin } from "../../src/records/input-header.ts";
import {
  inputAbandonReason,
  inputLifecycleState,
  inputState,
  inputTerminalOutcome,
  reconstructionSource,
} from "../../src/records/input-state.ts";
import { isObject } from "../../src/records/members.ts";
import { opEvent, operationTerminalOutcome } from "../../src/records/operations.ts";
import { persistedOpsSnapshot } from "../../src/records/ops-snapshot.ts";
import { withDefault } from "../../src/records/optional-members.ts";
import { parse, parseJson } from "../../src/records/parse.ts";
import { policyDecision } from "../../src/records/policy.ts";
import { runBoundaryReceipt } from "../../src/records/run-boundary-receipt.ts";
import { runtimeState } from "../../src/records/runtime-state.ts";
import { free, sessionId, text, u64, uuid } from "../../src/records/scalars.ts";
import { struct } from "../../src/records/struct.ts";
import { systemTime } from "../../src/records/system-time.ts";
import { turnMetadata } from "../../src/records/turn-metadata.ts";
import type { WireSchema } from "../../src/records/wire-schema.ts";
import { asNative, expectNative } from "./native-comparison.ts";

/** What the native runtime answered for an input: what it printed, or that it refused. */
interface Vector {
  readonly kind: string;
  readonly input: string;
  readonly ok: boolean;
  readonly output?: string;
  readonly error?: string;
}

const SCHEMAS: Readonly<Record<string, WireSchema<unknown>>> = {
  abandon_reason: inputAbandonReason,
  content_input: contentInput,
  datetime_utc: dateTime,
  input,
  input_durability: inputDurability,
  input_origin: inputOrigin,
  input_state: inputState,
  lifecycle_state: inputLifecycleState,
  logical_runtime_id: text,
  op_event: opEvent,
  operation_terminal_outcome: operationTerminalOutcome,
  ops_snapshot: persistedOpsSnapshot,
  policy_decision: policyDecision,
  receipt: runBoundaryReceipt,
  reconstruction_source: reconstructionSource,
  runtime_state: runtimeState,
  session_meta: struct({
    id: sessionId,
    created_at: systemTime,
    updated_at: systemTime,
    message_count: u64,
    total_tokens: u64,
    metadata: withDefault(v.pipe(free, v.check(isObject)), {}),
  }),
  system_time: systemTime,
  terminal_outcome: inputTerminalOutcome,
  turn_metadata: turnMetadata,
  uuid,
};
const OTHER_KINDS = ["f32", "message", "session", "value"];

const vectors = ["basics", "records"].flatMap((file): Vector[] => {
  const lines = readFileSync(join(import.meta.dirname, `../vectors/${file}.jsonl`), "utf8")
    .trim()
    .split("\n");
  return lines.map((line) => JSON.parse(line) as Vector).filter(({ kind }) => !OTHER_KINDS.includes(kind));
});

/** Text that `JSON.parse` refuses too. */
function isNoJson({ input: json }: Vector): boolean {
  try {
    JSON.parse(json);
    return false;
  } catch {
    return true;
  }
}

/** Refused for a spelling of which nothing is left in the value that `JSON.parse` makes of it. */
const isRefusedForSpelling = ({ error = "" }: Vector): boolean =>
  /^duplicate field|floating point `-?\d+\.0`|^number out of range/.test(error);

/** Integers beyond 2^53-1 where the native type holds 64 bits; free-form parts keep theirs. */
const hasBigInteger = ({ output = "" }: Vector): boolean =>
  /"(?:version|policy_version|message_count|sequence|last_boundary_sequence)":\d{17,}/.test(output);

/** A struct or a variant written as an array, which the native parser takes by position. */
function isPositional(given: unknown, native: unknown): boolean {
  if (Array.isArray(given) && isObject(native)) return true;
  if (Array.isArray(given) && Array.isArray(native)) return given.some((each, at) => isPositional(each, native[at]));
  return (
    isObject(given) && isObject(native) && Object.keys(native).some((name) => isPositional(given[name], native[name]))
  );
}

/** A lone surrogate in a member that the native parser skips unread. A value can hold it, UTF-8 text cannot. */
const skipsLoneSurrogate = ({ ok, input: json }: Vector): boolean => ok && json.includes('\\ud800"');

const counts = new Map<string, number>();
function count(what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1);
}
afterAll(() => {
  const lines = [...counts].map(([what, number]) => `  ${String(number).padStart(4)}  ${what}`);
  console.info(`${String(vectors.length)} native records\n${lines.join("\n")}`);
});

const refusal = expect.objectContaining({ code: "invalid_input" }) as Error;

it("there is a schema for every kind of record, and vectors for every schema", () => {
  expect([...new Set(vectors.map(({ kind }) => kind))].sort()).toEqual(Object.keys(SCHEMAS).sort());
});

describe.each(Object.entries(SCHEMAS))("%s", (kind, schema) => {
  const ofKind = vectors.filter((vector) => vector.kind === kind);

  it("is read from values as the native runtime reads it", () => {
    for (const vector of ofKind) {
      if (isNoJson(vector)) {
        count("values: exempt, no JSON");
        continue;
      }
      const value = JSON.parse(vector.input) as unknown;
      const native = vector.ok ? (JSON.parse(vector.output ?? "") as unknown) : undefined;
      if (isRefusedForSpelling(vector)) {
        count("values: exempt, refused for its spelling only");
      } else if (!vector.ok || hasBigInteger(vector) || isPositional(value, native)) {
        expect(() => parse(schema, value), vector.input).toThrow(refusal);
        count(vector.ok ? "values: refused here only, positional or beyond 2^53-1" : "values: refused as there");
      } else {
        expectNative(schema, parse(schema, value), native, 2 ** -51);
        count("values: accepted as there, with equal output");
      }
    }
  });

  it("is read from text as the native runtime reads it", () => {
    for (const vector of ofKind) {
      const native = vector.ok ? (JSON.parse(vector.output ?? "") as unknown) : undefined;
      const isExempt = vector.ok && (hasBigInteger(vector) || isPositional(JSON.parse(vector.input), native));
      if (!vector.ok || isExempt || skipsLoneSurrogate(vector)) {
        expect(() => parseJson(schema, vector.input), vector.input).toThrow(refusal);
        if (isExempt) count("text: refused here only, positional or beyond 2^53-1");
        else
          count(vector.ok ? "text: refused here only, lone surrogate in a skipped member" : "text: refused as there");
      } else {
        expectNative(schema, parseJson(schema, vector.input), native);
        count("text: accepted as there, with equal output");
      }
    }
  });

  it("is printed to the byte as the native runtime prints it", () => {
    for (const vector of ofKind) {
      const { ok, output = "" } = vector;
      if (!ok || hasBigInteger(vector) || skipsLoneSurrogate(vector)) continue;
      if (isPositional(JSON.parse(vector.input), JSON.parse(output))) continue;
      const printed = format(schema, asNative(schema, parseJson(schema, vector.input)));
      if (/(?:payload|provider_params)":.*\d\.0\b/.test(output)) {
        // A number has no way to tell that its text was 1.0.
        expect(JSON.parse(printed)).toEqual(JSON.parse(output));
        count("printing: equal as values, a free-form whole number was spelled with a point");
      } else if (kind === "ops_snapshot") {
        expect(JSON.parse(printed)).toEqual(JSON.parse(output));
        count("printing: equal as values, operations stand in any order");
      } else {
        expect(printed).toBe(output);
        count("printing: equal to the byte");
      }
    }
  });
});
