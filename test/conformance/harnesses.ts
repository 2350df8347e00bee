import type { Harness } from "../../src/conformance/index.ts";
import { deleteIndexedDbRuntimeStore, openIndexedDbRuntimeStore } from "../../src/indexeddb/index.ts";
import { createMemoryRuntimeStore } from "../../src/memory/index.ts";

/** Every store is new, and forgotten when it is closed. */
export const memoryHarness: Harness = {
  capabilities: new Set(["one connection"]),
  open: async () => createMemoryRuntimeStore(),
  destroy: async () => undefined,
};

export const indexedDbHarness = (indexedDB: IDBFactory): Harness => ({
  capabilities: new Set(["reopen", "open twice", "one connection"]),
  open: (name) => openIndexedDbRuntimeStore({ name, indexedDB }),
  destroy: (name) => deleteIndexedDbRuntimeStore(name, { indexedDB }),
});
