import type { BurrowStore, RuntimeSize } from "../contract/index.ts";
import { isRuntimeStoreError, type RuntimeStoreError } from "../core/errors.ts";
import { checkedTimeout, openingOf } from "./open-store.ts";
import { askStorageManager, storageFigures } from "./storage-figures.ts";

/** How long to wait for a user who is asked whether this site may keep its data, in milliseconds. */
const PROMPT_LIMIT = 30_000;

/** What a store occupies, and what the browser says that it does for it. */
export interface StorageReport {
  /** Whether the origin's data stay until the user removes them; if not, the browser may evict them. `undefined`: it does not say. */
  readonly persisted: boolean | undefined;
  /** Bytes that the whole origin uses and may use; the browser's own estimates. `undefined`: it does not say. */
  readonly usage: number | undefined;
  readonly quota: number | undefined;
  /** The durability that the browser says its transactions for this store have. `undefined`: it knows none, or this is no IndexedDB store. */
  readonly durability: IDBTransactionDurability | undefined;
  /**
   * What notes how far runtimes have come, so that a loss is noticed; `none`: the next opening will notice none. `undefined`, as
   * `logFlush`: the store was not opened here (a worker has it), or is no IndexedDB store.
   */
  readonly witness: "localStorage" | "OPFS" | "custom" | "none" | undefined;
  /**
   * What became of Chromium's log when the store was opened: it was put away after a crash (`done`), or should have been and was
   * not, for want of room (`skipped`) or for another reason (`failed`). `off`: nobody looked.
   */
  readonly logFlush: "not needed" | "done" | "skipped" | "failed" | "off" | undefined;
  /** By runtime id; `undefined` when the store could not be read. */
  readonly runtimes: readonly RuntimeSize[] | undefined;
  /** Why the store could not be read. */
  readonly failure?: RuntimeStoreError | undefined;
}

/**
 * Asks the browser never to evict the origin's data. Firefox asks the user; Chromium and Safari decide by how the site is used.
 * @returns whether it promised; `undefined` when it gave no answer in time (half a minute, unless told otherwise in
 * milliseconds), or cannot be asked here: in a worker, without https, or in a browser without a storage manager.
 * @throws {RuntimeStoreError} `invalid_input` for a timeout that is none.
 */
export async function requestPersistence(
  options: { readonly timeout?: number | undefined } = {},
): Promise<boolean | undefined> {
  const limit = checkedTimeout(options, "timeout") ?? PROMPT_LIMIT;
  return askStorageManager((manager) => manager.persist?.(), limit);
}

/** What is known about a store's storage. It never fails: what the browser does not tell within a second is `undefined`. */
export async function storageReport(store: BurrowStore): Promise<StorageReport> {
  const [persisted, figures, read] = await Promise.all([
    askStorageManager((manager) => manager.persisted?.()),
    storageFigures(),
    readStore(store),
  ]);
  const opening = openingOf(store);
  return { persisted, ...figures, witness: opening?.witness, logFlush: opening?.logFlush, ...read };
}

async function readStore(store: BurrowStore): Promise<Pick<StorageReport, "durability" | "runtimes" | "failure">> {
  try {
    const runtimes = await store.measureRuntimes();
    return { durability: await openingOf(store)?.engine.grantedDurability(), runtimes };
  } catch (failure) {
    if (!isRuntimeStoreError(failure)) throw failure;
    return { durability: undefined, runtimes: undefined, failure };
  }
}
