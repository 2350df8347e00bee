import { openIndexedDbRuntimeStore } from "../src/indexeddb/index.ts";
import { Demo } from "./app.ts";
import { failureNotice } from "./failure.ts";

const THINKING_MILLISECONDS = 1500;

const root = document.getElementById("app");
if (root) await start(root);

async function start(root: HTMLElement): Promise<void> {
  const reload = (): void => {
    location.reload();
  };
  try {
    const store = await openIndexedDbRuntimeStore({ name: "burrow-demo" });
    await new Demo(root, store, { thinkingTime: THINKING_MILLISECONDS, reload }).start();
  } catch (error) {
    root.replaceChildren(failureNotice(error, { label: "Try again", act: reload }));
  }
}
