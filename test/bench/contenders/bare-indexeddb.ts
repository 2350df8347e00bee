import type { OpenStore } from "../contender.ts";

const TABLES = { snapshots: null, receipts: ["run_id", "sequence"], inputs: "input_id" };

/** The least that stores a turn at once: one transaction, strict, six values put whole. It checks and computes nothing. */
export const openBareIndexedDb: OpenStore = async (name) => {
  const database = await openDatabase(name);
  return {
    commit: ({ snapshot, receipt, inputs }) => {
      const transaction = database.transaction(Object.keys(TABLES), "readwrite", { durability: "strict" });
      transaction.objectStore("snapshots").put(snapshot, "agent");
      transaction.objectStore("receipts").put(receipt);
      for (const input of inputs) transaction.objectStore("inputs").put(input);
      transaction.commit();
      return new Promise<void>((resolve, reject) => {
        transaction.oncomplete = () => resolve();
        transaction.onabort = () => reject(transaction.error ?? new Error("the transaction was aborted"));
      });
    },
    load: () =>
      resultOf<Uint8Array | undefined>(database.transaction("snapshots").objectStore("snapshots").get("agent")),
    close: () => {
      database.close();
      return Promise.resolve();
    },
  };
};

function openDatabase(name: string): Promise<IDBDatabase> {
  const opening = indexedDB.open(name);
  opening.onupgradeneeded = () => {
    for (const [table, keyPath] of Object.entries(TABLES)) opening.result.createObjectStore(table, { keyPath });
  };
  return resultOf(opening);
}

function resultOf<T>(request: IDBRequest): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result as T);
    request.onerror = () => reject(request.error ?? new Error("the request failed"));
  });
}
