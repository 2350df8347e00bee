import { connectRuntimeStore, transfer } from "burrow-store/host";

const worker = new Worker(new URL("./store-worker.ts", import.meta.url), { type: "module" });
export const store = await connectRuntimeStore(worker);

/** Saves bytes that the page needs no more: they move to the worker instead of being copied. */
export const save = (snapshot: Uint8Array) => store.sessions.save(transfer(snapshot));
