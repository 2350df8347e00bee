import { openIndexedDbRuntimeStore } from "burrow-store/indexeddb";
import { type Inspector, mountInspector } from "burrow-store/inspector";

const store = await openIndexedDbRuntimeStore({ name: "my-app" });
let inspector: Inspector | undefined;

/** F9 shows what the app has stored, below everything else, and hides it again. */
addEventListener("keydown", ({ key }) => {
  if (key !== "F9") return;
  inspector?.unmount();
  inspector = inspector ? undefined : mountInspector(document.body, store);
});
