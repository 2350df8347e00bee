import { type BurrowStore, newRunId } from "../../src/index.ts";
import { consumedByRun, promptInput, queuedInputState } from "../../src/records/index.ts";
import {
  appendToSession,
  assistantMessage,
  encodeSession,
  newSession,
  toolResultsMessage,
  userMessage,
} from "../../src/session/index.ts";

/** Lets an agent answer prompts, each in a run of its own. */
export async function converse(store: BurrowStore, runtimeId: string, prompts: readonly string[]): Promise<void> {
  for (const prompt of prompts) {
    const state = queuedInputState(promptInput(prompt));
    const runId = newRunId();
    const { sessionSnapshot: earlier, revision } = await store.loadRuntime(runtimeId);
    const sessionSnapshot = appendToSession(earlier ?? encodeSession(newSession({ metadata: { title: prompt } })), [
      userMessage([
        { type: "text", text: prompt },
        { type: "image", media_type: "image/png", source: "inline", data: "AAAA" },
      ]),
      assistantMessage([
        { block_type: "reasoning", data: { text: "I should look it up." } },
        { block_type: "tool_use", data: { id: "call_1", name: "look_up", args: { what: prompt } } },
      ]),
      toolResultsMessage([{ tool_use_id: "call_1", content: "not found", is_error: true }]),
      assistantMessage("I do not know."),
    ]);
    await store.commitSessionBoundary(runtimeId, {
      sessionDelta: { sessionSnapshot },
      runId,
      boundary: "run_start",
      contributingInputIds: [state.input_id],
      inputUpdates: [consumedByRun(state, { runId })],
      operationId: state.input_id,
      expectedRevision: revision,
    });
  }
}
