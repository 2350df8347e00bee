import { newRunId } from "burrow-store";
import { openIndexedDbRuntimeStore } from "burrow-store/indexeddb";
import { consumedByRun, promptInput, queuedInputState, recoverInputState } from "burrow-store/records";
import { appendToSession, assistantMessage, userMessage } from "burrow-store/session";

const store = await openIndexedDbRuntimeStore({ name: "my-agent" });

/** Takes in what the user said: once this has resolved, it survives the tab. */
export async function accept(text: string) {
  await store.persistInputState("agent", queuedInputState(promptInput(text)));
}

/** Runs every input that is not done yet. Call it after `accept`, and at start: that is all there is to recovery. */
export async function runPending(callModel: (prompt: string) => Promise<string>) {
  await navigator.locks.request("my-agent", async () => {
    const { pendingInputs } = await store.loadRuntime("agent");
    for (const { state, receipt } of pendingInputs) {
      const { state: input, next } = recoverInputState(state, receipt);
      if (next === "done" || input.persisted_input?.input_type !== "prompt") {
        await store.persistInputState("agent", input);
        continue;
      }
      const prompt = input.persisted_input.text;
      const { revision, sessionSnapshot } = await store.loadRuntime("agent");
      const reply = await callModel(prompt);
      const runId = newRunId();
      await store.commitSessionBoundary("agent", {
        runId,
        boundary: "run_start",
        sessionDelta: { sessionSnapshot: appendToSession(sessionSnapshot, [userMessage(prompt), assistantMessage(reply)]) },
        contributingInputIds: [input.input_id],
        inputUpdates: [consumedByRun(input, { runId })],
        operationId: input.input_id,
        expectedRevision: revision,
      });
    }
  });
}
