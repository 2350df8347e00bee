import { openIndexedDbRuntimeStore } from "burrow-store/indexeddb";
import { type WireStore, wireStore } from "burrow-store/wire";

export async function startHost(start: (store: WireStore) => Promise<void>): Promise<void> {
  const store = await openIndexedDbRuntimeStore({ name: "my-host" });
  await start(wireStore(store));
}
