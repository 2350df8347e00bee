import type { BurrowStore, RuntimeSize } from "../contract/index.ts";
import { answerWithin } from "./deadline.ts";
import { engineOf } from "./open-store.ts";
import { storageFigures, storageManager } from "./storage-figures.ts";

/** How long a browser may take to tell whether storage is persistent, in milliseconds. */
const ANSWER_LIMIT = 1_000;
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
  /** By runtime id. */
  readonly runtimes: readonly RuntimeSize[];
}

/**
 * Asks the browser never to evict the origin's data. Firefox asks the user; Chromium and Safari decide by how the site is used.
 * @returns whether it promised; `undefined` when it gave no answer in time (half a minute, unless told otherwise in
 * milliseconds), or cannot be asked here: in a worker, without https, or in a browser without a storage manager.
 */
export function requestPersistence({ timeout = PROMPT_LIMIT } = {}): Promise<boolean | undefined> {
  return answerWithin(
    timeout,
    ask(() => storageManager()?.persist?.()),
  );
}

/**
 * What is known about a store's storage. What the browser does not tell within a second is `undefined`.
 * @throws {RuntimeStoreError} as `measureRuntimes`.
 */
export async function storageReport(store: BurrowStore): Promise<StorageReport> {
  const [persisted, figures, durability, runtimes] = await Promise.all([
    answerWithin(
      ANSWER_LIMIT,
      ask(() => storageManager()?.persisted?.()),
    ),
    storageFigures(),
    engineOf(store)?.grantedDurability(),
    store.measureRuntimes(),
  ]);
  return { persisted, ...figures, durability, runtimes };
}

/** An answer of the storage manager, whose methods throw where the origin may not store anything. */
async function ask<T>(question: () => Promise<T> | undefined): Promise<T | undefined> {
  return question();
}
