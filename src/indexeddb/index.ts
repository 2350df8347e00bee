export { deleteIndexedDbRuntimeStore, openIndexedDbRuntimeStore } from "./open-store.ts";
export type { IndexedDbOptions } from "./open-store.ts";
export { requestPersistence, storageReport } from "./storage-report.ts";
export type { StorageReport } from "./storage-report.ts";
