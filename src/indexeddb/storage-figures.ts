import { isRuntimeStoreError, RuntimeStoreError } from "../core/errors.ts";
import { answerWithin } from "./deadline.ts";

/** How long a browser may take to tell about its storage, in milliseconds. */
const ANSWER_LIMIT = 1_000;

/**
 * What the browser's storage manager answers in time; `undefined` where there is none (WebKitGTK 2.50, workers in part), where it
 * throws (origins that may not store anything), and where it never answers (Firefox without a window).
 */
export function askStorageManager<T>(
  question: (manager: Partial<StorageManager>) => Promise<T> | undefined,
  limit = ANSWER_LIMIT,
): Promise<T | undefined> {
  const { navigator } = globalThis as { navigator?: { storage?: StorageManager } };
  const asked = async () => question(navigator?.storage ?? {});
  return answerWithin(limit, asked());
}

/** What the browser says that the origin uses and may use, in bytes; both are estimates of its own. */
export async function storageFigures(): Promise<{ usage: number | undefined; quota: number | undefined }> {
  const estimate = await askStorageManager((manager) => manager.estimate?.());
  return { usage: estimate?.usage, quota: estimate?.quota };
}

/** The error with the figures of the storage, when it is about their limits. */
export async function withStorageFigures(error: unknown): Promise<unknown> {
  if (!isRuntimeStoreError(error)) return error;
  const { code, detail, row, cause } = error;
  if (code !== "quota_exceeded" && code !== "disk_full") return error;
  return new RuntimeStoreError(code, detail, { row, cause, storage: await storageFigures() });
}
