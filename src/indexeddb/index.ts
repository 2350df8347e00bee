export { deleteIndexedDbRuntimeStore, openIndexedDbRuntimeStore } from "./open-store.ts";
export type { IndexedDbOptions } from "./open-store.ts";
export type { DataLossDecision, OnDataLoss } from "./open-witnessed.ts";
export { listIndexedDbRuntimeStores } from "./list-stores.ts";
export { requestPersistence, storageReport } from "./storage-report.ts";
export type { StorageReport } from "./storage-report.ts";
export type { WitnessStorage } from "./witness-storage.ts";
