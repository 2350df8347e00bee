import { type BurrowStore, isRuntimeStoreError } from "../src/index.ts";
import { type OnDataLoss, openIndexedDbRuntimeStore } from "../src/indexeddb/index.ts";
import { mountInspector } from "../src/inspector/index.ts";
import { Demo } from "./app.ts";
import { failureNotice } from "./failure.ts";

const THINKING_MILLISECONDS = 1000;

const root = document.getElementById("app");
if (root) await start(root);

async function start(root: HTMLElement, onDataLoss?: OnDataLoss): Promise<void> {
  const reload = (): void => {
    location.reload();
  };
  let store: BurrowStore | undefined;
  try {
    store = await openIndexedDbRuntimeStore({ name: "burrow-demo", onDataLoss });
    await new Demo(root, store, { thinkingTime: THINKING_MILLISECONDS, crash: reload, mountInspector }).start();
  } catch (error) {
    await store?.close();
    const loss = isRuntimeStoreError(error) ? error.loss : undefined;
    const label = loss?.code === "database_wiped" ? "Begin anew" : "Go on with what is there";
    const startAnew = { label, act: () => void start(root, () => "start-anew") };
    root.replaceChildren(failureNotice(error, loss ? startAnew : { label: "Try again", act: reload }));
  }
}
