import { hostRuntimeStore } from "burrow-store/host";
import { openIndexedDbRuntimeStore } from "burrow-store/indexeddb";

const store = openIndexedDbRuntimeStore({ name: "shared worker" });

addEventListener("connect", (event) => {
  const [port] = (event as MessageEvent).ports;
  if (port) hostRuntimeStore(store, port);
});
