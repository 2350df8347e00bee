import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalValue } from "../../src/digest/index.ts";
import { compareCodePoints } from "../../src/json/index.ts";
import { readVectors } from "../vectors/read-vectors.ts";
import { decoded, refusal, utf8 } from "./documents.ts";

const canonical = (json: string | Uint8Array): string => decoded(canonicalValue(json));

describe("recorded answers of kind value", () => {
  test.each(readVectors("basics", "value"))("line $line", ({ input, ok, output }) => {
    if (ok) expect(canonical(input)).toBe(output);
    else expect(refusal(() => canonicalValue(input)).code).toBe("invalid_snapshot");
  });
});

test("strings are printed as JSON.stringify prints them, however they were escaped", () => {
  const escapedAtWill = fc.array(fc.tuple(fc.string({ unit: "binary", minLength: 1, maxLength: 3 }), fc.boolean()));
  fc.assert(
    fc.property(escapedAtWill, (pieces) => {
      const spelled = pieces.map(([piece, escape]) =>
        escape ? everyUnitEscaped(piece) : JSON.stringify(piece).slice(1, -1),
      );
      expect(canonical(`"${spelled.join("")}"`)).toBe(JSON.stringify(pieces.map(([piece]) => piece).join("")));
    }),
  );
});

const everyUnitEscaped = (text: string): string =>
  Array.from({ length: text.length }, (_, index) => `\\u${text.charCodeAt(index).toString(16).padStart(4, "0")}`).join(
    "",
  );

test("members are sorted at every level and white space is dropped", () => {
  const sorted = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(sorted);
    if (typeof value !== "object" || value === null) return value;
    const entries = Object.entries(value).sort(([a], [b]) => compareCodePoints(a, b));
    return new Map(entries.map(([name, member]) => [name, sorted(member)]));
  };
  const print = (value: unknown): string => {
    if (Array.isArray(value)) return `[${value.map(print).join(",")}]`;
    if (!(value instanceof Map)) return JSON.stringify(value);
    return `{${[...(value as Map<string, unknown>)].map(([name, member]) => `${JSON.stringify(name)}:${print(member)}`).join(",")}}`;
  };
  const value = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom(null, true, false),
      fc.maxSafeInteger(),
      fc.string({ unit: "binary" }),
      fc.array(tie("value"), { maxLength: 4 }),
      fc.dictionary(fc.string({ unit: "binary", maxLength: 3 }), tie("value"), { maxKeys: 6 }),
    ),
  })).value;
  fc.assert(
    fc.property(value, fc.constantFrom("", "\t", "\n  "), (tree, indent) => {
      fc.pre(!JSON.stringify(tree).includes("-0"));
      expect(canonical(JSON.stringify(tree, null, indent))).toBe(print(sorted(tree)));
    }),
  );
});

test("a name that is spelled in two ways is one name, and its last value stays", () => {
  expect(canonical('{"b":0,"\\u0061":1,"a":2,"\\u0061":3}')).toBe('{"a":3,"b":0}');
});

describe("a raw value", () => {
  const NAME = "$serde_json::private::RawValue";
  const raw = (json: string): string => JSON.stringify({ [NAME]: json });

  test("is replaced by the JSON in its text, also inside another one", () => {
    expect(canonical(raw('{"b":1,"a":[1.50]}'))).toBe('{"a":[1.5],"b":1}');
    expect(canonical(`[${raw(raw(" [1, 2] "))}]`)).toBe("[[1,2]]");
    expect(canonical(`{"\\u0024${NAME.slice(1)}":"7"}`)).toBe("7");
  });

  test("is an ordinary member when it does not come first", () => {
    expect(canonical(`{"a":1,"${NAME}":"2"}`)).toBe(`{"${NAME}":"2","a":1}`);
    expect(canonical('{"$serde_json::private::Number":"2"}')).toBe('{"$serde_json::private::Number":"2"}');
  });

  test.each([
    [`{"${NAME}":5}`, 34],
    [`{"${NAME}":"5","a":1}`, 38],
    [`{"${NAME}":"5","${NAME}":"5"}`, 38],
    [`[${raw("[1")}]`, 35],
    [raw("1 2"), 34],
    [raw(""), 34],
    [raw(raw("[")), 34],
  ])("is refused in %s at byte %i", (json, byteOffset) => {
    expect(refusal(() => canonicalValue(json))).toMatchObject({ code: "invalid_snapshot", byteOffset });
  });

  test("may be as deep as a document of its own", () => {
    const deep = "[".repeat(127) + "]".repeat(127);
    const around = (json: string): string => "[".repeat(126) + raw(json) + "]".repeat(126);
    expect(canonical(around(deep))).toBe("[".repeat(126) + deep + "]".repeat(126));
    expect(refusal(() => canonicalValue(around(`[${deep}]`))).code).toBe("invalid_snapshot");
  });

  test("inside another costs no stack", () => {
    let json = "1";
    for (let level = 0; level < 127; level++) json = `${"[".repeat(126)}${rawWithShortEscapes(json)}${"]".repeat(126)}`;
    const brackets = 126 * 127;
    expect(canonical(json)).toBe("[".repeat(brackets) + "1" + "]".repeat(brackets));
    expect(refusal(() => canonicalValue(rawWithShortEscapes(json))).code).toBe("invalid_snapshot");
  });

  // Escapes that grow by five bytes a level, where a backslash before a quote would double.
  const rawWithShortEscapes = (json: string): string =>
    `{"${NAME}":"${json.replace(/["\\]/g, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`)}"}`;
});

test("the depth of a value ends at 127", () => {
  const nested = (depth: number): string => '{"a":'.repeat(depth - 1) + "[]" + "}".repeat(depth - 1);
  expect(canonical(nested(127))).toBe(nested(127));
  expect(refusal(() => canonicalValue(nested(128))).byteOffset).toBe(127 * 5);
});

test("bytes are taken as they are, with no byte order mark", () => {
  expect(canonical(utf8('"\ufeff"'))).toBe('"\ufeff"');
  expect(refusal(() => canonicalValue(utf8("\ufeff1")))).toMatchObject({ code: "invalid_snapshot", byteOffset: 0 });
});
