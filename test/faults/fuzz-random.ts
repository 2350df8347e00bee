/** A small generator of repeatable chance: what one gives depends on the text that it was made of, and on nothing else. */
export class Random {
  #state = 0x811c9dc5;

  constructor(seed: string) {
    // FNV-1a, 32 bits.
    for (let at = 0; at < seed.length; at++) this.#state = Math.imul(this.#state ^ seed.charCodeAt(at), 0x01000193);
  }

  /** A whole number from 0 up to, and without, `end`. */
  below(end: number): number {
    return Math.floor(this.#next() * end);
  }

  /** True once in so many times. */
  once(inSoMany: number): boolean {
    return this.below(inSoMany) === 0;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }

  /** Mulberry32. */
  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}
