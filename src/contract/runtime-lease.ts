import type { BurrowStore } from "./burrow-store.ts";

/** How to acquire a runtime. */
export interface AcquireOptions {
  /** What to do while another holds the runtime: `wait` for it (if left out), in the order of the calls, or `refuse`. */
  readonly mode?: "wait" | "refuse" | undefined;
  /** Whether to take the runtime from whoever holds it, who gets `lease_lost` from then on. */
  readonly steal?: boolean | undefined;
  /** Ends the waiting. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * A runtime that nobody else holds: a store for that runtime alone, whose every transaction makes sure that the lease is still
 * held. When it is not (it was stolen, or released), the call rejects with `lease_lost` and has written nothing; only a
 * repeated operation still gets its first receipt. A call about another runtime is `invalid_input`.
 *
 * It ends with `release`, `close` or disposal, with its store, and with its tab or worker.
 */
export interface RuntimeLease extends BurrowStore {
  readonly runtimeId: string;
  /** Greater than that of every earlier lease of the runtime. */
  readonly epoch: number;
  /** Aborted once the lease is lost, or released; its reason is a `RuntimeStoreError` with `lease_lost`. */
  readonly signal: AbortSignal;
  /** Lets the calls made so far end, then gives the runtime back. Releasing twice is fine. */
  release(): Promise<void>;
}
