import type { SessionId } from "../core/ids.ts";
import type { SystemTime } from "../records/index.ts";
import type { Listed, ListOptions, OnCorrupt } from "./damaged-rows.ts";

/** Which sessions to list: both times are inclusive and in milliseconds since the epoch. */
export interface SessionFilter<C extends OnCorrupt | undefined = "throw"> extends ListOptions<C> {
  readonly createdAfter?: number | undefined;
  readonly updatedAfter?: number | undefined;
  readonly limit?: number | undefined;
  readonly offset?: number | undefined;
}

/** A session without its messages, as the native store lists it: times of millisecond precision, tokens in plus tokens out. */
export interface SessionMeta {
  readonly id: SessionId;
  readonly created_at: SystemTime;
  readonly updated_at: SystemTime;
  readonly message_count: number;
  /** Saturates at 2^53-1. */
  readonly total_tokens: number;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/**
 * The catalog of sessions, shared by all runtimes of a store (meerkat-core v0.5.2 session_store.rs). Every boundary that
 * carries a snapshot writes its session here too, in the same transaction. Its calls take effect after all writes issued before them.
 */
export interface SessionStore {
  /**
   * Stores a session under the id inside it, whatever was there; no runtime's own snapshot changes.
   * @throws {RuntimeStoreError} `invalid_snapshot`, or a failure of the database.
   */
  save(snapshot: Uint8Array): Promise<void>;
  /** The session in the native runtime's canonical form, or `undefined`. */
  load(id: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** By descending `updated_at`, then ascending id. A damaged row counts for every filter, and for no limit or offset. */
  list<C extends OnCorrupt | undefined = "throw">(filter?: SessionFilter<C>): Promise<Listed<SessionMeta, C>[]>;
  /** Removes a session from the catalog, quietly when it is not there; the runtimes that use it keep their snapshots. */
  delete(id: string): Promise<void>;
  exists(id: string): Promise<boolean>;
}
