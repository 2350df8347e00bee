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
    await new Demo(root, store, { think, crash: reload, mountInspector }).start();
  } catch (error) {
    await store?.close();
    const loss = isRuntimeStoreError(error) ? error.loss : undefined;
    const label = loss?.code === "database_wiped" ? "Begin anew" : "Go on with what is there";
    const startAnew = { label, act: () => void start(root, () => "start-anew") };
    root.replaceChildren(failureNotice(error, loss ? startAnew : { label: "Try again", act: reload }));
  }
}

/** Takes its time, but not for a runtime that is lost. */
function think(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const lose = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", lose);
      resolve();
    }, THINKING_MILLISECONDS);
    signal?.addEventListener("abort", lose, { once: true });
  });
}
