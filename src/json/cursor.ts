import { RuntimeStoreError } from "../core/errors.ts";
import { readF64 } from "./read-f64.ts";

/** What a JSON value is, as far as its canonical form needs to know. */
export const Kind = {
  Null: 0,
  False: 1,
  True: 2,
  /** An integer that the native runtime holds in 64 bits, signed or not. */
  Integer: 3,
  /** Any other number: with a point or an exponent, `-0`, or an integer that does not fit 64 bits. */
  Float: 4,
  /** A string without escapes: its bytes are its text. */
  PlainText: 5,
  /** A string whose escapes are all those that a canonical text has: its bytes can be copied, not compared. */
  CanonicalText: 6,
  /** A string with an escape that a canonical text spells otherwise. */
  EscapedText: 7,
  Array: 8,
  Object: 9,
} as const;

export type Kind = (typeof Kind)[keyof typeof Kind];

/** Containers nested deeper than this are refused on the parse path (serde_json 1.0.149 `recursion limit exceeded`). */
export const MAX_DEPTH = 127;

/** The codes under which malformed JSON is reported: the caller's records, or a session snapshot. */
export type JsonErrorCode = "invalid_input" | "invalid_snapshot";

const QUOTE = 0x22;
const MINUS = 0x2d;
const POINT = 0x2e;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * Reads JSON tokens from bytes, accepting what serde_json 1.0.149 `from_slice` accepts and nothing else.
 * Every method leaves `position` behind what it read.
 */
export class JsonCursor {
  readonly bytes: Uint8Array;
  position: number;
  readonly code: JsonErrorCode;
  readonly #origin: number | undefined;

  /** `origin` is where failures are reported when the bytes are a text inside the document, not the document itself. */
  constructor(bytes: Uint8Array, code: JsonErrorCode, origin?: number) {
    this.bytes = bytes;
    this.position = 0;
    this.code = code;
    this.#origin = origin;
  }

  fail(what: string, offset = this.position): never {
    const byteOffset = this.origin(Math.min(offset, this.bytes.length));
    throw new RuntimeStoreError(this.code, `${what} at byte ${String(byteOffset)}`, { byteOffset });
  }

  /** Where in the document a failure at `offset` is reported. */
  origin(offset: number): number {
    return this.#origin ?? offset;
  }

  /** The next byte that is not white space, or -1 at the end of the text. */
  peek(): number {
    const { bytes } = this;
    for (let at = this.position; at < bytes.length; at++) {
      const byte = bytes[at] as number;
      if (byte > 0x20 || (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09)) {
        this.position = at;
        return byte;
      }
    }
    this.position = bytes.length;
    return -1;
  }

  expectEnd(): void {
    if (this.peek() !== -1) this.fail("trailing characters");
  }

  /** Goes behind `[` or `{` and tells whether the container has a first element. */
  enter(close: number): boolean {
    this.position++;
    if (this.peek() !== close) return true;
    this.position++;
    return false;
  }

  /** Goes behind the `,` or the closing bracket that follows an element, and tells whether another one follows. */
  more(close: number): boolean {
    const byte = this.peek();
    if (byte !== 0x2c && byte !== close)
      this.fail(byte === -1 ? "unexpected end of text" : "expected a comma or the end of the container");
    this.position++;
    return byte !== close;
  }

  /** Finds the opening quote of a member's name. */
  expectName(): void {
    if (this.peek() !== QUOTE) this.fail("expected a member name");
  }

  expectColon(): void {
    if (this.peek() !== 0x3a) this.fail("expected a colon");
    this.position++;
  }

  /** Reads `null`, `true` or `false`. */
  literal(): Kind {
    const first = this.bytes[this.position];
    const [word, kind] = first === 0x6e ? LITERALS.null : first === 0x74 ? LITERALS.true : LITERALS.false;
    for (let index = 0; index < word.length; index++) {
      if (this.bytes[this.position + index] !== word.charCodeAt(index))
        this.fail("expected a value", this.position + index);
    }
    this.position += word.length;
    return kind;
  }

