import { expect } from "vitest";
import { readDateTime } from "../../src/records/date-time.ts";
import { isObject } from "../../src/records/members.ts";
import type { SchemaShape } from "../../src/records/wire-schema.ts";

/** A timestamp as the native runtime prints it. */
export function nativeTimestamp(text: string): string {
  const instant = readDateTime(text);
  if (!instant) throw new Error(`not a timestamp: ${text}`);
  const isLeap = instant.nanos >= 1e9;
  const year = (digits: string): string => digits.replace(/^([+-])0{1,2}(?=\d{4})/, "$1");
  const seconds = new Date(instant.milliseconds).toISOString().slice(0, -5);
  const nanos = String(instant.nanos % 1e9).padStart(9, "0");
  const digits = [0, 3, 6, 9].find((length) => Number(nanos.slice(length)) === 0) ?? 9;
  const fraction = digits === 0 ? "" : `.${nanos.slice(0, digits)}`;
  return `${year(isLeap ? seconds.replace(/59$/, "60") : seconds)}${fraction}Z`;
}

/**
 * Demands that a canonical value says what the native runtime printed: the same members with the same values, timestamps for
 * the same moment, and no others but those that the schema does not know. Numbers in free-form parts may be off by `slack` of
 * their size: of a long literal, JSON.parse gives the nearest double, and the native parser does not.
 */
export function expectNative(schema: SchemaShape, ours: unknown, native: unknown, slack = 0): void {
  const { wrapped, choose, entries, item, values, type } = schema;
  if (wrapped && native !== null) {
    expectNative(wrapped, ours, native, slack);
  } else if (choose) {
    expectNative(choose(ours), ours, native, slack);
  } else if (type === "free") {
    expectFree(ours, native, slack);
  } else if (type === "date_time") {
    expect(nativeTimestamp(ours as string)).toBe(native);
  } else if (Array.isArray(ours) && Array.isArray(native) && item) {
    expect(ours).toHaveLength(native.length);
    ours.forEach((element, index) => expectNative(item, element, native[index], slack));
  } else if (isObject(ours) && isObject(native)) {
    const known = Object.keys(ours).filter((name) => values ?? Object.hasOwn(entries ?? {}, name));
    expect(known.sort()).toEqual(Object.keys(native).sort());
    for (const name of known) expectNative((values ?? entries?.[name]) as SchemaShape, ours[name], native[name], slack);
  } else {
    expect(ours).toBe(native);
  }
}

function expectFree(ours: unknown, native: unknown, slack: number): void {
  if (Array.isArray(ours) && Array.isArray(native)) {
    expect(ours).toHaveLength(native.length);
    ours.forEach((element, index) => expectFree(element, native[index], slack));
  } else if (isObject(ours) && isObject(native)) {
    expect(Object.keys(ours).sort()).toEqual(Object.keys(native).sort());
    for (const name of Object.keys(ours)) expectFree(ours[name], native[name], slack);
  } else if (typeof ours === "bigint") {
    expect(Number(ours)).toBe(native);
  } else if (typeof ours === "number" && typeof native === "number") {
    expect(Math.abs(ours - native)).toBeLessThanOrEqual(Math.abs(native) * slack);
  } else {
    expect(ours).toBe(native);
  }
}

/** A canonical value as the native runtime would hold it: without what its types do not know, timestamps printed anew. */
export function asNative(schema: SchemaShape, value: unknown): unknown {
  if (schema.wrapped && value !== null) return asNative(schema.wrapped, value);
  if (schema.choose) return asNative(schema.choose(value), value);
  if (schema.type === "date_time") return nativeTimestamp(value as string);
  const { entries, item, values } = schema;
  if (Array.isArray(value) && item) return value.map((element) => asNative(item, element));
  if (!isObject(value) || !(entries ?? values)) return value;
  const members = Object.entries(value).filter(([name]) => values ?? Object.hasOwn(entries ?? {}, name));
  return Object.fromEntries(
    members.map(([name, member]) => [name, asNative((values ?? entries?.[name]) as SchemaShape, member)]),
  );
}
