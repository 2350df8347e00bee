export { deleteIndexedDbRuntimeStore, openIndexedDbRuntimeStore } from "./open-store.ts";
export type { IndexedDbOptions } from "./open-store.ts";
