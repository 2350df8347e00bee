import { type BurrowStore, isRuntimeStoreError, type RuntimeLease } from "../src/index.ts";

/** Who holds a runtime, as far as this tab knows. */
export type Standing =
  | { readonly holder: "unknown" }
  | { readonly holder: "here"; readonly epoch: number }
  /** `wasTaken`: this tab held it until another took it over. */
  | { readonly holder: "elsewhere"; readonly wasTaken: boolean }
  /** There are no Web Locks here (an insecure origin), so that every tab runs what it finds. */
  | { readonly holder: "nobody" };

/** What the holder of a runtime does, through the lease where there is one. */
export interface HolderActions {
  /** Called once this tab has come to hold the runtime, before its work. */
  readonly takeStock: () => Promise<void>;
  /** Runs what is pending; ends early when the signal is aborted. */
  readonly work: (store: BurrowStore, signal: AbortSignal | undefined) => Promise<void>;
  readonly onStanding: () => void;
  readonly onFailure: (error: unknown) => void;
}

/** This tab's place among those that want to run a runtime: it waits for the lease, and works while it has it. */
export class RuntimeHolder {
  readonly #store: BurrowStore;
  readonly #runtimeId: string;
  readonly #actions: HolderActions;
  /** Resolves when this tab has come to hold the runtime, and done what was to be done. */
  readonly begun: Promise<void>;
  #standing: Standing = { holder: "unknown" };
  #wait = new AbortController();
  #lease: RuntimeLease | undefined;
  #isWorking = false;
  #hasMore = false;

  constructor(store: BurrowStore, runtimeId: string, actions: HolderActions) {
    this.#store = store;
    this.#runtimeId = runtimeId;
    this.#actions = actions;
    this.begun = this.#hold();
  }

  get standing(): Standing {
    return this.#standing;
  }

  /** Takes the runtime from the tab that holds it. */
  takeOver(): Promise<void> {
    return this.#hold({ steal: true });
  }

  /** Goes on after a failure, of the work or of coming to hold the runtime. */
  tryAgain(): Promise<void> {
    return this.#mayWork ? this.work() : this.#hold();
  }

  /** Does what is to be done, if it is this tab's to do; called while at it, it looks once more when it is done. */
  async work(): Promise<void> {
    this.#hasMore = true;
    if (this.#isWorking) return;
    this.#isWorking = true;
    while (this.#hasMore && this.#mayWork) {
      this.#hasMore = false;
      const lease = this.#lease;
      await this.#actions.work(lease ?? this.#store, lease?.signal).catch((error: unknown) => this.#fail(error));
    }
    this.#isWorking = false;
  }

  /** Neither holds the runtime nor waits for it any more; what is being run is not committed. */
  async end(): Promise<void> {
    this.#wait.abort();
    const lease = this.#lease;
    this.#lease = undefined;
    this.#stand({ holder: "unknown" });
    await lease?.release();
  }

  get #mayWork(): boolean {
    return this.#standing.holder === "here" || this.#standing.holder === "nobody";
  }

  async #hold({ steal = false } = {}): Promise<void> {
    this.#wait.abort();
    const { signal } = (this.#wait = new AbortController());
    let lease: RuntimeLease | undefined;
    try {
      lease = await this.#acquire(steal, signal);
      await this.#actions.takeStock();
      signal.throwIfAborted();
    } catch (error) {
      await lease?.release();
      if (!signal.aborted) this.#fail(error);
      return;
    }
    this.#lease = lease;
    if (lease?.signal.aborted) {
      this.#lose(lease);
      return;
    }
    lease?.signal.addEventListener("abort", () => this.#lose(lease));
    this.#stand(lease ? { holder: "here", epoch: lease.epoch } : { holder: "nobody" });
    await this.work();
  }

  /** The lease; `undefined` where there are no Web Locks. */
  async #acquire(steal: boolean, signal: AbortSignal): Promise<RuntimeLease | undefined> {
    const acquire = (mode: "refuse" | "wait"): Promise<RuntimeLease> =>
      this.#store.acquireRuntime(this.#runtimeId, { mode, steal, signal });
    try {
      return await acquire("refuse");
    } catch (error) {
      if (!isRuntimeStoreError(error)) throw error;
      if (error.code === "unsupported") return undefined;
      if (error.code !== "lease_held") throw error;
      this.#stand({ holder: "elsewhere", wasTaken: this.#lease?.signal.aborted === true });
      return acquire("wait");
    }
  }

  #lose(lease: RuntimeLease): void {
    if (lease !== this.#lease) return;
    this.#stand({ holder: "elsewhere", wasTaken: true });
    void this.#hold();
  }

  /** A lost lease is a standing, not a failure. */
  #fail(error: unknown): void {
    if (!isRuntimeStoreError(error) || error.code !== "lease_lost") this.#actions.onFailure(error);
  }

  #stand(standing: Standing): void {
    this.#standing = standing;
    this.#actions.onStanding();
  }
}
