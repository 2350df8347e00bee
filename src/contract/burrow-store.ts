/// <reference lib="esnext.disposable" preserve="true" />
import type { RuntimeCatalog } from "./runtime-catalog.ts";
import type { RuntimeStore } from "./runtime-store.ts";
import type { SessionStore } from "./session-store.ts";

/** A store as its factories give it: the native contract, the catalog, and the sessions. */
export interface BurrowStore extends RuntimeStore, RuntimeCatalog, AsyncDisposable {
  readonly sessions: SessionStore;
  /** Lets the calls made so far end, then lets go of the database; every later call is `database_closed`. Closing twice is fine. */
  close(): Promise<void>;
}
