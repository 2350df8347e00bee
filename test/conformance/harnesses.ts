import type { Harness } from "../../src/conformance/index.ts";
import { deleteIndexedDbRuntimeStore, openIndexedDbRuntimeStore } from "../../src/indexeddb/index.ts";
import { createMemoryRuntimeStore } from "../../src/memory/index.ts";

/** Whether a durable store has leases here: it needs Web Locks, which Node has from 24 on. */
export const HAS_LEASES = globalThis.navigator?.locks !== undefined;

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
    ...(HAS_LEASES ? (["leases"] as const) : []),
    "rich values",
  ]),
  open: (name) => openIndexedDbRuntimeStore({ name, indexedDB }),
  destroy: (name) => deleteIndexedDbRuntimeStore(name, { indexedDB }),
});
