import { randomUUID } from "node:crypto";
import type { Event, Job, Said } from "./crash-events.ts";

/** One opening of a page: its job, and what it said. Another visit has another id, and so other events. */
export class Visit {
  readonly id = randomUUID();
  readonly url: string;
  /** Resolved once the page may close its window. */
  readonly mayLeave: Promise<void>;
  #leave = (): void => undefined;
  #job: Job | undefined;
  readonly #said: Said[] = [];
  readonly #listeners = new Set<() => void>();

  constructor(origin: string, job: Job) {
    this.url = new URL(`/crash?visit=${this.id}`, origin).href;
    this.#job = job;
    this.mayLeave = new Promise((resolve) => (this.#leave = resolve));
  }

  /** What the page said, in its own order, as far as it was heard. */
  get events(): readonly Said[] {
    return [...this.#said].sort((one, other) => one.n - other.n);
  }

  /** Lets a page that is done close its window, and with it the browser where that ends it. */
  leave(): void {
    this.#leave();
  }

  takeJob(): Job | undefined {
    const job = this.#job;
    this.#job = undefined;
    return job;
  }

  hear(said: Said): void {
    this.#said.push(said);
    for (const listener of this.#listeners) listener();
  }

  /**
   * The first event of these names, whether it has been heard or is yet to be; rejects when the page fails, has said its last
   * without it, or says nothing of the kind for so many milliseconds.
   */
  async next<Name extends Event["event"]>(
    names: Name | readonly Name[],
    limit = 60_000,
  ): Promise<Extract<Said, { event: Name }>> {
    const wantedNames = [names].flat();
    let stop = (): void => undefined;
    try {
      return await new Promise((resolve, reject) => {
        const look = () => {
          const wanted = this.events.find((said) => wantedNames.some((name) => name === said.event));
          const isDone = wantedNames.some((name) => name === "done");
          const last = this.events.find(
            ({ event }) => event === "failed" || event === "done" || (event === "refused" && !isDone),
          );
          if (wanted) resolve(wanted as Extract<Said, { event: Name }>);
          else if (last) reject(new Error(`instead of "${wantedNames.join()}" the page said ${JSON.stringify(last)}`));
        };
        const timer = setTimeout(() => {
          const heard = this.#said.map(({ event }) => event).slice(-5);
          reject(
            new Error(
              `no "${wantedNames.join()}" within ${limit} ms; the last of ${this.#said.length} events: ${heard.join()}`,
            ),
          );
        }, limit);
        stop = () => {
          clearTimeout(timer);
          this.#listeners.delete(look);
        };
        this.#listeners.add(look);
        look();
      });
    } finally {
      stop();
    }
  }
}
