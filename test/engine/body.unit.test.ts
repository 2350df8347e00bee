import fc from "fast-check";
import { expect, test } from "vitest";
import { type Body, checksum, cutBody } from "../../src/engine/index.ts";

const SIZES = [16, 6];
const lengths = ({ blocks }: Body): number[] => blocks.map(({ bytes }) => bytes.length);

/** Few values, so that beginnings are equal, and places too. */
const someBytes = fc.uint8Array({ max: 1, maxLength: 60 });

/** The same bytes as a view that begins at any place of a buffer. */
const viewOf = (bytes: Uint8Array, offset: number): Uint8Array => {
  const buffer = new Uint8Array(bytes.length + offset);
  buffer.set(bytes, offset);
  return buffer.subarray(offset);
};

test("a body is cut into as many blocks of the first size as fit, then of the next, and a rest", () => {
  expect(lengths(cutBody(new Uint8Array(50), SIZES).body)).toEqual([16, 16, 16, 2]);
  expect(lengths(cutBody(new Uint8Array(47), SIZES).body)).toEqual([16, 16, 6, 6, 3]);
  expect(lengths(cutBody(new Uint8Array(12), SIZES).body)).toEqual([6, 6]);
  expect(lengths(cutBody(new Uint8Array(0), SIZES).body)).toEqual([]);
});

test("it tells how many bytes are equal, and has a block of the one before wherever that has the same bytes", () => {
  fc.assert(
    fc.property(someBytes, someBytes, fc.nat(3), fc.nat(3), (one, two, offset, keep) => {
      const before = cutBody(viewOf(one, keep), SIZES).body;
      const { body, equal } = cutBody(viewOf(two, offset), SIZES, before);
      const end = one.findIndex((byte, index) => byte !== two[index]);
      expect(equal).toBe(end < 0 ? one.length : end);
      expect(body.bytes()).toEqual(two);
      expect(body.length).toBe(two.length);
      expect(lengths(body)).toEqual(lengths(cutBody(two, SIZES).body));
      let start = 0;
      body.blocks.forEach((block, index) => {
        const same = before.blocks[index];
        const isSame = same && Buffer.compare(same.bytes, block.bytes) === 0;
        if (isSame && Buffer.compare(one.subarray(0, start), two.subarray(0, start)) === 0) expect(block).toBe(same);
        expect(block.checksum).toBe(checksum(block.bytes));
        start += block.bytes.length;
      });
    }),
    { numRuns: 1000 },
  );
});

test("it keeps none of the caller's memory, and gives none of its own", () => {
  const given = new Uint8Array(50).fill(1);
  const { body } = cutBody(given, SIZES);
  given.fill(2);
  body.bytes().fill(3);
  expect(body.bytes()).toEqual(new Uint8Array(50).fill(1));
});

test("the bytes from any place on are given", () => {
  const bytes = Uint8Array.from({ length: 50 }, (_, index) => index);
  const { body } = cutBody(bytes, SIZES);
  for (let start = 0; start <= 50; start++) expect(body.bytes(start)).toEqual(bytes.subarray(start));
});
