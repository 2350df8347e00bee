import { RuntimeStoreError } from "../core/errors.ts";
import type { HeldLock, Transaction, Transactions } from "../engine/index.ts";
import { HEAD_SCOPE, type HeadRow, loadHeadRow, putHeadRow } from "./heads.ts";
import { numberAfter } from "./number-after.ts";

/**
 * One holder's hold on a runtime: the lock, which others see, and the epoch in the runtime's head, which the holder's
 * transactions see. The lock goes with its tab; the epoch keeps out a holder that does not know yet that it has lost the lock.
 */
export class Hold {
  readonly runtimeId: string;
  readonly epoch: number;
  readonly #lock: HeldLock;
  readonly #ending = new AbortController();

  constructor(runtimeId: string, epoch: number, lock: HeldLock) {
    this.runtimeId = runtimeId;
    this.epoch = epoch;
    this.#lock = lock;
    void lock.stolen.then(() => this.#lose());
  }

  /** Aborted when the hold has ended, with a `lease_lost` error. */
  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  /** Gives the runtime back; resolves when others can have it. */
  release(): Promise<void> {
    return this.#end("was released");
  }

  /** Makes sure, by the runtime's head as the transaction sees it, that nobody has acquired the runtime since. */
  assertIn(head: HeadRow | undefined): void {
    if (head?.lease_epoch !== this.epoch) this.#lose();
    this.signal.throwIfAborted();
  }

  /** Transactions each of which makes sure of the hold before anything else. */
  guard(engine: Transactions): Transactions {
    return {
      transact: (mode, scope, work) =>
        engine.transact(mode, [...new Set([...HEAD_SCOPE, ...scope])], async (transaction) => {
          this.assertIn(await loadHeadRow(transaction, this.runtimeId));
          return work(transaction);
        }),
    };
  }

  #lose(): void {
    void this.#end("is lost: the runtime was acquired by another since");
  }

  async #end(what: string): Promise<void> {
    const detail = `the lease of runtime ${JSON.stringify(this.runtimeId)} ${what}`;
    if (!this.signal.aborted) this.#ending.abort(new RuntimeStoreError("lease_lost", detail));
    await this.#lock.release();
  }
}

/** Makes the epoch of a runtime one that no holder had before. */
export async function raiseEpoch(transaction: Transaction, runtimeId: string): Promise<number> {
  const head = (await loadHeadRow(transaction, runtimeId)) ?? { runtime_id: runtimeId, revision: 0 };
  const lease_epoch = numberAfter(head.lease_epoch ?? 0, "epochs");
  putHeadRow(transaction, { ...head, lease_epoch });
  return lease_epoch;
}
