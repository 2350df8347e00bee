import { RuntimeStoreError } from "../core/errors.ts";
import type { HeldLock, LockRequest } from "../engine/index.ts";

/** This realm's lock manager; `undefined` where there is none (insecure origins, Node before 24). */
export function lockManager(): LockManager | undefined {
  return (globalThis as { navigator?: { locks?: LockManager } }).navigator?.locks;
}

/**
 * Waits for a Web Lock, and holds it until it is released or stolen.
 * @returns the lock, or `undefined` when another holds it and the mode is `refuse`.
 * @throws {unknown} the signal's reason; `unsupported` when the browser gives this realm no locks.
 */
export function heldLock(
  locks: LockManager,
  name: string,
  { mode, steal, signal }: Partial<LockRequest> = {},
): Promise<HeldLock | undefined> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    let lose = (): void => undefined;
    let isGranted = false;
    const stolen = new Promise<void>((resolve) => (lose = resolve));
    const hold = (lock: Lock | null): Promise<void> | undefined => {
      if (lock === null) {
        resolve(undefined);
        return undefined;
      }
      isGranted = true;
      return new Promise((free) => {
        const release = async () => {
          free();
          await held; // Firefox 153 still refuses the lock to others until then
        };
        resolve({ stolen, release });
      });
    };
    // A request that steals, or does not wait, takes no signal.
    const options = steal ? { steal } : mode === "refuse" ? { ifAvailable: true } : signal ? { signal } : {};
    const held = locks.request(name, options, hold).catch((cause: unknown) => {
      if (isGranted) lose();
      else if (signal?.aborted) reject(signal.reason as Error);
      else reject(new RuntimeStoreError("unsupported", "the browser gives no locks here", { cause }));
    });
  });
}
