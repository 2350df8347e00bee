import { isRuntimeStoreError } from "../src/index.ts";
import { type OnDataLoss, openIndexedDbRuntimeStore } from "../src/indexeddb/index.ts";
import { Demo } from "./app.ts";
import { failureNotice } from "./failure.ts";

const THINKING_MILLISECONDS = 1500;

const root = document.getElementById("app");
if (root) await start(root);

async function start(root: HTMLElement, onDataLoss?: OnDataLoss): Promise<void> {
  const reload = (): void => {
    location.reload();
  };
  try {
    const store = await openIndexedDbRuntimeStore({ name: "burrow-demo", onDataLoss });
    await new Demo(root, store, { thinkingTime: THINKING_MILLISECONDS, reload }).start();
  } catch (error) {
    const startAnew = { label: "Go on with what is there", act: () => void start(root, () => "start-anew") };
    const isLoss = isRuntimeStoreError(error) && error.loss !== undefined;
    root.replaceChildren(failureNotice(error, isLoss ? startAnew : { label: "Try again", act: reload }));
  }
}
