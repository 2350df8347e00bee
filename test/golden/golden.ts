import {
  boundary,
  conversation,
  delta,
  eventInputState,
  fullInputState,
  inputId,
  inputState,
  opsSnapshot,
  receipt,
  runId,
  sessionId,
} from "../../src/conformance/samples.ts";
import type { BurrowStore, RuntimeDump } from "../../src/contract/index.ts";

const AT = 1_735_787_045_678;
const HELLO_DIGEST = "e920b204bce6401c9e1a506f434853899fabada37ae5ad9033d8937eda0ba853";

/**
 * What `archive-v1.ndjson` holds, which must be imported for ever. It was written once, by `exportArchive` of the version that
 * brought archives, from a store in memory that was furnished with these dumps by `restoreRuntime`; as the same content gives the
 * same bytes, `exportArchive` of a store so furnished writes the file again. Neither of the two is ever changed: a new version of
 * the format gets a file of its own beside it.
 */
export const GOLDEN_DUMPS: readonly RuntimeDump[] = [fullRuntime(), bareRuntime(), movedRuntime()];

export async function furnishGolden(store: BurrowStore): Promise<void> {
  for (const dump of GOLDEN_DUMPS) await store.restoreRuntime(dump);
}

/** All that a runtime can have. */
function fullRuntime(): RuntimeDump {
  const session_snapshot = conversation(sessionId(1), "hello");
  const ofSession = { session_id: sessionId(1), conversation_digest: HELLO_DIGEST, message_count: 1 };
  const minted = receipt({
    boundary: "run_start",
    contributing_input_ids: [inputId(1)],
    conversation_digest: HELLO_DIGEST,
    message_count: 1,
  });
  const brought = receipt({ run_id: runId(2), sequence: 5, boundary: "run_checkpoint" });
  return {
    runtime_id: "agent é 😀",
    head: {
      runtime_id: "agent é 😀",
      revision: 4,
      ...ofSession,
      byte_length: session_snapshot.length,
      run_id: runId(2),
      sequence: 5,
      committed_at: AT + 1,
    },
    lease_epoch: 3,
    runtime_state: "running",
    ops_lifecycle: opsSnapshot(1),
    input_states: [
      inputState(1, { current_state: "queued", last_run_id: runId(1), last_boundary_sequence: 0 }),
      fullInputState(2),
      eventInputState(3, { big: 2n ** 63n, at: new Date(5), map: new Map([["a", new Set([1])]]), none: undefined }),
      eventInputState(4, { plain: [1, 2.5, "text", null, true, { nested: [] }] }),
    ],
    receipts: [
      {
        receipt: minted,
        revision: 3,
        committed_at: AT,
        minted: true,
        operation_id: "operation 1",
        byte_length: session_snapshot.length,
      },
      { receipt: brought, revision: 4, committed_at: AT + 1, minted: false },
    ],
    session_snapshot,
    sessions: [{ session_id: sessionId(1), owned: true }],
  };
}

function bareRuntime(): RuntimeDump {
  const head = { runtime_id: "bare", revision: 0 };
  return { runtime_id: "bare", head, runtime_state: "idle", input_states: [], receipts: [], sessions: [] };
}

/** One whose session was saved by hand since, and which wrote another one before. */
function movedRuntime(): RuntimeDump {
  const { head, receipts, lease_epoch, ops_lifecycle, ...rest } = fullRuntime();
  const { sessionDelta } = boundary({ sessionDelta: delta(conversation(sessionId(2), "hello")) });
  return {
    ...rest,
    runtime_id: "moved",
    head: { ...head, runtime_id: "moved", session_id: sessionId(2) },
    input_states: [],
    receipts,
    session_snapshot: sessionDelta.sessionSnapshot as Uint8Array<ArrayBuffer>,
    sessions: [
      { session_id: sessionId(2), owned: false, snapshot: conversation(sessionId(2), "hello", "by hand") },
      { session_id: sessionId(3), owned: true, snapshot: conversation(sessionId(3), "before") },
    ],
  };
}
