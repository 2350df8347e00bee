import type { AtomicApply, RuntimeDump, SessionBoundary, SessionDelta } from "../contract/index.ts";
import { asInputId, asOperationId, asRunId, asSessionId } from "../core/ids.ts";
import type { InputId, OperationId, RunId, SessionId } from "../core/ids.ts";
import type { InputState, PersistedOpsSnapshot, RunBoundaryReceipt } from "../records/index.ts";

// Plain wire records and JSON text: the laws share no code with the makers and parsers of the library that they judge.

const uuid = (family: string, n: number): string => `${family}-0000-7000-8000-${n.toString(16).padStart(12, "0")}`;
export const runId = (n: number): RunId => asRunId(uuid("0197a000", n));
export const inputId = (n: number): InputId => asInputId(uuid("0197b000", n));
export const sessionId = (n: number): SessionId => asSessionId(uuid("0197c000", n));
export const opsId = (n: number): OperationId => asOperationId(uuid("0197d000", n));

/** Every spelling of a UUID that the native runtime reads, besides the canonical one. */
export const spellingsOf = (id: string): string[] => [
  id.toUpperCase(),
  id.replaceAll("-", ""),
  `{${id}}`,
  `urn:uuid:${id}`,
  `urn:uuid:${id.toUpperCase()}`,
];

/** An accepted input in the wire's canonical form. */
export const inputState = (n: number, members: Partial<InputState> = {}): InputState => ({
  input_id: inputId(n),
  current_state: "accepted",
  attempt_count: 0,
  recovery_count: 0,
  created_at: "2025-01-02T03:04:05.678Z",
  updated_at: "2025-01-02T03:04:05.678Z",
  ...members,
});

/** An input state with every member present, as the native runtime leaves one behind. */
export const fullInputState = (n: number, members: Partial<InputState> = {}): InputState =>
  inputState(n, {
    current_state: "abandoned",
    policy: {
      version: 1,
      decision: {
        apply_mode: "stage_run_start",
        wake_mode: "wake_if_idle",
        queue_mode: "fifo",
        consume_point: "on_run_complete",
        drain_policy: "queue_next_turn",
        routing_disposition: "queue",
        record_transcript: true,
        emit_operator_content: true,
        policy_version: 1,
      },
    },
    terminal_outcome: { outcome_type: "abandoned", reason: { max_attempts_exhausted: { attempts: 3 } } },
    durability: "durable",
    idempotency_key: "key é 😀",
    attempt_count: 3,
    recovery_count: 1,
    history: [
      { timestamp: "2025-01-02T03:04:05Z", from: "accepted", to: "queued", reason: "QueueAccepted" },
      { timestamp: "2025-01-02T03:04:05.123456789Z", from: "queued", to: "abandoned" },
    ],
    reconstruction_source: { source_type: "coalescing", source_input_ids: [inputId(90), inputId(91)] },
    persisted_input: {
      input_type: "prompt",
      header: {
        id: inputId(n),
        timestamp: "2025-01-02T03:04:05Z",
        source: { type: "operator" },
        durability: "durable",
        visibility: { transcript_eligible: true, operator_eligible: true },
        idempotency_key: "key é 😀",
      },
      text: "Say hello.",
      blocks: [{ type: "text", text: "Say hello." }],
      turn_metadata: { model: "m", provider_params: { temperature: 0.5, stop: ["\n"] } },
    },
    last_run_id: runId(70),
    last_boundary_sequence: 7,
    updated_at: "2025-01-02T03:04:06.000000001Z",
    ...members,
  });

/** An input state whose payload carries `payload` as an external event's free-form part. */
export const eventInputState = (n: number, payload: unknown): InputState =>
  inputState(n, {
    persisted_input: {
      input_type: "external_event",
      header: {
        id: inputId(n),
        timestamp: "2025-01-02T03:04:05Z",
        source: { type: "external", source_name: "webhook" },
        durability: "durable",
        visibility: { transcript_eligible: true, operator_eligible: true },
      },
      event_type: "order.placed",
      payload,
      handling_mode: "queue",
    },
  });

export const EMPTY_DIGEST = "4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945";

/** A receipt that a caller brings, with a digest of its own. */
export const receipt = (members: Partial<RunBoundaryReceipt> = {}): RunBoundaryReceipt => ({
  run_id: runId(1),
  boundary: "run_start",
  contributing_input_ids: [],
  conversation_digest: "the caller's word",
  message_count: 3,
  sequence: 0,
  ...members,
});

