import { hostRuntimeStore } from "burrow-store/host";
import { openIndexedDbRuntimeStore } from "burrow-store/indexeddb";

hostRuntimeStore(openIndexedDbRuntimeStore({ name: "my-app" }), self);
