import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Sha256 } from "../../src/digest/sha256.ts";

const expected = (...pieces: readonly Uint8Array[]): string => {
  const hash = createHash("sha256");
  for (const piece of pieces) hash.update(piece);
  return hash.digest("hex");
};

const hashOf = (...pieces: readonly Uint8Array[]): string => {
  const hash = new Sha256();
  for (const piece of pieces) hash.update(piece);
  return hash.digest();
};

test("bytes of every length around a block's hash as Node hashes them", () => {
  for (let length = 0; length < 260; length++) {
    const bytes = Uint8Array.from({ length }, (_, index) => (index * 89) & 0xff);
    expect(hashOf(bytes), String(length)).toBe(expected(bytes));
  }
});

test("bytes in any pieces hash as in one, and a clone goes on by itself", () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 200, size: "max" }), { maxLength: 8 });
  fc.assert(
    fc.property(pieces, pieces, pieces, (first, second, third) => {
      const hash = new Sha256();
      for (const piece of first) hash.update(piece);
      const clone = hash.clone();
      for (const piece of second) hash.update(piece);
      for (const piece of third) clone.update(piece);
      expect(hash.digest()).toBe(expected(...first, ...second));
      expect(clone.digest()).toBe(expected(...first, ...third));
    }),
  );
});

test("the length is counted beyond 32 bits", () => {
  const piece = new Uint8Array(2 ** 24);
  const pieces = Array.from({ length: 33 }, () => piece);
  expect(hashOf(...pieces)).toBe(expected(...pieces));
});
