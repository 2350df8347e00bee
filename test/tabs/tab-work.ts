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
  readonly #openStore: (database: string) => Promise<BurrowStore>;
  readonly #say: (event: TabEvent) => void;
  readonly #workers = new Map<string, Worker>();
  #store: BurrowStore | undefined;
  #lease: RuntimeLease | undefined;
  #committer: TurnCommitter | undefined;
  #reader: StoreReader | undefined;

  constructor(openStore: (database: string) => Promise<BurrowStore>, say: (event: TabEvent) => void) {
    this.#openStore = openStore;
    this.#say = say;
  }

  async perform(job: TabJob): Promise<void> {
    switch (job.job) {
      case "open":
        return this.#openAs(job.name, job.database);
      case "commit":
        return this.#committer?.commit(this.#lease ?? this.#open, job);
      case "acquire":
        return this.#acquire(job);
      case "read":
        for (let time = 0; time < job.times; time++) await this.#reader?.read(this.#open);
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

  async #openAs(name: string, database: string): Promise<void> {
    await this.#store?.close();
    this.#lease = undefined;
    this.#store = await this.#openStore(database);
    this.#committer = new TurnCommitter(name, this.#say);
    this.#reader = new StoreReader(this.#say);
    this.#reader.listen(this.#store);
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
