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
