import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { Adapter } from "../adapter.ts";

interface Tables extends DBSchema {
  snapshots: { key: string; value: string };
  receipts: { key: string; value: number };
}

/** The second version of an app's database. */
const VERSION = 2;

export const openIdb: Adapter = async (name) => {
  const database = await new Promise<IDBPDatabase<Tables>>((resolve, reject) => {
    const opening = openDB<Tables>(name, VERSION, {
      upgrade(database) {
        database.createObjectStore("snapshots");
        database.createObjectStore("receipts");
      },
      blocked: () => reject(new Error("blocked by an older version")),
    });
    opening.then(resolve, reject);
  });
  return {
    save(key, { snapshot, receipt }) {
      const transaction = database.transaction(["snapshots", "receipts"], "readwrite");
      return Promise.all([
        transaction.objectStore("snapshots").put(snapshot, key),
        transaction.objectStore("receipts").put(receipt, key),
        transaction.done,
      ]);
    },
    async load(key) {
      const transaction = database.transaction(["snapshots", "receipts"]);
      const [snapshot, receipt] = await Promise.all([
        transaction.objectStore("snapshots").get(key),
        transaction.objectStore("receipts").get(key),
        transaction.done,
      ]);
      return { ...(snapshot === undefined ? {} : { snapshot }), ...(receipt === undefined ? {} : { receipt }) };
    },
  };
};
