const PRIME_1 = 0x9e3779b1;
const PRIME_2 = 0x85ebca77;
const PRIME_3 = 0xc2b2ae3d;
const PRIME_4 = 0x27d4eb2f;
const PRIME_5 = 0x165667b1;

/**
 * The xxHash32 (seed 0) of some bytes, an unsigned 32-bit integer: it tells a damaged row or block from what was written.
 * It is no defence against a forger. Reads the bytes as little-endian words, as xxHash is defined.
 */
export function checksum(bytes: Uint8Array): number {
  const { length } = bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, length);
  let offset = 0;
  let hash: number;
  if (length >= 16) {
    let lane1 = (PRIME_1 + PRIME_2) | 0;
    let lane2 = PRIME_2 | 0;
    let lane3 = 0;
    let lane4 = -PRIME_1 | 0;
    for (; offset + 16 <= length; offset += 16) {
      lane1 = round(lane1, view.getInt32(offset, true));
      lane2 = round(lane2, view.getInt32(offset + 4, true));
      lane3 = round(lane3, view.getInt32(offset + 8, true));
      lane4 = round(lane4, view.getInt32(offset + 12, true));
    }
    hash = rotate(lane1, 1) + rotate(lane2, 7) + rotate(lane3, 12) + rotate(lane4, 18);
  } else {
    hash = PRIME_5;
  }
  hash = (hash + length) | 0;
  for (; offset + 4 <= length; offset += 4) {
    hash = Math.imul(rotate((hash + Math.imul(view.getInt32(offset, true), PRIME_3)) | 0, 17), PRIME_4);
  }
  for (; offset < length; offset++) {
    hash = Math.imul(rotate((hash + Math.imul(view.getUint8(offset), PRIME_5)) | 0, 11), PRIME_1);
  }
  hash = Math.imul(hash ^ (hash >>> 15), PRIME_2);
  hash = Math.imul(hash ^ (hash >>> 13), PRIME_3);
  return (hash ^ (hash >>> 16)) >>> 0;
}

const rotate = (word: number, bits: number): number => (word << bits) | (word >>> (32 - bits));
const round = (lane: number, word: number): number =>
  Math.imul(rotate((lane + Math.imul(word, PRIME_2)) | 0, 13), PRIME_1);
