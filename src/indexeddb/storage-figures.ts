import { isRuntimeStoreError, RuntimeStoreError } from "../core/errors.ts";
import { answerWithin } from "./deadline.ts";

/** How long a browser may take to tell about its storage, in milliseconds. */
const FIGURES_LIMIT = 1_000;

/** The browser's storage manager, where it has one that may be used here (WebKitGTK 2.50 has none). */
export function storageManager(): StorageManager | undefined {
  return (globalThis as { navigator?: { storage?: StorageManager } }).navigator?.storage;
}

/** What the browser says that the origin uses and may use, in bytes; both are estimates of its own. */
export async function storageFigures(): Promise<{ usage: number | undefined; quota: number | undefined }> {
  const estimate = await answerWithin(FIGURES_LIMIT, (async () => storageManager()?.estimate?.())());
  return { usage: estimate?.usage, quota: estimate?.quota };
}

/** The error with the figures of the storage, when it is about their limits. */
export async function withStorageFigures(error: unknown): Promise<unknown> {
  if (!isRuntimeStoreError(error)) return error;
  const { code, detail, row, cause } = error;
  if (code !== "quota_exceeded" && code !== "disk_full") return error;
  return new RuntimeStoreError(code, detail, { row, cause, storage: await storageFigures() });
}
