/** The seed of this run: `BURROW_SEED` repeats another's. */
export const SEED = Number(process.env.BURROW_SEED ?? Date.now() % 2 ** 31);

/** Numbers from 0 up to 1 that follow from the seed and a name, so that a test does not depend on those before it (mulberry32). */
export function seededRandom(name: string, seed = SEED): () => number {
  const codes = Array.from(name, (letter) => letter.charCodeAt(0));
  let state = codes.reduce((hash, code) => Math.imul(hash ^ code, 0x01000193), seed) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
