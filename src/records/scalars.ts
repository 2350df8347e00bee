import * as v from "valibot";
import { parseUuid, type InputId, type OperationId, type RunId, type SessionId, type Uuid } from "../core/ids.ts";
import { roundToF32, textFacts } from "../json/index.ts";
import { isObject } from "./members.ts";
import { scalar, type WireSchema } from "./wire-schema.ts";

const uuidOf = <Id extends Uuid>(): WireSchema<Id> =>
  scalar("uuid", "UUID", (value) => parseUuid(value) as Id | undefined);

export const uuid = uuidOf<Uuid>();
export const runId = uuidOf<RunId>();
export const inputId = uuidOf<InputId>();
export const sessionId = uuidOf<SessionId>();
export const operationId = uuidOf<OperationId>();

export const text: WireSchema<string> = v.string();
export const flag: WireSchema<boolean> = v.boolean();

const integer = (greatest: number, expects: string): WireSchema<number> =>
  scalar("integer", expects, (value) => {
    const number = typeof value === "bigint" ? Number(value) : value;
    // The native parser reads `-0` as a float.
    const isInRange =
      Number.isSafeInteger(number) && Number(number) >= 0 && Number(number) <= greatest && !Object.is(number, -0);
    return isInRange ? Number(number) : undefined;
  });

export const u32 = integer(2 ** 32 - 1, "integer from 0 to 2^32-1");
/** Also of `usize`. Integers beyond 2^53-1, which the native runtime holds, are refused rather than rounded. */
export const u64 = integer(Number.MAX_SAFE_INTEGER, "integer from 0 to 2^53-1");

/** A number as the native runtime prints it after holding it as f32, or `null` when it overflows there. */
export const f32: WireSchema<number | null> = scalar("f32", "number", (value) => {
  const number = typeof value === "bigint" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? roundToF32(number) : undefined;
});

/** Any value at all, as long as there is one. */
export const free: WireSchema<unknown> = scalar("free", "any value", (value) => value);

/** One of a few names, also as `{"name":null}` (serde's unit variants). */
export function oneOf<const Name extends string>(...names: readonly Name[]): WireSchema<Name> {
  return scalar("name", names.map((name) => `"${name}"`).join(" | "), (value) => {
    const name = isObject(value) ? onlyNullMember(value) : value;
    return names.find((known) => known === name);
  });
}

function onlyNullMember(object: Readonly<Record<string, unknown>>): string | undefined {
  const [name, ...others] = Object.keys(object);
  if (name === undefined || others.length > 0 || textFacts(object)?.repeated.has(name)) return undefined;
  return object[name] === null ? name : undefined;
}
