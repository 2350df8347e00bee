import type { VerifyOptions } from "../contract/index.ts";
import { nextTask } from "../core/next-task.ts";

/** A slice is over after this long; two of them fit in a frame. */
const SLICE_MS = 8;

/** Long work that is done in slices: between two of them other tasks run, and the caller hears of it and may end it. */
export class SlicedWork {
  readonly #total: number;
  readonly #options: VerifyOptions;
  #done = 0;
  #reported: number | undefined;
  #sliceEnd = performance.now() + SLICE_MS;

  constructor(total: number, options: VerifyOptions) {
    this.#total = total;
    this.#options = options;
    options.signal?.throwIfAborted();
  }

  /** How much is done. */
  get done(): number {
    return this.#done;
  }

  /** Notes how much is done, and waits for the next slice when this one is over. */
  async reach(done: number): Promise<void> {
    this.#done = done;
    if (performance.now() >= this.#sliceEnd) {
      this.#report();
      await nextTask();
      this.#sliceEnd = performance.now() + SLICE_MS;
    }
    this.#options.signal?.throwIfAborted();
  }

  /** Tells the caller how much is done in the end. */
  finish(): void {
    this.#report();
  }

  #report(): void {
    if (this.#reported === this.#done) return;
    this.#reported = this.#done;
    try {
      this.#options.onProgress?.({ done: this.#done, total: this.#total });
    } catch {
      // The caller's own fault, and no reason to leave the rest unchecked.
    }
  }
}
