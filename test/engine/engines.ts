import { IDBFactory } from "fake-indexeddb";
import "fake-indexeddb/auto";
import type { Engine } from "../../src/engine/index.ts";
import { Connection } from "../../src/indexeddb/connection.ts";
import { IndexedDbEngine } from "../../src/indexeddb/indexeddb-engine.ts";
import { Witness } from "../../src/indexeddb/witness.ts";
import { MemoryEngine } from "../../src/memory/memory-engine.ts";

/** A new, empty engine of each kind that runs in Node. */
export const ENGINES: readonly (readonly [name: string, create: () => Engine])[] = [
  ["memory", () => new MemoryEngine()],
  ["IndexedDB", () => indexedDbEngine()],
];

function indexedDbEngine(): Engine {
  const witness = new Witness("engine", false);
  const connection = new Connection({ factory: new IDBFactory(), name: "engine", openTimeout: 10_000 }, witness);
  return new IndexedDbEngine(connection, { durability: "strict", operationTimeout: 60_000 });
}
