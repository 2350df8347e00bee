import localforage from "localforage";
import type { OpenStore } from "../contender.ts";

/** It has a transaction for each value, and nothing that closes it: opened again, it still has its first connection. */
export const openLocalForage: OpenStore = async (name) => {
  const store = localforage.createInstance({ name, storeName: "agents", driver: localforage.INDEXEDDB });
  await store.ready();
  return {
    commit: ({ snapshot, receipt, inputs }) =>
      Promise.all([
        store.setItem("snapshot", snapshot),
        store.setItem(`receipt ${receipt.run_id} ${receipt.sequence}`, receipt),
        ...inputs.map((input) => store.setItem(`input ${input.input_id}`, input)),
      ]),
    load: async () => (await store.getItem<Uint8Array>("snapshot")) ?? undefined,
    close: () => Promise.resolve(),
  };
};
