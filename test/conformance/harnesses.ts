import type { Harness } from "../../src/conformance/index.ts";
import { deleteIndexedDbRuntimeStore, openIndexedDbRuntimeStore } from "../../src/indexeddb/index.ts";
import { createMemoryRuntimeStore } from "../../src/memory/index.ts";

/** Every store is new, and forgotten when it is closed. */
export const memoryHarness: Harness = {
  capabilities: new Set(["one connection", "leases", "rich values"]),
  open: () => Promise.resolve(createMemoryRuntimeStore()),
  destroy: () => Promise.resolve(),
};

export const indexedDbHarness = (indexedDB: IDBFactory): Harness => ({
  capabilities: new Set([
    "reopen",
    "open twice",
    "one connection",
    ...(globalThis.navigator?.locks ? (["leases"] as const) : []), // Node has them from 24 on
    "rich values",
  ]),
  open: (name) => openIndexedDbRuntimeStore({ name, indexedDB }),
  destroy: (name) => deleteIndexedDbRuntimeStore(name, { indexedDB }),
});
