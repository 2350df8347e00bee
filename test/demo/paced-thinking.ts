/** The pace of an agent in the hands of a test: it waits before each step, so that what shows between two of them stays. */
export class PacedThinking {
  readonly #waiting = new Set<() => void>();
  #allowed = 0;

  readonly think = (signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      this.#waiting.add(resolve);
      signal?.addEventListener("abort", () => {
        this.#waiting.delete(resolve);
        reject(signal.reason as Error);
      });
      this.#goOn();
    });

  /** Lets this many of the steps that wait, or that come next, be taken. */
  allow(steps: number): void {
    this.#allowed += steps;
    this.#goOn();
  }

  #goOn(): void {
    for (const step of this.#waiting) {
      if (this.#allowed === 0) return;
      this.#allowed--;
      this.#waiting.delete(step);
      step();
    }
  }
}
