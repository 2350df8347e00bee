import type { RuntimeLease } from "../contract/index.ts";
import { RuntimeStoreError } from "../core/errors.ts";
import type { Hold } from "./hold.ts";
import { Operations, type StoreParts } from "./operations.ts";

/** The operations of a store as the holder of one runtime has them. */
export class EngineLease extends Operations implements RuntimeLease {
  readonly runtimeId: string;
  readonly epoch: number;
  readonly signal: AbortSignal;
  readonly #hold: Hold;

  constructor(parts: StoreParts, hold: Hold) {
    super(parts, hold);
    this.runtimeId = hold.runtimeId;
    this.epoch = hold.epoch;
    this.signal = hold.signal;
    this.#hold = hold;
  }

  acquireRuntime(): Promise<never> {
    const refusal = new RuntimeStoreError("unsupported", "a lease is of one runtime: its store acquires others");
    return Promise.reject(refusal);
  }

  async release(): Promise<void> {
    await this.parts.calls.settled(this.runtimeId);
    await this.#hold.release();
  }

  close(): Promise<void> {
    return this.release();
  }
}
