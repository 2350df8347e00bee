import { RuntimeStoreError } from "../core/errors.ts";

/**
 * Puts the calls of one store in the order in which they were made: those of a runtime one after the other, those of
 * different runtimes side by side, those that concern all of them after everything made before.
 */
export class CallOrder {
  readonly #lastOfRuntime = new Map<string, Promise<void>>();
  readonly #unsettled = new Set<Promise<void>>();
  readonly #beside = new Set<Promise<void>>();
  #lastForAll: Promise<void> = Promise.resolve();
  #closed: Promise<void> | undefined;

  /** Runs `work` after the earlier calls of this runtime, however they ended. */
  inRuntime<T>(runtimeId: string, work: () => Promise<T>): Promise<T> {
    const result = this.#after(this.settled(runtimeId), work);
    const end = this.#track(result);
    this.#lastOfRuntime.set(runtimeId, end);
    void end.then(() => {
      if (this.#lastOfRuntime.get(runtimeId) === end) this.#lastOfRuntime.delete(runtimeId);
    });
    return result;
  }

  /** Runs a read after all calls made before it; calls made after it do not wait. */
  readingAll<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#after(this.#idle(), work);
    void this.#track(result);
    return result;
  }

  /** Runs a write after all calls made before it and before all made after it. */
  writingAll<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#after(this.#idle(), work);
    this.#lastForAll = this.#track(result);
    this.#lastOfRuntime.clear();
    return result;
  }

  /** Resolves when the calls of this runtime that were made before have ended. */
  settled(runtimeId: string): Promise<void> {
    return this.#lastOfRuntime.get(runtimeId) ?? this.#lastForAll;
  }

  /** Lets what has had its turn go on beside all other calls: none of them waits for it, closing does. */
  beside<T>(result: Promise<T>): Promise<T> {
    void this.#track(result, this.#beside);
    return result;
  }

  /** Refuses the calls made from now on, lets those made before end, then runs `work`, once. */
  close(work: () => Promise<void>): Promise<void> {
    this.#closed ??= Promise.all([...this.#unsettled, ...this.#beside]).then(work);
    return this.#closed;
  }

  #after<T>(turn: Promise<void>, work: () => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new RuntimeStoreError("database_closed", "this store was closed"));
    return turn.then(work);
  }

  async #idle(): Promise<void> {
    await Promise.all(this.#unsettled);
  }

  #track(result: Promise<unknown>, among = this.#unsettled): Promise<void> {
    const end = result.then(
      () => undefined,
      () => undefined,
    );
    among.add(end);
    void end.then(() => among.delete(end));
    return end;
  }
}
