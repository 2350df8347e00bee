import type { JsonCursor } from "./cursor.ts";
import { Kind } from "./kinds.ts";
import { readF64 } from "./read-f64.ts";

const MINUS = 0x2d;

/** Goes over a number and tells whether the native runtime holds it as an integer or as a float. */
export function scanNumber(cursor: JsonCursor): Kind {
  const { bytes, position: start } = cursor;
  const form = skipNumber(cursor);
  const end = cursor.position;
  if (form === "integer" && fitsInteger(bytes, start, end)) return Kind.Integer;
  // Without an exponent it takes more than 300 digits to leave the range.
  const mayOverflow = form === "scientific" || end - start > 300;
  if (mayOverflow && !Number.isFinite(readF64(bytes, start, end))) cursor.fail("number out of range", start);
  return Kind.Float;
}

/** Goes over a number of any size. */
export function skipNumber(cursor: JsonCursor): "integer" | "decimal" | "scientific" {
  const { bytes } = cursor;
  if (bytes[cursor.position] === MINUS) cursor.position++;
  if (bytes[cursor.position] === 0x30) cursor.position++;
  else skipDigits(cursor);
  if (isDigit(bytes[cursor.position])) cursor.fail("a number cannot begin with 0");
  const isDecimal = bytes[cursor.position] === 0x2e;
  if (isDecimal) {
    cursor.position++;
    skipDigits(cursor);
  }
  if (bytes[cursor.position] !== 0x65 && bytes[cursor.position] !== 0x45) return isDecimal ? "decimal" : "integer";
  const sign = bytes[++cursor.position];
  if (sign === 0x2b || sign === MINUS) cursor.position++;
  skipDigits(cursor);
  return "scientific";
}

function skipDigits(cursor: JsonCursor): void {
  if (!isDigit(cursor.bytes[cursor.position])) cursor.fail("expected a digit");
  while (isDigit(cursor.bytes[cursor.position])) cursor.position++;
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39;

const U64_MAX = "18446744073709551615";
const I64_MIN = "9223372036854775808";

/** Whether an integer's text is held as u64 or i64: `-0` is held as a float, like whatever does not fit. */
function fitsInteger(bytes: Uint8Array, start: number, end: number): boolean {
  const negative = bytes[start] === MINUS;
  const limit = negative ? I64_MIN : U64_MAX;
  const digits = negative ? start + 1 : start;
  if (negative && bytes[digits] === 0x30) return false;
  const length = end - digits;
  if (length !== limit.length) return length < limit.length;
  for (let index = 0; index < length; index++) {
    const difference = (bytes[digits + index] as number) - limit.charCodeAt(index);
    if (difference !== 0) return difference < 0;
  }
  return true;
}
