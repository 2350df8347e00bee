import { randomUUID } from "node:crypto";
import type { Event, Job } from "./crash-events.ts";

/** With its place among those of its visit, counted from 0. */
export type Numbered<E> = E & { readonly n: number };

/** One opening of a page: its jobs, and what it said. Another visit has another id, and so other events. */
export class Visit<J = Job, E extends { readonly event: string } = Event> {
  readonly id = randomUUID();
  readonly url: string;
  /** Resolved once the page may close its window. */
  readonly mayLeave: Promise<void>;
  #leave = (): void => undefined;
  readonly #jobs: J[];
  #taken = 0;
  readonly #said: Numbered<E>[] = [];
  readonly #listeners = new Set<() => void>();

  /** `path` is that of the page. */
  constructor(path: URL, jobs: readonly J[]) {
    const url = new URL(path);
    url.searchParams.set("visit", this.id);
    this.url = url.href;
    this.#jobs = [...jobs];
    this.mayLeave = new Promise((resolve) => (this.#leave = resolve));
  }

  /** What the page said, in its own order, as far as it was heard. */
  get events(): readonly Numbered<E>[] {
    return [...this.#said].sort((one, other) => one.n - other.n);
  }

  /** Lets a page that is done close its window, and with it the browser where that ends it. */
  leave(): void {
    this.#leave();
  }

  /** One job more. */
  give(job: J): void {
    this.#jobs.push(job);
    this.#tellListeners();
  }

  /** Whether the n-th job has been taken, as when the page was loaded again. */
  hasTaken(n: number): boolean {
    return n < this.#taken;
  }

  /** The next job, if one is given within so many milliseconds. */
  async takeJob(limit: number): Promise<J | undefined> {
    await this.until("job", () => this.#jobs[0], limit).catch(() => undefined);
    if (this.#jobs.length > 0) this.#taken++;
    return this.#jobs.shift();
  }

  hear(said: readonly Numbered<E>[]): void {
    this.#said.push(...said);
    this.#tellListeners();
  }

  #tellListeners(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  /**
   * The first event of these names, whether it has been heard or is yet to be; rejects when the page fails, has said its last
   * without it, or says nothing of the kind for so many milliseconds.
   */
  next<Name extends E["event"]>(
    names: Name | readonly Name[],
    limit = 60_000,
  ): Promise<Extract<Numbered<E>, { event: Name }>> {
    const wantedNames: readonly string[] = [names].flat();
    const isDone = wantedNames.includes("done");
    return this.until(
      `"${wantedNames.join()}"`,
      (events) => {
        const wanted = events.find(({ event }) => wantedNames.includes(event));
        if (wanted) return wanted as Extract<Numbered<E>, { event: Name }>;
        const last = events.find(
          ({ event }) => event === "failed" || event === "done" || (event === "refused" && !isDone),
        );
        if (last) throw new Error(`instead of "${wantedNames.join()}" the page said ${JSON.stringify(last)}`);
        return undefined;
      },
      limit,
    );
  }

  /** What `look` gives of the events, as soon as it gives anything; rejects with what it throws, or after so many milliseconds. */
  async until<T>(what: string, look: (events: readonly Numbered<E>[]) => T | undefined, limit = 60_000): Promise<T> {
    let stop = (): void => undefined;
    try {
      return await new Promise((resolve, reject) => {
        const listener = () => {
          try {
            const found = look(this.events);
            if (found !== undefined) resolve(found);
          } catch (error) {
            reject(error instanceof Error ? error : new Error(String(error)));
          }
        };
        const timer = setTimeout(() => {
          const heard = this.#said.map(({ event }) => event).slice(-5);
          reject(new Error(`no ${what} within ${limit} ms; the last of ${this.#said.length} events: ${heard.join()}`));
        }, limit);
        stop = () => {
          clearTimeout(timer);
          this.#listeners.delete(listener);
        };
        this.#listeners.add(listener);
        listener();
      });
    } finally {
      stop();
    }
  }
}
