import { checksum } from "./checksum.ts";

/** A part of a body. Nobody changes its bytes, so that whoever has the same block has the same bytes. */
export class Block {
  readonly bytes: Uint8Array<ArrayBuffer>;
  #checksum: number | undefined;

  /** Of bytes that own their buffer, with their checksum where it is known. */
  constructor(bytes: Uint8Array<ArrayBuffer>, known?: number) {
    this.bytes = bytes;
    this.#checksum = known;
  }

  get checksum(): number {
    return (this.#checksum ??= checksum(this.bytes));
  }
}

/** The bytes of a session snapshot in blocks, some of which other bodies may have too. */
export class Body {
  readonly blocks: readonly Block[];
  readonly length: number;

  constructor(blocks: readonly Block[]) {
    this.blocks = blocks;
    this.length = blocks.reduce((length, { bytes }) => length + bytes.length, 0);
  }

  /** The bytes from `start` on, the caller's own. */
  bytes(start = 0): Uint8Array<ArrayBuffer> {
    const joined = new Uint8Array(this.length - start);
    let offset = -start;
    for (const { bytes } of this.blocks) {
      if (offset + bytes.length > 0) joined.set(bytes.subarray(Math.max(0, -offset)), Math.max(0, offset));
      offset += bytes.length;
    }
    return joined;
  }
}

/** A body of some bytes, and how many of its first bytes are those of the one before. */
export interface CutBody {
  readonly body: Body;
  readonly equal: number;
}

/**
 * Cuts bytes into blocks of these sizes, as many as possible of the first, then of the next; what is left is one block.
 * Of what the body `before` has at the same place nothing is copied.
 */
export function cutBody(bytes: Uint8Array, sizes: readonly number[], before?: Body): CutBody {
  const same = new Map<number, Block>();
  let equal = 0;
  let start = 0;
  for (const block of before?.blocks ?? []) {
    const length = equalLength(block.bytes, bytes.subarray(start, start + block.bytes.length));
    if (length === block.bytes.length) same.set(start, block);
    if (equal === start) equal += length;
    start += block.bytes.length;
  }
  const blocks: Block[] = [];
  let offset = 0;
  for (const length of blockLengths(bytes.length, sizes)) {
    const known = same.get(offset);
    const isKnown = known?.bytes.length === length;
    blocks.push(isKnown ? known : new Block(new Uint8Array(bytes.subarray(offset, offset + length))));
    offset += length;
  }
  return { body: new Body(blocks), equal };
}

function* blockLengths(length: number, sizes: readonly number[]): Generator<number> {
  let left = length;
  for (const size of sizes) for (; left >= size; left -= size) yield size;
  if (left > 0) yield left;
}

/** How many of their first bytes are equal; compared word by word, which is 4 times as fast as byte by byte (measured). */
function equalLength(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  const [left, right] = [wordsOf(a), wordsOf(b)];
  const words = length >> 2;
  let at = 0;
  while (at < words && left[at] === right[at]) at++;
  for (at *= 4; at < length && a[at] === b[at];) at++;
  return at;
}

/** A view of words has to begin at a multiple of their size. */
function wordsOf(bytes: Uint8Array): Int32Array {
  const { buffer, byteOffset, length } = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  return new Int32Array(buffer, byteOffset, length >> 2);
}
