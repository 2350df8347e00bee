/** Opens a database with these tables, each with its key path. */
export function openDatabase(name: string, tables: Readonly<Record<string, string | string[] | null>>) {
  const opening = indexedDB.open(name);
  opening.onupgradeneeded = () => {
    for (const [table, keyPath] of Object.entries(tables)) opening.result.createObjectStore(table, { keyPath });
  };
  return resultOf<IDBDatabase>(opening);
}

/** Resolves when a transaction is complete. */
export function ended(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error("the transaction was aborted"));
  });
}

export function resultOf<T>(request: IDBRequest): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result as T);
    request.onerror = () => reject(request.error ?? new Error("the request failed"));
  });
}
