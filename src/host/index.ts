export { transfer } from "./captured-arguments.ts";
export { connectRuntimeStore } from "./client.ts";
export { hostRuntimeStore } from "./host.ts";
export type { StorePort } from "./protocol.ts";
