import { asOperationId, newRunId, type SessionId } from "../src/index.ts";
import type { PersistedOpsSnapshot } from "../src/records/index.ts";

/** What a runtime keeps of the background work that a tool has done: here of one operation, which is over and was told of. */
export function finishedOperation(session: SessionId): PersistedOpsSnapshot {
  const id = asOperationId(newRunId());
  const kind = "background_tool_op";
  const display_name = "Watch the price of the train";
  const outcome = { id, content: "It has not changed.", is_error: false, duration_ms: 840, tokens_used: 0 };
  const terminal_outcome = { outcome_type: "completed", ...outcome } as const;
  return {
    epoch_id: newRunId(),
    authority_state: {
      operations: {
        [id]: {
          status: "completed",
          kind,
          peer_ready: false,
          progress_count: 1,
          watcher_count: 0,
          terminal_outcome,
          terminal_buffered: true,
        },
      },
      completed_order: [id],
      max_completed: 256,
      max_concurrent: 4,
      active_count: 0,
      wait_request_id: null,
      wait_operation_ids: [],
      next_completion_seq: 2,
    },
    operation_specs: {
      [id]: {
        id,
        kind,
        owner_session_id: session,
        display_name,
        source_label: "find_trip",
        child_session_id: null,
        expect_peer_channel: false,
      },
    },
    completion_entries: [
      { seq: 1, operation_id: id, kind, display_name, terminal_outcome, completed_at_ms: Date.now() },
    ],
    cursors: { agent_applied_cursor: 1, runtime_observed_seq: 1, runtime_last_injected_seq: 1 },
  };
}
