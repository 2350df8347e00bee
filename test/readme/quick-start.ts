import { newRunId } from "burrow-store";
import { openIndexedDbRuntimeStore } from "burrow-store/indexeddb";
import { consumedByRun, promptInput, queuedInputState, recoverInputState } from "burrow-store/records";
import { appendToSession, assistantMessage, userMessage } from "burrow-store/session";

const store = await openIndexedDbRuntimeStore({
  name: "my-app",
  // Asked when the browser has lost what was saved. Left out, or at "refuse", this rejects; `error.loss` tells what is gone.
  onDataLoss: () => (confirm("This browser has lost conversations. Go on without them?") ? "start-anew" : "refuse"),
});

/** Takes in what the user said: once this has resolved, it survives the tab. */
export const accept = (text: string) => store.persistInputState("agent", queuedInputState(promptInput(text)));

/** Runs every input that is not done. Call it after `accept`, and at start: that is all there is to recovery. */
export async function runPending(callModel: (prompt: string) => Promise<string>) {
  const agent = await store.acquireRuntime("agent"); // one tab at a time; a tab that dies lets go
  try {
    for (;;) {
      const { revision, sessionSnapshot, pendingInputs } = await agent.loadRuntime("agent");
      const [pending] = pendingInputs;
      if (!pending) return;
      const { state: input, next } = recoverInputState(pending.state, pending.receipt);
      if (next === "done") {
        await agent.persistInputState("agent", input);
        continue;
      }
      if (input.persisted_input?.input_type !== "prompt") throw new Error("this app takes prompts only");
      const prompt = input.persisted_input.text;
      const turn = [userMessage(prompt), assistantMessage(await callModel(prompt))];
      const runId = newRunId();
      await agent.commitSessionBoundary("agent", {
        runId,
        boundary: "run_start",
        sessionDelta: { sessionSnapshot: appendToSession(sessionSnapshot, turn) },
        contributingInputIds: [input.input_id],
        inputUpdates: [consumedByRun(input, { runId })],
        operationId: input.input_id,
        expectedRevision: revision,
      });
    }
  } finally {
    await agent.release();
  }
}