export const opsSnapshot = (n: number): PersistedOpsSnapshot => ({
  epoch_id: opsId(1000 + n),
  authority_state: {
    operations: {
      [opsId(1)]: {
        status: "completed",
        kind: "background_tool_op",
        peer_ready: false,
        progress_count: 2,
        watcher_count: 0,
        terminal_outcome: {
          outcome_type: "completed",
          id: opsId(1),
          content: "done",
          is_error: false,
          duration_ms: 12,
          tokens_used: 34,
        },
        terminal_buffered: true,
      },
    },
    completed_order: [opsId(1)],
    max_completed: 256,
    max_concurrent: 4,
    active_count: 0,
    wait_request_id: opsId(2000),
    wait_operation_ids: [opsId(1)],
    next_completion_seq: 2,
  },
  operation_specs: {
    [opsId(1)]: {
      id: opsId(1),
      kind: "background_tool_op",
      owner_session_id: sessionId(1),
      display_name: "build",
      source_label: "shell",
      child_session_id: sessionId(2),
      expect_peer_channel: false,
    },
  },
  completion_entries: [
    {
      seq: 1,
      operation_id: opsId(1),
      kind: "background_tool_op",
      display_name: "build",
      terminal_outcome: { outcome_type: "terminated", reason: "owner went away" },
      completed_at_ms: 1_735_787_045_678,
    },
  ],
  cursors: { agent_applied_cursor: n, runtime_observed_seq: 3, runtime_last_injected_seq: 2 },
});

export const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
export const textOf = (bytes: Uint8Array): string =>
  new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);

export interface SessionParts {
  /** The text of the `messages` member. */
  readonly messages?: string;
  readonly metadata?: string;
  readonly usage?: string;
  /** Milliseconds since the epoch. */
  readonly createdAt?: number;
  readonly updatedAt?: number;
}

/** A session snapshot's text in the native runtime's canonical form, if its parts are. */
export function sessionText(id: string, parts: SessionParts = {}): string {
  const usage = '{"input_tokens":0,"output_tokens":0,"cache_creation_tokens":null,"cache_read_tokens":null}';
  return (
    `{"version":1,"id":"${id}","messages":${parts.messages ?? "[]"},` +
    `"created_at":${systemTime(parts.createdAt ?? 1_700_000_000_000)},"updated_at":${systemTime(parts.updatedAt ?? 1_700_000_001_000)},` +
    `"metadata":${parts.metadata ?? "{}"},"usage":${parts.usage ?? usage}}`
  );
}

export const snapshot = (id: string, parts?: SessionParts): Uint8Array<ArrayBuffer> => bytesOf(sessionText(id, parts));

/** A session whose messages are one turn of a user after another. */
export const conversation = (id: string, ...turns: readonly string[]): Uint8Array<ArrayBuffer> =>
  snapshot(id, { messages: `[${turns.map((turn) => `{"role":"user","content":${JSON.stringify(turn)}}`).join(",")}]` });

export const delta = (sessionSnapshot: Uint8Array): SessionDelta => ({ sessionSnapshot });

/** A boundary of run 1 with the empty session 1, but for the members that a law is about. */
export const boundary = (members: Partial<SessionBoundary> = {}): SessionBoundary => ({
  sessionDelta: delta(snapshot(sessionId(1))),
  runId: runId(1),
  boundary: "immediate",
  contributingInputIds: [],
  inputUpdates: [],
  ...members,
});

/** A boundary brought by the caller, without a delta, but for the members that a law is about. */
export const apply = (members: Partial<AtomicApply> = {}): AtomicApply => ({
  receipt: receipt(),
  inputUpdates: [],
  ...members,
});

/** The dump of a runtime with one boundary, as `boundary` and `receipt` make it, but for the members that a law is about. */
export const dumpOf = (runtimeId: string, members: Partial<RuntimeDump> = {}): RuntimeDump => {
  const session_snapshot = snapshot(sessionId(1));
  const ofReceipt = { run_id: runId(1), sequence: 0, committed_at: 1_735_787_045_678 };
  const ofSession = { session_id: sessionId(1), conversation_digest: EMPTY_DIGEST, message_count: 0 };
  return {
    runtime_id: runtimeId,
    head: { runtime_id: runtimeId, revision: 1, ...ofSession, byte_length: session_snapshot.length, ...ofReceipt },
    input_states: [inputState(1)],
    receipts: [{ receipt: receipt(), revision: 1, committed_at: ofReceipt.committed_at, minted: false }],
    session_snapshot,
    sessions: [{ session_id: sessionId(1), owned: true }],
    ...members,
  };
};

/** What restoring the dump of a runtime answers. */
export const restored = (outcome: string, revision: number, runtime_id = "r") => ({ runtime_id, outcome, revision });

/** Passes a value where its type forbids it, as a caller in plain JavaScript would. */
export const wrong = (value: unknown): never => value as never;

function systemTime(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  return `{"secs_since_epoch":${seconds},"nanos_since_epoch":${(milliseconds - seconds * 1000) * 1_000_000}}`;
}
