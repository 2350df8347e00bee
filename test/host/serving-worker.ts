import { hostRuntimeStore } from "burrow-store/host";
import { openIndexedDbRuntimeStore } from "burrow-store/indexeddb";

// As a worker that awaits its store first: what is posted to it meanwhile is lost.
const store = await openIndexedDbRuntimeStore({ name: "serving worker" });
hostRuntimeStore(store, self);
