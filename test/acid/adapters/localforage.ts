import localforage from "localforage";
import type { Adapter } from "../adapter.ts";

/** It writes one value at a time: the receipt, which proves the snapshot, comes behind it. */
export const openLocalForage: Adapter = async (name) => {
  const store = localforage.createInstance({ name, storeName: "agents", driver: localforage.INDEXEDDB });
  await store.ready();
  return {
    async save(key, { snapshot, receipt }) {
      await store.setItem(`${key}/snapshot`, snapshot);
      await store.setItem(`${key}/receipt`, receipt);
    },
    async load(key) {
      const snapshot = await store.getItem<string>(`${key}/snapshot`);
      const receipt = await store.getItem<number>(`${key}/receipt`);
      return { ...(snapshot === null ? {} : { snapshot }), ...(receipt === null ? {} : { receipt }) };
    },
  };
};
