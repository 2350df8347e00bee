import type { BurrowStore } from "../src/index.ts";
import { promptInput, queuedInputState } from "../src/records/index.ts";
import { type AgentStore, aloneWith, runPendingInputs } from "./agent.ts";
import { scriptedAgent } from "./scripted-agent.ts";

/** The runtime of the conversation that the first visit makes. */
export const SAMPLE_RUNTIME_ID = "sample";

const PROMPTS = ["What is 12 * (7 + 3.5)?", "Roll 2d6 for me", "How many words does this message have?"];

/**
 * Makes the sample conversation with the agent that answers the visitor, unless there ever was one: the revision of a
 * deleted runtime is kept, so a sample that the visitor threw away does not come back.
 */
export async function makeSample(store: AgentStore & Pick<BurrowStore, "atomicLifecycleCommit">): Promise<void> {
  const isAnswered = await aloneWith(SAMPLE_RUNTIME_ID, async () => {
    const { head, revision } = await store.loadRuntime(SAMPLE_RUNTIME_ID);
    if (head || revision > 0) return revision >= PROMPTS.length;
    // All messages in one transaction: a first visit that ends too early leaves a whole sample behind, to be run by the next.
    const inputStates = PROMPTS.map((prompt) => queuedInputState(promptInput(prompt)));
    await store.atomicLifecycleCommit(SAMPLE_RUNTIME_ID, { runtimeState: "idle", inputStates });
    return false;
  });
  // What else is pending, the visitor has sent: that the page shows how it is recovered.
  if (!isAnswered) await runPendingInputs(store, SAMPLE_RUNTIME_ID, scriptedAgent());
}
