import { expect, test } from "vitest";
import { checksum } from "../../src/engine/index.ts";

// The reference implementation's answers, seed 0.
test.each([
  ["", 0x02cc5d05],
  ["a", 0x550d7456],
  ["abc", 0x32d153ff],
  ["Nobody inspects the spammish repetition", 0xe2293b2f],
])("the xxHash32 of %j is the reference's", (text, expected) => {
  expect(checksum(new TextEncoder().encode(text))).toBe(expected);
});

test("a view's checksum is that of its own bytes, at any offset", () => {
  const whole = Uint8Array.from({ length: 1000 }, (_, index) => (index * 37) & 0xff);
  for (const offset of [1, 2, 3, 7]) {
    expect(checksum(whole.subarray(offset, 900))).toBe(checksum(whole.slice(offset, 900)));
  }
});

test("every single flipped bit of a block shows", () => {
  const bytes = Uint8Array.from({ length: 67 }, (_, index) => (index * 91) & 0xff);
  const written = checksum(bytes);
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const damaged = bytes.slice();
    damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(checksum(damaged)).not.toBe(written);
  }
});
