import type { AcquireOptions, BurrowStore, RuntimeLease } from "../contract/index.ts";
import { RuntimeStoreError } from "../core/errors.ts";
import type { Engine } from "../engine/index.ts";
import { CallOrder } from "./call-order.ts";
import { Changes } from "./changes.ts";
import { checkedAcquireOptions, checkedText } from "../arguments/checked-arguments.ts";
import { EngineLease } from "./engine-lease.ts";
import { HEAD_SCOPE } from "./heads.ts";
import { Hold, raiseEpoch } from "./hold.ts";
import { IssuedSnapshots } from "./issued-snapshots.ts";
import { Operations } from "./operations.ts";

/** A store over an engine, which it closes when it is closed. */
export class EngineStore extends Operations implements BurrowStore {
  readonly #engine: Engine;
  readonly #closing: AbortController;
  readonly #holds = new Set<Hold>();

  constructor(engine: Engine) {
    const closing = new AbortController();
    const issued = new IssuedSnapshots(engine);
    super({
      engine: issued.watching(engine),
      calls: new CallOrder(),
      issued,
      changes: new Changes(engine.channel),
      closing: closing.signal,
    });
    this.#engine = engine;
    this.#closing = closing;
  }

  async acquireRuntime(runtimeId: string, options: AcquireOptions = {}): Promise<RuntimeLease> {
    checkedText(runtimeId, "runtimeId");
    const { signal, ...how } = checkedAcquireOptions(options);
    const waiting = firstOf(this.#closing.signal, signal);
    try {
      waiting.signal.throwIfAborted();
      const { locks } = this.#engine;
      if (!locks) throw new RuntimeStoreError("unsupported", "without a Web Locks API no runtime can be acquired");
      const lock = await locks.request(runtimeId, { ...how, signal: waiting.signal });
      if (!lock) throw new RuntimeStoreError("lease_held", `runtime ${JSON.stringify(runtimeId)} is held by another`);
      try {
        const epoch = await this.parts.calls.inRuntime(runtimeId, () =>
          this.#engine.transact("readwrite", HEAD_SCOPE, (transaction) => raiseEpoch(transaction, runtimeId)),
        );
        waiting.signal.throwIfAborted();
        return this.#lease(new Hold(runtimeId, epoch, lock));
      } catch (error) {
        await lock.release();
        throw error;
      }
    } finally {
      waiting.forget();
    }
  }

  async close(): Promise<void> {
    this.#engine.stopAsking?.();
    const ended = this.parts.calls.close(async () => {
      await Promise.all([...this.#holds].map((hold) => hold.release()));
      this.parts.issued.close();
      await this.#engine.close();
    });
    if (!this.#closing.signal.aborted)
      this.#closing.abort(new RuntimeStoreError("database_closed", "this store was closed"));
    await ended;
  }

  #lease(hold: Hold): RuntimeLease {
    this.#holds.add(hold);
    hold.signal.addEventListener("abort", () => this.#holds.delete(hold));
    return new EngineLease(this.parts, hold);
  }
}

/** A signal that is aborted with the first of others, until it is told to forget them. */
function firstOf(...signals: readonly (AbortSignal | undefined)[]): { signal: AbortSignal; forget: () => void } {
  const first = new AbortController();
  const abort = ({ target }: Pick<Event, "target">) => {
    first.abort((target as AbortSignal).reason);
  };
  for (const signal of signals) {
    signal?.addEventListener("abort", abort);
    if (signal?.aborted) abort({ target: signal });
  }
  return {
    signal: first.signal,
    forget: () => {
      for (const signal of signals) signal?.removeEventListener("abort", abort);
    },
  };
}
