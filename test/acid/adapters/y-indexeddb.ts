import { fetchUpdates, IndexeddbPersistence } from "y-indexeddb";
import { Doc } from "yjs";
import type { Adapter } from "../adapter.ts";

/**
 * Nothing tells when a change is stored. `fetchUpdates` reads the updates in a transaction that waits for the one which
 * wrote this change: once it has resolved, that one is over.
 */
export const openYIndexedDb: Adapter = async (name) => {
  const doc = new Doc();
  const persistence = new IndexeddbPersistence(name, doc);
  await persistence.whenSynced;
  const snapshots = doc.getMap<string>("snapshots");
  const receipts = doc.getMap<number>("receipts");
  return {
    async save(key, { snapshot, receipt }) {
      doc.transact(() => {
        snapshots.set(key, snapshot);
        receipts.set(key, receipt);
      });
      await fetchUpdates(persistence);
    },
    load(key) {
      const [snapshot, receipt] = [snapshots.get(key), receipts.get(key)];
      return Promise.resolve({
        ...(snapshot === undefined ? {} : { snapshot }),
        ...(receipt === undefined ? {} : { receipt }),
      });
    },
  };
};
