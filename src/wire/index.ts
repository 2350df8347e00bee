export type { WirePendingInput, WireReceipt, WireRuntime, WireStore } from "./wire-contract.ts";
export { wireStore } from "./wire-store.ts";
