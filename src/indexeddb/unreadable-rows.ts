import type { Key, Scope } from "../engine/index.ts";

/** A single failure may have been a whim. */
const ENOUGH = 2;

/**
 * The rows that the browser cannot give back, as met so far in one operation. A request that meets one fails, and its
 * transaction with it (in Chromium 156 also when `preventDefault` is called): the work has to be run again, knowing them.
 */
export class UnreadableRows {
  readonly #failures = new Map<string, number>();
  #lessons = 0;

  /** Runs the work again until it goes well, or fails without having met a row that is new to it. */
  async learning<T>(run: () => Promise<T>): Promise<T> {
    for (;;) {
      const before = this.#lessons;
      try {
        return await run();
      } catch (error) {
        if (this.#lessons === before) throw error;
      }
    }
  }

  /** Takes note that a row, the list of a prefix, or a body could not be read. */
  note(table: Scope[number], keyOrPrefix: Key): void {
    const failures = this.#failuresOf(table, keyOrPrefix) + 1;
    this.#failures.set(nameOf(table, keyOrPrefix), failures);
    if (failures <= ENOUGH) this.#lessons++;
  }

  /** Whether to do without a row, or to read a list row by row. */
  has(table: Scope[number], keyOrPrefix: Key): boolean {
    return this.#failuresOf(table, keyOrPrefix) >= ENOUGH;
  }

  #failuresOf(table: string, keyOrPrefix: Key): number {
    return this.#failures.get(nameOf(table, keyOrPrefix)) ?? 0;
  }
}

const nameOf = (table: string, key: Key): string => JSON.stringify([table, key]);
