/// <reference lib="esnext.disposable" preserve="true" />
import type { RuntimeCatalog } from "./runtime-catalog.ts";
import type { AcquireOptions, RuntimeLease } from "./runtime-lease.ts";
import type { RuntimeStore } from "./runtime-store.ts";
import type { SessionStore } from "./session-store.ts";

/** A store as its factories give it: the native contract, the catalog, the sessions, and leases. */
export interface BurrowStore extends RuntimeStore, RuntimeCatalog, AsyncDisposable {
  readonly sessions: SessionStore;
  /**
   * Makes the caller the one that holds a runtime, until it releases the lease or its tab dies. Who holds it writes through
   * the lease: a store that never acquired the runtime is not kept out.
   * @throws {RuntimeStoreError} `lease_held` when another holds it and the mode is `refuse`; `unsupported` where a durable
   * store finds no Web Locks API (insecure origins); `invalid_input`, or a failure of the database; and the `signal`'s reason.
   */
  acquireRuntime(runtimeId: string, options?: AcquireOptions): Promise<RuntimeLease>;
  /** Lets the calls made so far end, then lets go of the database and its leases; every later call is `database_closed`. Closing twice is fine. */
  close(): Promise<void>;
}
