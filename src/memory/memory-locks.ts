import type { HeldLock, LockRequest, Locks } from "../engine/index.ts";

/** The locks of one store in memory, as the Web Locks API has them. */
export class MemoryLocks implements Locks {
  /** By the name of a lock: what tells its holder that it was stolen. */
  readonly #held = new Map<string, () => void>();
  /** By the name of a lock: what gives it to those that wait, in the order of their requests. */
  readonly #waiting = new Map<string, Set<() => void>>();

  request(name: string, { mode, steal, signal }: LockRequest): Promise<HeldLock | undefined> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const lose = this.#held.get(name);
      if (lose === undefined || steal) {
        lose?.();
        resolve(this.#take(name));
      } else if (mode === "refuse") {
        resolve(undefined);
      } else {
        this.#wait(name, { signal, reject, granted: () => resolve(this.#take(name)) });
      }
    });
  }

  #take(name: string): HeldLock {
    let lose = (): void => undefined;
    const stolen = new Promise<void>((resolve) => (lose = resolve));
    this.#held.set(name, lose);
    const release = () => {
      if (this.#held.get(name) === lose) {
        this.#held.delete(name);
        const [next] = this.#waiting.get(name) ?? [];
        next?.();
      }
      return Promise.resolve();
    };
    return { stolen, release };
  }

  #wait(name: string, { signal, reject, granted }: Waiting): void {
    const queue = this.#waiting.get(name) ?? new Set();
    this.#waiting.set(name, queue);
    const leave = () => {
      queue.delete(next);
      if (queue.size === 0) this.#waiting.delete(name);
      signal.removeEventListener("abort", giveUp);
    };
    const next = () => {
      leave();
      granted();
    };
    const giveUp = () => {
      leave();
      reject(signal.reason as Error);
    };
    queue.add(next);
    signal.addEventListener("abort", giveUp);
  }
}

interface Waiting extends Pick<LockRequest, "signal"> {
  readonly reject: (reason: Error) => void;
  readonly granted: () => void;
}
