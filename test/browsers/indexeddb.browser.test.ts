import { expect, test } from "vitest";

test("a transaction over two stores commits and reads back", async () => {
  const name = crypto.randomUUID();
  const opening = indexedDB.open(name, 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore("snapshots");
    opening.result.createObjectStore("receipts");
  };
  const database = await resultOf(opening);

  const writing = database.transaction(["snapshots", "receipts"], "readwrite");
  writing.objectStore("snapshots").put(new Uint8Array([1, 2, 3]), "a");
  writing.objectStore("receipts").put({ sequence: 0 }, "a");
  await completionOf(writing);

  const reading = database.transaction(["snapshots", "receipts"], "readonly");
  const [snapshot, receipt] = await Promise.all([
    resultOf<unknown>(reading.objectStore("snapshots").get("a")),
    resultOf<unknown>(reading.objectStore("receipts").get("a")),
  ]);
  expect(snapshot).toEqual(new Uint8Array([1, 2, 3]));
  expect(receipt).toEqual({ sequence: 0 });

  database.close();
  await resultOf(indexedDB.deleteDatabase(name));
});

function resultOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => {
      resolve(request.result);
    };
    request.onerror = () => {
      reject(request.error ?? new Error("the request failed"));
    };
  });
}

function completionOf(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => {
      resolve();
    };
    transaction.onabort = () => {
      reject(transaction.error ?? new Error("the transaction was aborted"));
    };
  });
}
