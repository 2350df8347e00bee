import type { BurrowStore, InputId } from "../src/index.ts";
import { promptInput, queuedInputState } from "../src/records/index.ts";
import { aloneWith } from "./agent.ts";

/** The runtime of the conversation that the first visit makes. */
export const SAMPLE_RUNTIME_ID = "sample";

const PROMPTS = ["What is 12 * (7 + 3.5)?", "Roll 2d6 for me", "How many words does this question have?"];

/**
 * Accepts the messages of the sample conversation, all or none, unless there ever was one: the revision of a deleted
 * runtime is kept, so a sample that the visitor threw away does not come back.
 * @returns the ids of the inputs that it accepted.
 */
export function acceptSample(store: BurrowStore): Promise<readonly InputId[]> {
  return aloneWith(SAMPLE_RUNTIME_ID, async () => {
    const { head, revision } = await store.loadRuntime(SAMPLE_RUNTIME_ID);
    if (head || revision > 0) return [];
    const inputStates = PROMPTS.map((prompt) => queuedInputState(promptInput(prompt)));
    await store.atomicLifecycleCommit(SAMPLE_RUNTIME_ID, { runtimeState: "idle", inputStates });
    return inputStates.map(({ input_id }) => input_id);
  });
}
