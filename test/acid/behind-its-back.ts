// What a page does to the databases of its origin without asking the store.

/** Every database of the origin, and its version. */
export async function versions(): Promise<Record<string, number>> {
  const databases = await indexedDB.databases();
  return Object.fromEntries(databases.map(({ name = "", version = 0 }) => [name, version]));
}

/** Opens a database at its first version, as a tab with old code does, and keeps it open, deaf to `versionchange`. */
export async function hold(name: string): Promise<void> {
  held.push(await open(name, 1));
}

const held: IDBDatabase[] = [];

/** Changes one character of every copy of a text that any value of any database holds; gives how many there were. */
export async function spoil(sample: string): Promise<number> {
  let spoilt = 0;
  for (const name of Object.keys(await versions())) {
    const database = await open(name);
    for (const table of database.objectStoreNames) {
      const { transaction, objectStore } = begin(database, table);
      const cursors = objectStore.openCursor();
      cursors.onsuccess = () => {
        const cursor = cursors.result;
        if (!cursor) return;
        const place = { value: cursor.value as unknown };
        const count = spoilIn(place, sample);
        if (count > 0) cursor.update(place.value);
        spoilt += count;
        cursor.continue();
      };
      await completionOf(transaction);
    }
    database.close();
  }
  return spoilt;
}

/** Changes the text wherever it is, in strings, bytes, and whatever holds them, in place. */
function spoilIn(holder: object, sample: string): number {
  let count = 0;
  for (const [name, value] of Object.entries(holder) as [string, unknown][]) {
    if (typeof value === "string" && value.includes(sample)) {
      (holder as Record<string, unknown>)[name] = value.replaceAll(sample, spoilText(sample));
      count++;
    } else if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) {
      count += spoilBytes(bytesOf(value), sample);
    } else if (typeof value === "object" && value !== null) {
      count += spoilIn(value, sample);
    }
  }
  return count;
}

/** The lowest bit of its first character. */
function spoilText(sample: string): string {
  return String.fromCharCode(sample.charCodeAt(0) ^ 1) + sample.slice(1);
}

function spoilBytes(bytes: Uint8Array, sample: string): number {
  // One character a byte: places in this text are places in the bytes.
  const place = new TextDecoder("latin1").decode(bytes).indexOf(sample);
  if (place >= 0) bytes[place] = (bytes[place] ?? 0) ^ 1;
  return place >= 0 ? 1 : 0;
}

function bytesOf(value: ArrayBuffer | ArrayBufferView): Uint8Array {
  return value instanceof ArrayBuffer
    ? new Uint8Array(value)
    : new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

function begin(database: IDBDatabase, table: string) {
  const transaction = database.transaction(table, "readwrite");
  return { transaction, objectStore: transaction.objectStore(table) };
}

function completionOf(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error("the transaction was aborted"));
  });
}

function open(name: string, version?: number): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, version);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("the database did not open"));
  });
}
