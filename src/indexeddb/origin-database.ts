import { type IDBPDatabase, wrap } from "idb";

/** The database in which the tabs of an origin keep what concerns all of them; in Chromium alone. */
const NAME = "burrow-store origin";

/** The marks of the tabs that may be writing: `{ tab_id }`. */
export const TABS = "tabs";
/** Rows that are written for their bytes alone, and removed again. */
export const BALLAST = "ballast";

/** Does something with the origin's own database, which is made where it is not there. */
export async function inOriginDatabase<T>(
  factory: IDBFactory,
  work: (database: IDBPDatabase) => Promise<T>,
): Promise<T> {
  const request = factory.open(NAME, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(TABS, { keyPath: "tab_id" });
    request.result.createObjectStore(BALLAST, { autoIncrement: true });
  };
  const database = (await wrap(request)) as IDBPDatabase;
  try {
    return await work(database);
  } finally {
    database.close();
  }
}

/** Whether any tab has ever made it. */
export async function isOriginDatabaseThere(factory: IDBFactory): Promise<boolean> {
  return (await factory.databases()).some(({ name }) => name === NAME);
}
