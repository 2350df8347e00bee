import { conversationDigest } from "../../src/digest/index.ts";
import { type BurrowStore, newRunId, newSessionId } from "../../src/index.ts";
import { consumedByRun, promptInput, queuedInputState } from "../../src/records/index.ts";
import { assistantMessage, encodeSession, newSession, userMessage } from "../../src/session/index.ts";
import { randomText } from "../faults/random-text.ts";
import type { Event, Turns } from "./crash-events.ts";

/** The one runtime of the pages that are killed. */
export const RUNTIME = "agent";

const QUEUE_EVERY = 3;
const DIGEST_UP_TO = 1_000_000;

/** How the page tells; resolves when it was heard. */
type Say = (event: Event) => Promise<void>;

/**
 * Commits turn after turn, saying each before and after. It does not wait to be heard, but for the answer before the last:
 * Firefox, left to itself, had 13 commits on the disk of which its server had heard nothing. Each turn has one input, which every third turn is stored before it; and
 * another conversation of the same size, of which every second one keeps the first half of the one before.
 */
export async function commitTurns(store: BurrowStore, turns: Turns, say: Say): Promise<void> {
  const head = await store.loadRuntimeHead(RUNTIME);
  const id = head?.session_id ?? newSessionId();
  let revision = head?.revision ?? 0;
  await say({ event: "opened", revision });
  let text = "";
  let heard: Promise<unknown> = Promise.resolve();
  for (let turn = 0; turn < (turns.times ?? Infinity); turn++) {
    const kept = turn % 2 === 1 ? text.slice(0, turns.bytes / 2) : "";
    text = kept + randomText(turns.bytes - kept.length);
    const messages = [userMessage("question"), assistantMessage(text)];
    const sessionSnapshot = encodeSession({ ...newSession({ id }), messages });
    const digest = text.length > DIGEST_UP_TO ? undefined : conversationDigest(sessionSnapshot).conversation_digest;
    const input = queuedInputState(promptInput("question"));
    const runId = newRunId();
    const commit = { operation_id: input.input_id, revision: revision + 1 };
    const saying = [heard, say({ event: "asked", ...commit, run_id: runId, digest })];
    if (turn % QUEUE_EVERY === 0) {
      await store.persistInputState(RUNTIME, input);
      saying.push(say({ event: "queued", input_id: input.input_id }));
    }
    const receipt = await store.commitSessionBoundary(RUNTIME, {
      runId,
      boundary: "run_start",
      sessionDelta: { sessionSnapshot },
      contributingInputIds: [input.input_id],
      inputUpdates: [consumedByRun(input, { runId })],
      operationId: input.input_id,
      expectedRevision: revision,
    });
    revision++;
    await Promise.all(saying);
    heard = say({ event: "acknowledged", ...commit, receipt });
  }
  await heard;
}
