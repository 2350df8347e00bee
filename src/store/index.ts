import type { BurrowStore } from "../contract/index.ts";
import type { Engine } from "../engine/index.ts";
import { EngineStore } from "./engine-store.ts";

/** A store over an engine, which it closes when it is closed. */
export function createStore(engine: Engine): BurrowStore {
  return new EngineStore(engine);
}
