import * as v from "valibot";
import { RuntimeStoreError } from "../core/errors.ts";
import { scalar } from "./wire-schema.ts";

// What chrono 0.4.44 reads as `DateTime<Utc>` (`parse_rfc3339_relaxed`); its white space is Unicode's, not that of `\s`.
const SPACE = "\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const GAP = `[${SPACE}]*`;
const DATE = `([+-]\\d+|\\d{1,4})${GAP}-${GAP}(\\d{1,2})${GAP}-${GAP}(\\d{1,2})`;
const TIME = `(\\d{1,2})${GAP}:${GAP}(\\d{1,2})${GAP}:${GAP}(\\d{1,2})(?:\\.(\\d+))?`;
const ZONE = `(?:[Zz]|[Uu][Tt][Cc]|([+\\u2212-])(\\d\\d)[:${SPACE}]*(\\d\\d))`;
const DATE_TIME = new RegExp(`^${GAP}${DATE}[Tt ]${GAP}${TIME}${GAP}${ZONE}${GAP}$`);

const LEAST_DAY = Date.UTC(-262143, 0, 1);
const GREATEST_DAY = Date.UTC(262142, 11, 31);
const DAY = 86_400_000;

/** A moment as the native runtime holds it: a leap second is second 59 with `nanos` from 10^9 on. */
export interface Instant {
  /** Milliseconds since the epoch, of whole seconds. */
  readonly milliseconds: number;
  readonly nanos: number;
}

/** The moment that a text spells, or `undefined` for a text that the native runtime refuses. */
export function readDateTime(text: string): Instant | undefined {
  const match = DATE_TIME.exec(text);
  if (!match) return undefined;
  const [year = NaN, month = NaN, day = NaN, hour = NaN, minute = NaN, second = NaN] = match.slice(1, 7).map(Number);
  const [fraction = "", sign = "+", offsetHours = "0", offsetMinutes = "0"] = match.slice(7);
  const date = utcDay(year, month, day);
  const offset = Number(offsetHours) * 60 + Number(offsetMinutes);
  if (date === undefined || hour > 23 || minute > 59 || second > 60) return undefined;
  if (Number(offsetMinutes) > 59 || offset >= 24 * 60) return undefined;
  const local = date + ((hour * 60 + minute) * 60 + Math.min(second, 59)) * 1000;
  const milliseconds = local - (sign === "+" ? offset : -offset) * 60_000;
  if (milliseconds < LEAST_DAY || milliseconds >= GREATEST_DAY + DAY) return undefined;
  return { milliseconds, nanos: Number(fraction.slice(0, 9).padEnd(9, "0")) + (second === 60 ? 1e9 : 0) };
}

function utcDay(year: number, month: number, day: number): number | undefined {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const isReal = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return isReal && date.getTime() >= LEAST_DAY && date.getTime() <= GREATEST_DAY ? date.getTime() : undefined;
}

/** An RFC 3339 text by chrono's relaxed rules, kept as it is: parsing it and printing it again would lose its spelling. */
export const dateTime = scalar("date_time", "RFC 3339 date and time", (value) =>
  typeof value === "string" && readDateTime(value) ? value : undefined,
);

/**
 * The whole milliseconds since the epoch of a timestamp in a wire record: what lies below one is cut off, as a sum of both
 * would round up.
 * @throws {RuntimeStoreError} `invalid_input` for a text that the native runtime refuses.
 */
export function dateTimeToMilliseconds(text: string): number {
  const instant = readDateTime(text);
  if (!instant) throw new RuntimeStoreError("invalid_input", `not an RFC 3339 date and time: ${JSON.stringify(text)}`);
  return instant.milliseconds + Math.floor(instant.nanos / 1e6);
}

/** A moment as callers give it: a Date, milliseconds since the epoch, or an RFC 3339 text, which is stored as it is. */
export type Moment = Date | number | string;

/**
 * The timestamp that the native runtime writes for a moment: no fraction for a whole second, else three digits.
 * @throws {RuntimeStoreError} `invalid_input` for an invalid Date, a year beyond chrono's, or a text that is no timestamp.
 */
export function wireTime(moment: Moment = Date.now()): string {
  const text =
    typeof moment === "string" ? moment : printed(new Date(typeof moment === "number" ? moment : timeOf(moment)));
  if (text !== undefined && readDateTime(text)) return text;
  const got = Object(moment) === moment ? `another ${typeof moment}` : v._stringify(moment);
  throw new RuntimeStoreError("invalid_input", `expected a Date, milliseconds or an RFC 3339 text, got ${got}`);
}

/** NaN for anything but a Date; also for a proxy of one, which `instanceof` takes for a Date and `getTime` does not. */
function timeOf(moment: unknown): number {
  try {
    return Date.prototype.getTime.call(moment);
  } catch {
    return Number.NaN;
  }
}

function printed(date: Date): string | undefined {
  if (Number.isNaN(date.getTime())) return undefined;
  // ECMAScript writes years beyond four digits with six, chrono with as few as there are.
  return date
    .toISOString()
    .replace(".000Z", "Z")
    .replace(/^([+-])0{1,2}(?=\d{4})/, "$1");
}
