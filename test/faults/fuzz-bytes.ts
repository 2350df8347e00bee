import type { Random } from "./fuzz-random.ts";

/** Bytes that stand for something in JSON, UTF-8 or both, whole or broken. */
const INTERESTING: readonly Uint8Array[] = [
  ...['"', "{", "}", "[", "]", ",", ":", "\\", "0", "9", "-", ".", "e", " ", "\n", "\0", "\ufeff", "é", "😀", "\u2028"],
  ...["\\u0000", "\\u005c", "\\ud83d\\ude00", "\\ud800", "\\udc00\\ud800", "\\u12", "\\x", "\\/", "\\b"],
  ...["null", "true", "false", "nul", "NaN", "{}", "[]", '""', '"":null,', '"__proto__":', '"constructor":{}', "//"],
  ...[
    "-0",
    "-0.0",
    "1.0",
    "01",
    "1e400",
    "1e-400",
    "1e99999999999999999999",
    "0.1e1",
    "4.9e-324",
    "1.7976931348623159e308",
  ],
  ...["9007199254740992", "9007199254740993", "18446744073709551615", "18446744073709551616", "-9223372036854775809"],
  ...["340282350000000000000000000000000000000", "0.30000000000000004", "9".repeat(400), `0.${"0".repeat(400)}1`],
  ...["[SYSTEM NOTICE]", '{"$serde_json::private::RawValue":"1"}', "2025-02-30T24:00:60Z", "+262142-12-31T23:59:59Z"],
]
  .map((text): Uint8Array => Buffer.from(text))
  .concat(
    [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82], [0x80], [0x7f]].map(bytesOf),
  );

const DEPTHS = [1, 2, 100, 120, 124, 125, 126, 127, 128, 129, 5000, 100_000];

type Mutation = (bytes: Uint8Array, random: Random, corpus: readonly Uint8Array[]) => Uint8Array;

const MUTATIONS: readonly Mutation[] = [
  function flipBit(bytes, random) {
    const at = random.below(bytes.length);
    return spliced(bytes, at, at + 1, bytesOf([(bytes[at] ?? 0) ^ (1 << random.below(8))]));
  },
  function insertInteresting(bytes, random) {
    const at = random.below(bytes.length + 1);
    return spliced(bytes, at, at, random.pick(INTERESTING));
  },
  function overwriteByInteresting(bytes, random) {
    const at = random.below(bytes.length);
    const written = random.pick(INTERESTING);
    return spliced(bytes, at, at + written.length, written);
  },
  function replaceNumber(bytes, random) {
    const from = random.below(bytes.length);
    const at = bytes.findIndex((byte, index) => index >= from && byte >= 0x30 && byte <= 0x39);
    const end = bytes.findIndex((byte, index) => index > at && (byte < 0x30 || byte > 0x39));
    return at === -1 ? bytes : spliced(bytes, at, end === -1 ? bytes.length : end, random.pick(INTERESTING));
  },
  /** A letter or digit for another: most of them stand inside texts and numbers, and leave the document whole. */
  function changeLetter(bytes, random) {
    const from = random.below(bytes.length);
    const at = bytes.findIndex((byte, index) => index >= from && /\w/.test(String.fromCharCode(byte)));
    return at === -1
      ? bytes
      : spliced(bytes, at, at + 1, Buffer.from(random.pick(["0", "1", "7", "a", "E", "\\n", "é"])));
  },
  function deleteSlice(bytes, random) {
    const at = random.below(bytes.length);
    return spliced(bytes, at, at + 1 + random.below(8), bytesOf([]));
  },
  function duplicateSlice(bytes, random) {
    const [start, end] = slice(bytes, random);
    return spliced(bytes, end, end, bytes.subarray(start, end));
  },
  /** Members and elements that stand twice keep the whole well-formed more often than slices of anything do. */
  function duplicateBetweenCommas(bytes, random) {
    const start = bytes.indexOf(0x2c, random.below(bytes.length));
    const end = bytes.indexOf(0x2c, start + 1);
    return start === -1 || end === -1 ? bytes : spliced(bytes, end, end, bytes.subarray(start, end));
  },
  function spliceOther(bytes, random, corpus) {
    const other = random.pick(corpus);
    const [start, end] = slice(other, random);
    const [from, to] = slice(bytes, random);
    return spliced(bytes, from, to, other.subarray(start, end));
  },
  function truncate(bytes, random) {
    return bytes.slice(0, random.below(bytes.length));
  },
  function nest(bytes, random) {
    const at = bytes.indexOf(0x3a, random.below(bytes.length)) + 1;
    const depth = random.pick(DEPTHS);
    const [open, close] = random.pick([
      ["[", "]"],
      ['{"a":', "}"],
    ] as const);
    return spliced(
      bytes,
      at,
      at,
      Buffer.from(`${open.repeat(depth)}0${random.once(5) ? "" : close.repeat(depth)},"x":`),
    );
  },
  function insertSpace(bytes, random) {
    const at = bytes.indexOf(random.pick([0x2c, 0x3a, 0x7b]), random.below(bytes.length)) + 1;
    return spliced(bytes, at, at, Buffer.from(random.pick([" ", "\t\r\n", "\f", "\u00a0", " ".repeat(3000)])));
  },
];

/** A corpus entry with one to four changes; a change may undo another. */
export function mutatedBytes(random: Random, corpus: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  let bytes = random.pick(corpus);
  for (let changes = 1 + (random.once(2) ? 0 : random.below(4)); changes > 0; changes--) {
    bytes = random.pick(MUTATIONS)(bytes, random, corpus);
  }
  return new Uint8Array(bytes);
}

function slice(bytes: Uint8Array, random: Random): [start: number, end: number] {
  const start = random.below(bytes.length);
  return [start, Math.min(bytes.length, start + 1 + random.below(random.once(4) ? 2000 : 30))];
}

function spliced(bytes: Uint8Array, start: number, end: number, put: Uint8Array): Uint8Array {
  return Buffer.concat([bytes.subarray(0, start), put, bytes.subarray(end)]);
}

function bytesOf(bytes: readonly number[]): Uint8Array {
  return Uint8Array.from(bytes);
}
