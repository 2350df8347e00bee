import type { RuntimeLease } from "burrow-store";
import { openIndexedDbRuntimeStore } from "burrow-store/indexeddb";

const store = await openIndexedDbRuntimeStore({ name: "my-app" });

/** Shows the agent, whichever tab has changed it. */
export async function follow(show: (revision: number) => void) {
  const reload = async () => show((await store.loadRuntime("agent")).revision);
  store.subscribe((change) => change.runtimeId === "agent" && void reload());
  await reload();
}

/** Runs the agent in this tab once no other does; `work` ends when the signal is aborted. */
export async function runHere(work: (agent: RuntimeLease, signal: AbortSignal) => Promise<void>, takeOver = false) {
  const agent = await store.acquireRuntime("agent", { steal: takeOver });
  try {
    await work(agent, agent.signal);
  } finally {
    await agent.release();
  }
}