  /** Reads a number and tells its class. */
  number(): Kind {
    const { bytes, position: start } = this;
    const isFloat = this.skipNumber();
    const end = this.position;
    if (!isFloat && fitsInteger(bytes, start, end)) return Kind.Integer;
    if (!Number.isFinite(readF64(bytes, start, end))) this.fail("number out of range", start);
    return Kind.Float;
  }

  /** Goes over a number of any size, and tells whether it has a point or an exponent. */
  skipNumber(): boolean {
    const { bytes } = this;
    if (bytes[this.position] === MINUS) this.position++;
    if (bytes[this.position] === 0x30) this.position++;
    else this.#skipDigits();
    let isFloat = false;
    if (bytes[this.position] === POINT) {
      this.position++;
      this.#skipDigits();
      isFloat = true;
    }
    if (((bytes[this.position] ?? 0) | 0x20) === 0x65) {
      const sign = bytes[++this.position];
      if (sign === 0x2b || sign === MINUS) this.position++;
      this.#skipDigits();
      isFloat = true;
    }
    if (isDigit(bytes[this.position])) this.fail("a number cannot begin with 0");
    return isFloat;
  }

  #skipDigits(): void {
    if (!isDigit(this.bytes[this.position])) this.fail("expected a digit");
    while (isDigit(this.bytes[this.position])) this.position++;
  }

  /** Reads a string from its opening quote on, which must be UTF-8 without lone surrogates, and tells how it is spelled. */
  string(): Kind {
    const { bytes } = this;
    const { length } = bytes;
    let kind: Kind = Kind.PlainText;
    let at = this.position + 1;
    while (at < length) {
      const byte = bytes[at] as number;
      if (byte === QUOTE) {
        this.position = at + 1;
        return kind;
      }
      if (byte === BACKSLASH) {
        const width = this.#escape(at);
        const canonical = width === 2 ? bytes[at + 1] !== 0x2f : width === 6 && isCanonicalUnicodeEscape(bytes, at);
        if (!canonical) kind = Kind.EscapedText;
        else if (kind === Kind.PlainText) kind = Kind.CanonicalText;
        at += width;
      } else if (byte < 0x20) {
        this.fail("control character in a string", at);
      } else if (byte < 0x80) {
        at++;
      } else {
        const width = utf8Width(bytes, at);
        if (width === 0) this.fail("invalid UTF-8", at);
        at += width;
      }
    }
    this.fail("unexpected end of text in a string", length);
  }

  /** The width of the escape at `at`: 2, 6, or 12 for a pair of surrogates. */
  #escape(at: number): number {
    const width = this.#skipEscape(at);
    if (width === 2) return 2;
    const unit = hex4(this.bytes, at + 2);
    if (unit < 0xd800 || unit > 0xdfff) return 6;
    const paired = unit < 0xdc00 && this.bytes[at + 6] === BACKSLASH && this.bytes[at + 7] === 0x75;
    const low = paired ? hex4(this.bytes, at + 8) : -1;
    if (low < 0xdc00 || low > 0xdfff) this.fail("lone surrogate", at);
    return 12;
  }

  #skipEscape(at: number): number {
    const letter = this.bytes[at + 1];
    if (letter === 0x75) {
      if (hex4(this.bytes, at + 2) < 0) this.fail("invalid escape", at);
      return 6;
    }
    if (letter === undefined || !SHORT_ESCAPES.includes(letter)) this.fail("invalid escape", at);
    return 2;
  }

  /** Goes over a value that nobody wants: its strings are not decoded, its numbers have any size, its depth has no limit. */
  skipValue(): void {
    let stack = new Uint8Array(64);
    let depth = 0;
    for (;;) {
      let byte = this.peek();
      if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        const close = byte + 2;
        if (this.enter(close)) {
          if (depth === stack.length) stack = doubled(stack);
          stack[depth++] = close;
          if (close === CLOSE_BRACE) this.#skipName();
          continue;
        }
      } else if (byte === QUOTE) this.#skipString();
      else if (byte === MINUS || isDigit(byte)) this.skipNumber();
      else this.literal();
      for (;;) {
        if (depth === 0) return;
        byte = stack[depth - 1] as number;
        if (this.more(byte)) break;
        depth--;
      }
      if (byte === CLOSE_BRACE) this.#skipName();
    }
  }

  #skipName(): void {
    this.expectName();
    this.#skipString();
    this.expectColon();
  }

  #skipString(): void {
    const { bytes } = this;
    for (let at = this.position + 1; at < bytes.length; at++) {
      const byte = bytes[at] as number;
      if (byte === BACKSLASH) at += this.#skipEscape(at) - 1;
      else if (byte < 0x20) this.fail("control character in a string", at);
      else if (byte === QUOTE) {
        this.position = at + 1;
        return;
      }
    }
    this.fail("unexpected end of text in a string", bytes.length);
  }
}

