import { type BurrowStore, isRuntimeStoreError } from "../src/index.ts";
import { promptInput, queuedInputState } from "../src/records/index.ts";
import type { ContentBlock } from "../src/records/index.ts";
import { type AgentStore, runPendingInputs } from "./agent.ts";
import { finishedOperation } from "./sample-operation.ts";
import { scriptedAgent } from "./scripted-agent.ts";

/** The runtime of the conversation that the first visit makes. */
export const SAMPLE_RUNTIME_ID = "sample";

const PICTURE =
  "iVBORw0KGgoAAAANSUhEUgAAADAAAAAwAgMAAAAqbBEUAAAACVBMVEWKSh/27+Y6IRB7XIA8AAAAYklEQVR42t3OsQ2AIBCFYSwYgX0YgcKfwhHYhxEsfFMaBMREW2Piq+5L3l3OmM8CY3Yw93kC8A22IIzW6HHkstKXbEW4w0Ha+gVHlHIDLNLazkGSthOS9IhYkKkPNPh/4LXsrwRxNUOambYAAAAASUVORK5CYII=";

const PROMPTS: readonly (string | readonly ContentBlock[])[] = [
  "Plan a weekend in Lisbon",
  [
    { type: "text", text: "What is in this picture?" },
    { type: "image", media_type: "image/png", source: "inline", data: PICTURE },
  ],
  "What is 12 / 0?",
];

/** What it takes to make the sample. */
export type SampleStore = AgentStore &
  Pick<BurrowStore, "atomicLifecycleCommit" | "loadInputStates" | "persistOpsLifecycle">;

/**
 * Makes the sample conversation with the agent that answers the visitor, unless there ever was one: the revision of a
 * deleted runtime is kept, so a sample that the visitor threw away does not come back. Another tab that is at it is left alone.
 */
export async function makeSample(store: BurrowStore): Promise<void> {
  const { head, revision } = await store.loadRuntime(SAMPLE_RUNTIME_ID);
  if (head || revision > 0) return;
  try {
    const lease = await store.acquireRuntime(SAMPLE_RUNTIME_ID, { mode: "refuse" });
    await fillSample(lease).finally(() => lease.release());
  } catch (error) {
    const code = isRuntimeStoreError(error) ? error.code : undefined;
    if (code === "unsupported") await fillSample(store);
    else if (code !== "lease_held" && code !== "lease_lost") throw error;
  }
}

/** Does what makes the sample, where nobody has; ended too early, it leaves messages that are accepted, for the page to run. */
export async function fillSample(store: SampleStore): Promise<void> {
  if ((await store.loadInputStates(SAMPLE_RUNTIME_ID)).length > 0) return;
  // All messages in one transaction: a first visit that ends too early leaves a whole sample behind.
  const inputStates = PROMPTS.map((prompt) => queuedInputState(promptInput(prompt)));
  await store.atomicLifecycleCommit(SAMPLE_RUNTIME_ID, { runtimeState: "idle", inputStates });
  await runPendingInputs(store, SAMPLE_RUNTIME_ID, scriptedAgent());
  const session = (await store.loadRuntime(SAMPLE_RUNTIME_ID)).head?.session_id;
  if (session) await store.persistOpsLifecycle(SAMPLE_RUNTIME_ID, finishedOperation(session));
}
