/** This realm's IndexedDB as another factory, which does some things in its own way: another tab's would be another one too. */
export const anotherFactory = (own: Partial<IDBFactory> = {}): IDBFactory => ({
  open: (name, version) => indexedDB.open(name, version),
  deleteDatabase: (name) => indexedDB.deleteDatabase(name),
  cmp: (a, b) => indexedDB.cmp(a, b),
  databases: () => indexedDB.databases(),
  ...own,
});
