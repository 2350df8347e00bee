import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalValue } from "../../src/digest/index.ts";
import { printF32, printF64, readJsonText, roundToF32 } from "../../src/json/index.ts";
import { readVectors } from "../vectors/read-vectors.ts";
import { decoded, refusal, utf8 } from "./documents.ts";

describe("recorded f32 answers", () => {
  test.each(readVectors("basics", "f32"))("line $line", ({ input, ok, output }) => {
    if (!ok) {
      expect(refusal(() => readJsonText(input)).code).toBe("invalid_input");
      return;
    }
    const value = Number(readJsonText(input));
    expect(printF32(value)).toBe(output);
    expect(roundToF32(value)).toBe(JSON.parse(output ?? ""));
  });
});

test.each([
  [0, "0.0"],
  [-0, "-0.0"],
  [1, "1.0"],
  [12.5, "12.5"],
  [0.00001, "0.00001"],
  [0.000001, "1e-6"],
  [1e15, "1000000000000000.0"],
  [1e16, "1e+16"],
  [123456789012345680, "1.2345678901234568e+17"],
  [5e-324, "5e-324"],
  [-1.7976931348623157e308, "-1.7976931348623157e+308"],
  [Infinity, "null"],
  [NaN, "null"],
])("prints the double %d as %s", (value, text) => {
  expect(printF64(value)).toBe(text);
});

test.each([
  [33.3, "33.3"],
  [50, "50.0"],
  [1e12, "1000000000000.0"],
  [1e13, "1e+13"],
  [1e-6, "0.000001"],
  [1e-7, "1e-7"],
  [1e-45, "1e-45"],
  [3.4028234663852886e38, "3.4028235e+38"],
  [2097152.25, "2097152.2"],
  [2097152.75, "2097152.8"],
  [2 ** -126, "1.1754944e-38"],
  [2 ** 87, "1.5474251e+26"],
  [1e39, "null"],
])("prints %d as f32 as %s", (value, text) => {
  expect(printF32(value)).toBe(text);
});

test("a printed double reads back as itself", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(Number(printF64(value))).toBe(value);
    }),
  );
});

test("a printed f32 reads back as itself, and no shorter text does", () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const text = printF32(value);
      expect(Math.fround(Number(text))).toBe(value);
      const digits = significantDigits(text);
      if (value === 0 || digits.length === 1) return;
      expect(Math.fround(Number(value.toPrecision(digits.length - 1)))).not.toBe(value);
    }),
  );
});

const significantDigits = (text: string): string =>
  text.replace(/e.*/, "").replace(/[-.]/g, "").replace(/^0+/, "").replace(/0+$/, "");

test("decimals of at most 15 digits are read as JavaScript reads them", () => {
  const decimal = fc.tuple(fc.integer({ min: -99_999_999, max: 99_999_999 }), fc.integer({ min: 0, max: 9_999_999 }));
  fc.assert(
    fc.property(decimal, ([whole, fraction]) => {
      const text = `${whole}.${fraction}`;
      expect(readJsonText(text)).toBe(Number(text));
    }),
  );
});

test("long literals are read as by the native algorithm, step by step in exact integers", () => {
  const digits = (maxLength: number): fc.Arbitrary<string> =>
    fc.string({ unit: fc.constantFrom("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"), minLength: 1, maxLength });
  const literal = fc.record({
    negative: fc.boolean(),
    integer: digits(30).map((text) => text.replace(/^0+(?=.)/, "")),
    fraction: fc.option(digits(30)),
    exponent: fc.option(fc.integer({ min: -400, max: 400 })),
  });
  fc.assert(
    fc.property(literal, ({ negative, integer, fraction, exponent }) => {
      const text =
        (negative ? "-" : "") +
        integer +
        (fraction === null ? "" : `.${fraction}`) +
        (exponent === null ? "" : `e${exponent}`);
      fc.pre(fraction !== null || exponent !== null);
      const expected = nativeDouble(integer, fraction ?? "", exponent ?? 0);
      if (expected === undefined) expect(refusal(() => readJsonText(text)).detail).toContain("out of range");
      else expect(readJsonText(text)).toBe(negative ? -expected : expected);
    }),
    { numRuns: 2000 },
  );
});

/** serde_json 1.0.149 `parse_decimal`, `parse_long_integer` and `f64_from_parts`, in the words of its own code. */
function nativeDouble(integer: string, fraction: string, written: number): number | undefined {
  const max = 2n ** 64n - 1n;
  let significand = 0n;
  let exponent = 0;
  let overflow = false;
  for (const digit of integer) {
    const next = significand * 10n + BigInt(digit);
    overflow ||= next > max;
    if (overflow) exponent++;
    else significand = next;
  }
  for (const digit of fraction) {
    const next = significand * 10n + BigInt(digit);
    if (next > max) break;
    significand = next;
    exponent--;
  }
  exponent += written;
  let value = Number(significand);
  while (Math.abs(exponent) > 308) {
    if (value === 0) return 0;
    if (exponent > 0) return undefined;
    value /= 1e308;
    exponent += 308;
  }
  value = exponent < 0 ? value / Number(`1e${-exponent}`) : value * Number(`1e${exponent}`);
  return value === Infinity ? undefined : value;
}

test.each([
  ["0.1e-2147483649", "0.0"],
  ["-7e-99999999999999999999", "-0.0"],
  ["0e99999999999999999999", "0.0"],
  ["-0", "-0.0"],
  ["18446744073709551615", "18446744073709551615"],
  ["18446744073709551616", "1.8446744073709552e+19"],
  ["-9223372036854775808", "-9223372036854775808"],
  ["-9223372036854775809", "-9.223372036854776e+18"],
  ["184467440737095516150.5", "1.844674407370955e+20"],
  ["1844674407370955161.5", "1.8446744073709553e+18"],
  [`0.${"0".repeat(400)}1e380`, "1e-21"],
  [`1${"0".repeat(400)}e-400`, "1.0"],
])("the number %s is printed as %s", (text, printed) => {
  expect(decoded(canonicalValue(text))).toBe(printed);
});

test.each([
  "1e99999999999999999999",
  "1e309",
  "-1e400",
  "9".repeat(400),
  "01",
  "-",
  "1.",
  ".5",
  "+1",
  "1e",
  "1e+",
  "-01",
])("the number %s is refused", (text) => {
  expect(refusal(() => readJsonText(utf8(text))).code).toBe("invalid_input");
});

test("a million digits are read in one go", () => {
  expect(decoded(canonicalValue(`0.${"1".repeat(1_000_000)}`))).toBe("0.1111111111111111");
  expect(refusal(() => canonicalValue("7".repeat(1_000_000))).byteOffset).toBe(0);
});
