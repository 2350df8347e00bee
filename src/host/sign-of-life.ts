import { newUuid } from "../core/ids.ts";

// A worker that is terminated, and a tab that dies, fire no event at the other end of their ports. But the browser lets go of
// the Web Locks that they held.

/** A lock that this realm holds as long as it lives. */
export interface SignOfLife {
  readonly name: string;
  release(): void;
}

/** Begins to hold a lock of a new name; `undefined` where there are no Web Locks, as in insecure origins. */
export async function giveSignOfLife(): Promise<SignOfLife | undefined> {
  const locks = webLocks();
  if (locks === undefined) return undefined;
  const name = `burrow-store connection ${newUuid()}`;
  return new Promise((resolve) => {
    const held = locks.request(name, () => new Promise<void>((release) => resolve({ name, release })));
    held.catch(() => resolve(undefined)); // an origin without storage has no locks either
  });
}

/** Calls `gone` when the realm that gives the sign has let go of it, or has died, unless the returned function was called before. */
export async function watchSignOfLife(name: string | undefined, gone: () => void): Promise<() => void> {
  const locks = webLocks();
  if (locks === undefined || name === undefined) return () => undefined;
  const watching = new AbortController();
  const { held } = await locks.query();
  // A realm of another origin has locks of its own: there the name is free, and tells nothing.
  if (held?.some((lock) => lock.name === name)) {
    locks.request(name, { signal: watching.signal }, gone).catch(() => undefined); // aborted
  }
  return () => watching.abort();
}

const webLocks = (): LockManager | undefined =>
  (globalThis as { navigator?: { locks?: LockManager } }).navigator?.locks;
