import { RuntimeStoreError } from "../core/errors.ts";
import { TABLES } from "../engine/index.ts";
import { fromBrowserError } from "./browser-errors.ts";

/**
 * The names of all stores of the page's origin, sorted. Databases of others are looked at and never changed, and none is made;
 * one that is being upgraded meanwhile is left out.
 * @throws {RuntimeStoreError} `unsupported` without IndexedDB, or where it cannot list; `database_unavailable`.
 */
export async function listIndexedDbRuntimeStores(
  options: { readonly indexedDB?: IDBFactory | undefined } = {},
): Promise<string[]> {
  const factory = options.indexedDB ?? (globalThis as { readonly indexedDB?: IDBFactory }).indexedDB;
  if (!factory?.databases) throw new RuntimeStoreError("unsupported", "this browser cannot list its databases");
  const databases = await factory.databases().catch((error: unknown) => {
    throw fromBrowserError(error, "listing the databases");
  });
  const names = databases.flatMap(({ name }) => name ?? []);
  const stores = await Promise.all(names.map(async (name) => ((await isStore(factory, name)) ? [name] : [])));
  return stores.flat().sort();
}

function isStore(factory: IDBFactory, name: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = factory.open(name);
    // It was deleted since it was listed, and must not come back.
    request.onupgradeneeded = () => request.transaction?.abort();
    request.onblocked = () => resolve(false);
    request.onerror = (event) => {
      event.preventDefault();
      resolve(false);
    };
    request.onsuccess = () => {
      const tables = request.result.objectStoreNames;
      request.result.close();
      resolve(Object.keys(TABLES).some((table) => tables.contains(table)));
    };
  });
}
