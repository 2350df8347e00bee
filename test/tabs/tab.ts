import type { Report } from "../crash/crash-events.ts";
import type { Visit } from "../crash/visit.ts";
import type { TabHistory } from "./judge-tabs.ts";
import type { TabEvent, TabJob } from "./tab-events.ts";

/** How long a job may take; the whole run of two thousand commits is a job. */
const JOB_LIMIT_MS = 20 * 60_000;
const START_LIMIT_MS = 60_000;
/** How long what is told at once may take. */
const ANSWER_LIMIT_MS = 60_000;

/** A tab, or a worker, as a test sees it: it does what it is told, and what it said is kept. */
export class Tab {
  /** Whether it was ended by force, so that its last words may not have been heard. */
  isKilled = false;
  readonly #visit: Visit<TabJob, TabEvent>;
  #name = "tab";
  /** How much it had said when it opened its database. */
  #before = 0;
  #jobs = 0;

  constructor(visit: Visit<TabJob, TabEvent>) {
    this.#visit = visit;
  }

  get url(): string {
    return this.#visit.url;
  }

  /** What it has said since it opened its database. */
  get history(): TabHistory {
    return { name: this.#name, isKilled: this.isKilled, events: this.#visit.events.slice(this.#before) };
  }

  async isReady(): Promise<void> {
    await this.#visit.next("ready", START_LIMIT_MS);
  }

  /** Opens a database under a name of its own. */
  async open(name: string, database: string): Promise<void> {
    this.#name = name;
    await this.do({ job: "open", name, database });
    this.#before = this.#visit.events.length;
  }

  /** Gives it a job. */
  begin(job: TabJob): number {
    this.#visit.give(job);
    return this.#jobs++;
  }

  /** Gives it a job, and waits until it is done. */
  async do(job: TabJob): Promise<void> {
    const number = this.begin(job);
    await this.until(`end of ${JSON.stringify(job)}`, (events) =>
      events.some((said) => said.event === "did" && said.job === number) ? true : undefined,
    );
  }

  async report(): Promise<Report> {
    await this.do({ job: "report" });
    return this.until("report", (events) => events.filter((said) => said.event === "report").at(-1));
  }

  /** Waits until so many of its commits were acknowledged; rejects if it has done its job, and these were not. */
  async hasCommitted(times: number): Promise<void> {
    await this.until(`${times} commits`, (events) => {
      const acknowledged = events
        .slice(this.#before)
        .filter((said) => said.event === "attempt" && said.sequence !== undefined);
      if (acknowledged.length >= times) return true;
      const isDone = events.some((said) => said.event === "did" && said.job === this.#jobs - 1);
      if (isDone)
        throw new Error(`${this.#name} stopped after ${acknowledged.length} commits: ${JSON.stringify(events.at(-2))}`);
      return undefined;
    });
  }

  /** Waits until it was told that its lease is lost. */
  async hasLostLease(): Promise<void> {
    const look = (events: readonly TabEvent[]) => events.find(({ event }) => event === "lease lost");
    await this.until("loss of the lease", look, ANSWER_LIMIT_MS);
  }

  /** What `look` gives of what the tab has said, as soon as it gives anything; rejects when the tab has failed. */
  until<T>(what: string, look: (events: readonly TabEvent[]) => T | undefined, limit = JOB_LIMIT_MS): Promise<T> {
    return this.#visit.until(
      `${what} of ${this.#name}`,
      (events) => {
        const failure = events.find((said) => said.event === "failed");
        if (failure) throw new Error(`${this.#name} failed: ${failure.message}`);
        return look(events);
      },
      limit,
    );
  }
}
