import type { BurrowStore } from "../../src/index.ts";
import { reportOn } from "../crash/crash-report.ts";
import { now } from "./now.ts";
import { StoreReader } from "./store-reader.ts";
import type { TabEvent, TabJob } from "./tab-events.ts";
import { TurnCommitter } from "./turn-committer.ts";

/** Does a tab's jobs, and says what comes of them. */
export class TabWork {
  readonly #openStore: () => Promise<BurrowStore>;
  readonly #say: (event: TabEvent) => void;
  readonly #reader: StoreReader;
  readonly #workers = new Map<string, Worker>();
  #store: BurrowStore | undefined;
  #committer: TurnCommitter | undefined;

  constructor(openStore: () => Promise<BurrowStore>, say: (event: TabEvent) => void) {
    this.#openStore = openStore;
    this.#say = say;
    this.#reader = new StoreReader(say);
  }

  async perform(job: TabJob): Promise<void> {
    switch (job.job) {
      case "open":
        this.#committer = new TurnCommitter(job.name, this.#say);
        this.#store = await this.#openStore();
        return;
      case "commit":
        return this.#committer?.commit(this.#open, job.times, job.expectsRevision ?? false);
      case "read":
        for (let time = 0; time < job.times; time++) await this.#reader.read(this.#open);
        return;
      case "count":
        for (const end = now() + job.milliseconds; now() < end;);
        return;
      case "employ":
        this.#workers.set(job.script, new Worker(job.script, { type: "module" }));
        return;
      case "dismiss":
        this.#workers.get(job.script)?.terminate();
        return;
      case "report":
        this.#say(await reportOn(this.#open, []));
    }
  }

  get #open(): BurrowStore {
    if (!this.#store) throw new Error("the store has not been opened");
    return this.#store;
  }
}
