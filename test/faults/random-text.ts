import type { Random } from "./fuzz-random.ts";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/**
 * Another text each time, or the next of a seed, and none that compresses: Chromium packs values, and a repeated letter would
 * cost next to nothing.
 */
export function randomText(length: number, random?: Random): string {
  const codes = new Uint8Array(length);
  if (random) for (let at = 0; at < length; at++) codes[at] = random.below(256);
  else for (let at = 0; at < length; at += 65_536) crypto.getRandomValues(codes.subarray(at, at + 65_536));
  for (let at = 0; at < length; at++) codes[at] = LETTERS.charCodeAt((codes[at] ?? 0) % LETTERS.length);
  return new TextDecoder().decode(codes);
}
