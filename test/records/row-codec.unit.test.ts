import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeRecord, encodeRecord } from "../../src/records/index.ts";
import { type Members, setMember } from "../../src/records/members.ts";
import { frozen } from "./samples.ts";

/** A typed array that begins and ends inside its buffer. */
const typedArray = fc
  .oneof(
    fc.int8Array(),
    fc.uint8Array(),
    fc.uint8ClampedArray(),
    fc.int16Array(),
    fc.uint16Array(),
    fc.int32Array(),
    fc.uint32Array(),
    fc.float32Array(),
    fc.float64Array(),
    fc.bigInt64Array(),
    fc.bigUint64Array(),
  )
  .map((array) => array.subarray(1, Math.max(1, array.length - 1)));

/** Names that superjson refuses, or that its paths could be confused by, among others. */
const name = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.stringMatching(/^[.\\~0a]{0,4}$/),
  fc.stringMatching(/^~{0,2}(?:__proto__|constructor|prototype)$/),
);

const leaf = fc.oneof(
  // Few, so that equal ones meet: superjson 2.2.6 takes equal bigints and NaNs for one object.
  fc.constantFrom<unknown>(null, undefined, NaN, NaN, Infinity, -Infinity, -0, 0, 1n, 1n, true, false),
  fc.string({ unit: "binary" }),
  fc.double(),
  fc.bigInt(),
  fc.date({ noInvalidDate: true }),
  typedArray,
);

const { value: richValue } = fc.letrec((tie) => {
  const pairs = fc.array(fc.tuple(tie("value"), tie("value")), { maxLength: 4 });
  return {
    value: fc.oneof({ depthSize: "small" }, leaf, tie("array"), tie("object"), tie("map"), tie("set")),
    array: fc.array(tie("value"), { maxLength: 4 }),
    object: fc.array(fc.tuple(name, tie("value")), { maxLength: 4 }).map((members) => {
      const object: Members = {};
      for (const [key, value] of members) setMember(object, key, value);
      return object;
    }),
    map: pairs.map((entries) => new Map(entries)),
    set: pairs.map((entries) => new Set(entries.flat())),
  };
});

const throughRow = (value: unknown): unknown => decodeRecord(encodeRecord(value));

describe("a row's text", () => {
  it("gives back any value that was put into it, with everything in its order", () => {
    fc.assert(
      fc.property(richValue, (value) => {
        const encoded = encodeRecord(value);
        const decoded = decodeRecord(encoded);
        expect(isDeepStrictEqual(decoded, value)).toBe(true);
        // Deep equality of Node looks at no order, and not at -0 in a typed array.
        expect(encodeRecord(decoded)).toEqual(encoded);
      }),
      { numRuns: 1000 },
    );
  });

  it("is plain JSON for every JSON value but -0", () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const hasMinusZero = /-0(?![.\d])/.test(
          JSON.stringify(value, (_, each: unknown) => (Object.is(each, -0) ? "-0" : each)),
        );
        fc.pre(!hasMinusZero);
        expect(encodeRecord(value)).toEqual({ format: "json", text: JSON.stringify(value) });
        expect(isDeepStrictEqual(throughRow(value), value)).toBe(true);
      }),
    );
    expect(encodeRecord({ zero: -0 }).format).toBe("superjson");
  });

  it("keeps names that superjson refuses, in plain and in rich values", () => {
    for (const rich of [1, 1n]) {
      const value = JSON.parse(
        '{"__proto__":{"~prototype":{"constructor":{}}},"prototype":[{"~~__proto__":0}]}',
      ) as Members;
      value.rich = rich;
      expect(isDeepStrictEqual(throughRow(value), value)).toBe(true);
    }
  });

  it("keeps the place of equal bigints and NaNs in Sets and Maps", () => {
    const value = {
      nan: NaN,
      set: new Set([NaN, 1]),
      map: new Map([
        [NaN, "a"],
        [1, "b"],
      ]),
      bigs: [1n, new Set([1n, 2n])],
    };
    const decoded = throughRow(value) as typeof value;
    expect(decoded).toStrictEqual(value);
    expect([...decoded.set]).toEqual([NaN, 1]);
    expect([...decoded.map]).toEqual([...value.map]);
  });

  it("keeps NaN, -0 and infinities inside typed arrays, and their kind", () => {
    const value = [
      new Float32Array([NaN, -0, Infinity]),
      new Float64Array([NaN, -0, -Infinity]),
      new BigUint64Array([2n ** 64n - 1n]),
    ];
    const decoded = throughRow(value) as typeof value;
    expect(decoded).toStrictEqual(value);
    expect(Object.is(decoded[0]?.[1], -0)).toBe(true);
  });

  it("carries long typed arrays", () => {
    const bytes = Uint8Array.from({ length: 300_001 }, (_, index) => index * 7);
    expect(isDeepStrictEqual(throughRow({ bytes }), { bytes })).toBe(true);
  });

  it("copies what many members share, and leaves the given value alone", () => {
    const shared = { when: new Date(0) };
    const value = frozen({ first: shared, second: shared, set: new Set([shared]) });
    const decoded = throughRow(value) as typeof value;
    expect(decoded).toStrictEqual(value);
    expect(decoded.first).not.toBe(decoded.second);
  });

  it("refuses what would not come back", () => {
    for (const value of [() => 1, new Date(NaN), new ArrayBuffer(1), { deep: [new Error("e")] }]) {
      expect(() => encodeRecord(value)).toThrow(expect.objectContaining({ code: "invalid_input" }) as Error);
    }
  });
});

describe("a row that nobody here wrote", () => {
  it.each([
    { format: "json", text: "{" },
    { format: "superjson", text: "" },
    { format: "superjson", text: '{"json":1,"meta":{"values":["nobody"],"v":1}}' },
    { format: "superjson", text: '{"json":["Uint9Array",""],"meta":{"values":[["custom","typed-array"]],"v":1}}' },
    { format: "yaml", text: "a: 1" },
  ])("is a corrupt record: $format $text", (row) => {
    expect(() => decodeRecord(row)).toThrow(expect.objectContaining({ code: "corrupt_record" }) as Error);
  });

  it.each(['"Date"', '["map","Date"]', '{"a":["map",{"0":"Date"}]}'])(
    "is a corrupt record where superjson would visit a text for ever: %s",
    (values) => {
      const text = `{"json":{"a":1},"meta":{"values":${values},"v":1}}`;
      const cause = expect.any(TypeError) as Error;
      expect(() => decodeRecord({ format: "superjson", text })).toThrow(
        expect.objectContaining({ code: "corrupt_record", cause }) as Error,
      );
    },
  );
});
