const U64_MAX = "18446744073709551615";
const I32_MAX = 2 ** 31 - 1;
const POWERS_OF_TEN = Array.from({ length: 309 }, (_, exponent) => Number(`1e${exponent}`));

/**
 * The double that serde_json 1.0.149 (without `float_roundtrip`) reads from the text of a number, which is not always the
 * nearest one: digits beyond 64 bits of significand are cut off, and the power of ten is applied with one rounding of its own.
 * Gives an infinity for a number that it refuses as out of range.
 */
export function readF64(bytes: Uint8Array, start: number, end: number): number {
  const negative = bytes[start] === 0x2d;
  let at = negative ? start + 1 : start;
  let significand = "";
  let exponent = 0;

  let full = false;
  for (; at < end && isDigit(bytes[at]); at++) {
    full ||= !fits(significand, bytes[at] as number);
    if (full) exponent++;
    else significand = append(significand, bytes[at] as number);
  }
  if (bytes[at] === 0x2e) {
    for (full = false, at++; at < end && isDigit(bytes[at]); at++) {
      full ||= !fits(significand, bytes[at] as number);
      if (full) continue;
      significand = append(significand, bytes[at] as number);
      exponent--;
    }
  }
  // The decimal text of an integer below 2^64 rounds to nearest even, as the native cast does.
  let value = Number(significand);
  if (at < end) {
    const written = readExponent(bytes, at + 1, end);
    if (Math.abs(written) > I32_MAX) value = written > 0 && value !== 0 ? Infinity : 0;
    else exponent = Math.max(-I32_MAX - 1, Math.min(I32_MAX, exponent + written));
  }
  value = scale(value, exponent);
  return negative ? -value : value;
}

function readExponent(bytes: Uint8Array, start: number, end: number): number {
  const negative = bytes[start] === 0x2d;
  let exponent = 0;
  for (let at = isDigit(bytes[start]) ? start : start + 1; at < end; at++) {
    exponent = Math.min(exponent * 10 + (bytes[at] as number) - 0x30, I32_MAX + 1);
  }
  return negative ? -exponent : exponent;
}

function scale(significand: number, exponent: number): number {
  let value = significand;
  while (exponent < -308 && value !== 0) {
    value /= 1e308;
    exponent += 308;
  }
  if (value === 0 || value === Infinity) return value;
  const power = POWERS_OF_TEN[Math.abs(exponent)] ?? Infinity;
  return exponent < 0 ? value / power : value * power;
}

/** Whether the significand, a decimal text without leading zeros, still fits 64 bits with one more digit. */
function fits(significand: string, digit: number): boolean {
  if (significand.length !== 19) return significand.length < 19;
  return append(significand, digit) <= U64_MAX;
}

function append(significand: string, digit: number): string {
  return significand === "" && digit === 0x30 ? "" : significand + String.fromCharCode(digit);
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39;
