import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareCodePoints, readJsonText, textFacts } from "../../src/json/index.ts";
import { refusal, utf8 } from "./documents.ts";

test("gives what JSON.parse gives, but for long decimals", () => {
  const withoutDecimals = (_name: string, value: unknown): unknown =>
    typeof value === "number" ? Math.trunc(value % 1e15) : value;
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: "binary" }), (value) => {
      const text = JSON.stringify(value, withoutDecimals);
      expect(readJsonText(text)).toEqual(JSON.parse(text));
    }),
  );
});

test("integers beyond 2^53-1 come as bigint as long as the native runtime holds them as integers", () => {
  expect(readJsonText("[9007199254740991,9007199254740992,-9007199254740992,18446744073709551615]")).toEqual([
    9007199254740991,
    9007199254740992n,
    -9007199254740992n,
    18446744073709551615n,
  ]);
  expect(readJsonText("18446744073709551616")).toBe(18446744073709552000);
});

test("`__proto__` is a member like any other", () => {
  const read = readJsonText('{"__proto__":{"x":1},"constructor":2}') as object;
  expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
  expect(Object.entries(read)).toEqual([
    ["__proto__", { x: 1 }],
    ["constructor", 2],
  ]);
});

describe("what only the text shows", () => {
  test("repeated members, of which the last one stays", () => {
    const read = readJsonText('{"a":1,"b":2,"\\u0061":3,"__proto__":1,"__proto__":2}') as Record<string, unknown>;
    expect(read.a).toBe(3);
    expect(textFacts(read)).toEqual({ repeated: new Set(["a", "__proto__"]), floats: new Set() });
  });

  test("numbers that are spelled as floats, in objects and in arrays", () => {
    const read = readJsonText('{"a":1.0,"b":1,"c":[1e2,-0,5],"d":{"e":18446744073709551616}}') as Record<
      string,
      object
    >;
    expect(textFacts(read)?.floats).toEqual(new Set(["a"]));
    expect(textFacts(read.c as object)?.floats).toEqual(new Set(["0", "1"]));
    expect(textFacts(read.d as object)?.floats).toEqual(new Set(["e"]));
  });

  test("of a repeated member only the number that stays", () => {
    const read = readJsonText('{"a":1.0,"a":1}') as object;
    expect(textFacts(read)?.floats).toEqual(new Set());
  });

  test("nothing is kept where there is nothing to tell", () => {
    expect(textFacts(readJsonText('{"a":[1,"1.0",null]}') as object)).toBeUndefined();
  });
});

describe("refuses with the offset of the byte", () => {
  test.each([
    ["", 0],
    [" ", 1],
    ["\ufeff1", 0],
    ["1 2", 2],
    ["[1,]", 3],
    ['{"a":1,}', 7],
    ['{"a" 1}', 5],
    ["{a:1}", 1],
    ["[1 2]", 3],
    ["nul", 3],
    ["nulL", 3],
    ["NaN", 0],
    ["'a'", 0],
    ['"a', 2],
    ['"a\nb"', 2],
    ['"\\x"', 1],
    ['"\\u12g4"', 1],
    ['"a\\ud800"', 2],
    ['"\\udc00"', 1],
    ['"\\ud800\\u0041"', 1],
    ['"\\ud800\\ud800"', 1],
    ["[1e400]", 1],
    ["é[", 0],
  ])("%j at byte %i", (text, byteOffset) => {
    expect(refusal(() => readJsonText(text))).toMatchObject({ code: "invalid_input", byteOffset });
    expect(refusal(() => readJsonText(utf8(text)))).toMatchObject({ code: "invalid_input", byteOffset });
  });

  test("a lone surrogate in the text itself", () => {
    expect(refusal(() => readJsonText('"é\ud800"'))).toMatchObject({ code: "invalid_input", byteOffset: 3 });
  });

  test.each([
    ["c080", 0],
    ["61ff", 1],
    ["c2", 0],
    ["e0808080", 0],
    ["eda080", 0],
    ["f0808080", 0],
    ["f4908080", 0],
    ["f5808080", 0],
    ["e282", 0],
  ])("UTF-8 that is none: %s", (hex, offset) => {
    const bytes = Buffer.concat([utf8('"'), Buffer.from(hex, "hex"), utf8('"')]);
    expect(refusal(() => readJsonText(bytes))).toMatchObject({ code: "invalid_input", byteOffset: offset + 1 });
  });

  test("more than 127 containers within each other", () => {
    const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);
    expect(JSON.stringify(readJsonText(nested(127)))).toBe(nested(127));
    expect(refusal(() => readJsonText(nested(128)))).toMatchObject({ code: "invalid_input", byteOffset: 127 });
    expect(refusal(() => readJsonText("[".repeat(1_000_000)))).toMatchObject({ byteOffset: 127 });
  });
});

describe("takes bytes of every kind", () => {
  const document = utf8('xx{"a":"é"}');
  const shared = new Uint8Array(new SharedArrayBuffer(document.length));
  shared.set(document);
  const foreign = runInNewContext("new Uint8Array(length)", { length: document.length }) as Uint8Array;
  foreign.set(document);

  test.each([
    ["a view", document.subarray(2)],
    ["a Buffer", Buffer.from(document).subarray(2)],
    ["a view of shared memory", shared.subarray(2)],
    ["an array of another realm", foreign.subarray(2)],
  ])("%s", (_name, bytes) => {
    expect(readJsonText(bytes)).toEqual({ a: "é" });
  });

  test("and nothing else", () => {
    const detached = utf8("1");
    structuredClone(detached, { transfer: [detached.buffer] });
    const disguised = { [Symbol.toStringTag]: "Uint8Array", buffer: new ArrayBuffer(1), byteOffset: 0, length: 1 };
    const others = [undefined, null, 1, {}, [49], new Uint8ClampedArray(1), new ArrayBuffer(1), disguised, detached];
    for (const other of others) {
      expect(refusal(() => readJsonText(other as Uint8Array))).toMatchObject({ code: "invalid_input" });
    }
  });
});

test("texts are ordered by code point, as their UTF-8 bytes are", () => {
  const text = fc.string({
    unit: fc.oneof(fc.constantFrom("a", "\ud7ff", "\ue000", "\uffee", "😀", "𐀀"), fc.string({ unit: "binary" })),
  });
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(Math.sign(compareCodePoints(a, b))).toBe(Buffer.compare(utf8(a), utf8(b)));
    }),
  );
});
