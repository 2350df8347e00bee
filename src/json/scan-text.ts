import type { JsonCursor } from "./cursor.ts";
import { Kind } from "./kinds.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Goes over a string, which must be UTF-8 without lone surrogates, from its opening quote on and tells how it is spelled. */
export function scanText(cursor: JsonCursor): Kind {
  const { bytes } = cursor;
  let kind: Kind = Kind.PlainText;
  let at = cursor.position + 1;
  while (at < bytes.length) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) {
      cursor.position = at + 1;
      return kind;
    } else if (byte === BACKSLASH) {
      const width = escapeWidth(cursor, at);
      if (!isCanonicalEscape(bytes, at, width)) kind = Kind.EscapedText;
      else if (kind === Kind.PlainText) kind = Kind.CanonicalText;
      at += width;
    } else if (byte < 0x20) {
      cursor.fail("control character in a string", at);
    } else if (byte < 0x80) {
      at++;
    } else {
      const width = utf8Width(bytes, at);
      if (width === 0) cursor.fail("invalid UTF-8", at);
      at += width;
    }
  }
  return cursor.fail("unexpected end of a string", bytes.length);
}

/** Goes over a string that nobody wants: neither its UTF-8 nor its surrogates are looked at. */
export function skipText(cursor: JsonCursor): void {
  const { bytes } = cursor;
  for (let at = cursor.position + 1; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte === BACKSLASH) at += unitWidth(cursor, at) - 1;
    else if (byte < 0x20) cursor.fail("control character in a string", at);
    else if (byte === QUOTE) {
      cursor.position = at + 1;
      return;
    }
  }
  cursor.fail("unexpected end of a string", bytes.length);
}

/** The width of the escape at `at` with the surrogate that belongs to it. */
function escapeWidth(cursor: JsonCursor, at: number): number {
  const { bytes } = cursor;
  const width = unitWidth(cursor, at);
  const unit = width === 2 ? 0 : hex4(bytes, at + 2);
  if (unit < 0xd800 || unit > 0xdfff) return width;
  const isPair = unit < 0xdc00 && bytes[at + 6] === BACKSLASH && bytes[at + 7] === 0x75;
  const low = isPair ? hex4(bytes, at + 8) : -1;
  if (low < 0xdc00 || low > 0xdfff) cursor.fail("lone surrogate", at);
  return 12;
}

const ESCAPED = Array.from('"\\/bfnrt', (letter) => letter.charCodeAt(0));

/** The width of one escape by itself. */
function unitWidth(cursor: JsonCursor, at: number): number {
  const letter = cursor.bytes[at + 1] ?? 0;
  const isUnicode = letter === 0x75;
  if (isUnicode ? hex4(cursor.bytes, at + 2) === -1 : !ESCAPED.includes(letter)) cursor.fail("invalid escape", at);
  return isUnicode ? 6 : 2;
}

/** Whether serde_json 1.0.149 spells the character so: by a letter, or else a control character by lower-case `\u00xx`. */
function isCanonicalEscape(bytes: Uint8Array, at: number, width: number): boolean {
  if (width !== 6) return width === 2 && bytes[at + 1] !== 0x2f;
  const unit = hex4(bytes, at + 2);
  const hasLetter = unit === 8 || unit === 9 || unit === 10 || unit === 12 || unit === 13;
  const lastDigit = bytes[at + 5] as number;
  return unit < 0x20 && !hasLetter && (lastDigit < 0x41 || lastDigit > 0x46);
}

/** The value of the four hexadecimal digits at `at`, or -1 when they are none. */
export function hex4(bytes: Uint8Array, at: number): number {
  let value = 0;
  for (let index = at; index < at + 4; index++) {
    const byte = bytes[index] ?? 0;
    const letter = byte | 0x20;
    if (byte >= 0x30 && byte <= 0x39) value = value * 16 + byte - 0x30;
    else if (letter >= 0x61 && letter <= 0x66) value = value * 16 + letter - 0x57;
    else return -1;
  }
  return value;
}

/** How many bytes the UTF-8 sequence at `at` has (Unicode 16.0 table 3-7), or 0 when it is none. */
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
