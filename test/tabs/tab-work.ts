import {
  type AcquireOptions,
  type BurrowStore,
  isRuntimeStoreError,
  type RuntimeLease,
  type RuntimeStoreError,
} from "../../src/index.ts";
import { reportOn } from "../crash/crash-report.ts";
import { RUNTIME } from "../crash/crash-turns.ts";
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
  #lease: RuntimeLease | undefined;
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
        this.#reader.listen(this.#store);
        return;
      case "commit":
        return this.#committer?.commit(this.#lease ?? this.#open, job);
      case "acquire":
        return this.#acquire(job);
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

  async #acquire({ job, ...options }: AcquireOptions & { readonly job: "acquire" }): Promise<void> {
    const started = now();
    try {
      const lease = await this.#open.acquireRuntime(RUNTIME, options);
      const { epoch, signal } = lease;
      signal.addEventListener("abort", () => {
        const { code } = signal.reason as RuntimeStoreError;
        this.#say({ event: "lease lost", epoch, at: now(), code });
      });
      this.#lease = lease;
      this.#say({ event: "acquired", started, ended: now(), epoch });
    } catch (error) {
      if (!isRuntimeStoreError(error)) throw error;
      this.#say({ event: "acquired", started, ended: now(), code: error.code });
    }
  }

  get #open(): BurrowStore {
    if (!this.#store) throw new Error("the store has not been opened");
    return this.#store;
  }
}
