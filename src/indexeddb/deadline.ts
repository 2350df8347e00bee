import { RuntimeStoreError } from "../core/errors.ts";

/** A timer that fires this much too late, in milliseconds, tells that the page was frozen or the machine asleep. */
const LATE = 1_000;

/**
 * The time that an operation may take. Time in which the page was frozen does not count: a timer that fires late is given
 * as long again, once.
 */
export class Deadline {
  /** Milliseconds. */
  readonly limit: number;
  readonly #passed: Promise<never>;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(limit: number) {
    this.limit = limit;
    this.#passed = new Promise((_, reject) => {
      const pass = () => {
        reject(new RuntimeStoreError("timed_out", `the operation took over ${limit} ms`));
      };
      const due = performance.now() + limit;
      this.#timer = setTimeout(() => {
        if (performance.now() - due < LATE) pass();
        else this.#timer = setTimeout(pass, limit);
      }, limit);
    });
    this.#passed.catch(() => undefined); // nobody may be waiting when it passes
  }

  /**
   * What the promise comes to, if it does so in time.
   * @throws {RuntimeStoreError} `timed_out`, and whatever the promise rejects with.
   */
  race<T>(promise: Promise<T>): Promise<T> {
    return Promise.race([promise, this.#passed]);
  }

  cancel(): void {
    clearTimeout(this.#timer);
  }
}

/** What the promise comes to within so many milliseconds, or `undefined`; a rejection counts as no answer. */
export async function answerWithin<T>(milliseconds: number, promise: Promise<T>): Promise<T | undefined> {
  const deadline = new Deadline(milliseconds);
  try {
    return await deadline.race(promise);
  } catch {
    return undefined;
  } finally {
    deadline.cancel();
  }
}