const LITERALS = {
  null: ["null", Kind.Null],
  true: ["true", Kind.True],
  false: ["false", Kind.False],
} as const;

const SHORT_ESCAPES = Array.from('"\\/bfnrt', (letter) => letter.charCodeAt(0));

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39;

function doubled(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(bytes.length * 2);
  larger.set(bytes);
  return larger;
}

/** The value of four hexadecimal digits, or -1. */
export function hex4(bytes: Uint8Array, at: number): number {
  let value = 0;
  for (let index = at; index < at + 4; index++) {
    const byte = bytes[index] ?? 0;
    const letter = byte | 0x20;
    if (isDigit(byte)) value = value * 16 + byte - 0x30;
    else if (letter >= 0x61 && letter <= 0x66) value = value * 16 + letter - 0x57;
    else return -1;
  }
  return value;
}

/** Whether the escape at `at` is the lower-case `\u00xx` of a control character that has no shorter one. */
function isCanonicalUnicodeEscape(bytes: Uint8Array, at: number): boolean {
  const unit = hex4(bytes, at + 2);
  const hasShorter = unit === 8 || unit === 9 || unit === 10 || unit === 12 || unit === 13;
  return unit < 0x20 && !hasShorter && ((bytes[at + 5] as number) < 0x41 || (bytes[at + 5] as number) > 0x46);
}

/** How many bytes the UTF-8 sequence at `at` has, by Unicode 16.0 table 3-7, or 0 when it is none. */
function utf8Width(bytes: Uint8Array, at: number): number {
  const first = bytes[at] as number;
  const second = bytes[at + 1] ?? 0;
  if (first < 0xc2 || first > 0xf4 || (second & 0xc0) !== 0x80) return 0;
  if (first < 0xe0) return 2;
  if (((bytes[at + 2] ?? 0) & 0xc0) !== 0x80) return 0;
  if (first < 0xf0) return (first === 0xe0 && second < 0xa0) || (first === 0xed && second > 0x9f) ? 0 : 3;
  if (((bytes[at + 3] ?? 0) & 0xc0) !== 0x80) return 0;
  return (first === 0xf0 && second < 0x90) || (first === 0xf4 && second > 0x8f) ? 0 : 4;
}

const U64_MAX = "18446744073709551615";
const I64_MIN = "9223372036854775808";

/** Whether an integer's text is held as u64 or i64; `-0` is not, the native runtime holds it as a float. */
function fitsInteger(bytes: Uint8Array, start: number, end: number): boolean {
  const negative = bytes[start] === MINUS;
  const limit = negative ? I64_MIN : U64_MAX;
  const digits = start + (negative ? 1 : 0);
  if (negative && bytes[digits] === 0x30) return false;
  const length = end - digits;
  if (length !== limit.length) return length < limit.length;
  for (let index = 0; index < length; index++) {
    const difference = (bytes[digits + index] as number) - limit.charCodeAt(index);
    if (difference !== 0) return difference < 0;
  }
  return true;
}
