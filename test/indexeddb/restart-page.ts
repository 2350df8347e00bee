import { conversationDigest } from "../../src/digest/index.ts";
import { newRunId } from "../../src/index.ts";
import { openIndexedDbRuntimeStore } from "../../src/indexeddb/index.ts";
import { consumedByRun, promptInput, queuedInputState } from "../../src/records/index.ts";
import { appendToSession, assistantMessage, toolResultsMessage, userMessage } from "../../src/session/index.ts";

const RUNTIME = "agent";

const openStore = () => openIndexedDbRuntimeStore({ name: "restart" });

/** Commits turns of four messages, each with its own input and run, and tells what is stored then. */
export async function commitTurns(turns: number) {
  const store = await openStore();
  for (let turn = 0; turn < turns; turn++) {
    const input = queuedInputState(promptInput(`question ${String(turn)}`));
    await store.persistInputState(RUNTIME, input);
    const { revision, sessionSnapshot } = await store.loadRuntime(RUNTIME);
    const call = { id: `call-${String(turn)}`, name: "look_up", args: { turn, exact: 0.1 * turn } };
    const runId = newRunId();
    await store.commitSessionBoundary(RUNTIME, {
      runId,
      boundary: "run_start",
      sessionDelta: {
        sessionSnapshot: appendToSession(sessionSnapshot, [
          userMessage(`question ${String(turn)}`),
          assistantMessage([{ block_type: "tool_use", data: call }]),
          toolResultsMessage([{ tool_use_id: call.id, content: "x".repeat(turn * 2000) }]),
          assistantMessage(`answer ${String(turn)} — 😀`),
        ]),
      },
      contributingInputIds: [input.input_id],
      inputUpdates: [consumedByRun(input, { runId })],
      operationId: input.input_id,
      expectedRevision: revision,
    });
  }
  await store.close();
  return readAll();
}

/** All that is stored, as plain data, with the digest of the stored snapshot computed anew. */
export async function readAll() {
  const store = await openStore();
  const snapshot = (await store.loadSessionSnapshot(RUNTIME)) ?? new Uint8Array();
  const stored = {
    head: await store.loadRuntimeHead(RUNTIME),
    receipts: await store.listBoundaryReceipts(RUNTIME),
    inputStates: await store.listInputStates(RUNTIME),
    snapshot: new TextDecoder("utf-8", { fatal: true }).decode(snapshot),
    sessions: await store.sessions.list(),
    recomputed: conversationDigest(snapshot),
  };
  await store.close();
  return stored;
}
