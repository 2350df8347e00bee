import type { BurrowStore } from "../contract/index.ts";
import { createStore } from "../store/index.ts";
import { MemoryEngine } from "./memory-engine.ts";

/**
 * A store that keeps everything in memory and forgets it with the page: the same contract, for tests and previews.
 * It is only ever used when asked for, never in place of a durable store that could not be opened.
 */
export function createMemoryRuntimeStore(): BurrowStore {
  return createStore(new MemoryEngine());
}
