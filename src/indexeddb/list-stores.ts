import { RuntimeStoreError } from "../core/errors.ts";
import { fromBrowserError } from "./browser-errors.ts";
import { isOurs } from "./open-database.ts";
import { factoryOf } from "./open-store.ts";

/** How long to wait for each database, in milliseconds: another tab's upgrade can hold it up for as long as it likes. */
const LOOK_TIMEOUT = 2_000;

/**
 * The names of all stores of the page's origin, sorted. Databases of others are looked at and never changed, and none is made;
 * one that another tab holds up for two seconds is left out.
 * @throws {RuntimeStoreError} `unsupported` without IndexedDB, or where it cannot list; `database_unavailable`.
 */
export async function listIndexedDbRuntimeStores(
  options: { readonly indexedDB?: IDBFactory | undefined } = {},
): Promise<string[]> {
  const factory = factoryOf(options.indexedDB);
  if ((factory as Partial<IDBFactory>).databases === undefined)
    throw new RuntimeStoreError("unsupported", "this browser cannot list its databases");
  const databases = await factory.databases().catch((error: unknown) => {
    throw fromBrowserError(error, "listing the databases");
  });
  const names = databases.flatMap(({ name }) => name ?? []);
  const stores = await Promise.all(
    names.map(async (name) => ((await isOurs({ factory, name, openTimeout: LOOK_TIMEOUT })) ? [name] : [])),
  );
  return stores.flat().sort();
}
