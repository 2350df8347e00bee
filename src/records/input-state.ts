import * as v from "valibot";
import { choice, tag, tagged } from "./choice.ts";
import { dateTime } from "./date-time.ts";
import { input } from "./input.ts";
import { inputDurability } from "./input-header.ts";
import { isObject } from "./members.ts";
import { listOrNothing, option, withDefault } from "./optional-members.ts";
import { policySnapshot } from "./policy.ts";
import { inputId, oneOf, runId, text, u32, u64 } from "./scalars.ts";
import { struct } from "./struct.ts";

// meerkat-runtime v0.5.2 input_state.rs

export const inputLifecycleState = oneOf(
  "accepted",
  "queued",
  "staged",
  "applied",
  "applied_pending_consumption",
  "consumed",
  "superseded",
  "coalesced",
  "abandoned",
);
/** Where an input is on its way; it never leaves the last four. */
export type InputLifecycleState = v.InferOutput<typeof inputLifecycleState>;

const TERMINAL: ReadonlySet<InputLifecycleState> = new Set(["consumed", "superseded", "coalesced", "abandoned"]);

/** Whether an input in this state is done with, so that nothing can happen to it any more. */
export function isTerminalInputState(state: InputLifecycleState): boolean {
  return TERMINAL.has(state);
}

/** Whether an input in this state is part of a conversation that may or may not have been committed. */
export function wasApplied(state: InputLifecycleState): boolean {
  return state === "applied" || state === "applied_pending_consumption";
}

const plainAbandonReason = oneOf("retired", "reset", "destroyed", "cancelled");
const attemptsExhausted = struct({ max_attempts_exhausted: struct({ attempts: u32 }) }, { exact: true });

export const inputAbandonReason = choice<v.InferOutput<typeof plainAbandonReason | typeof attemptsExhausted>>(
  `${plainAbandonReason.expects} | Object`,
  (value) =>
    isObject(value) && Object.hasOwn(value, "max_attempts_exhausted") ? attemptsExhausted : plainAbandonReason,
);
/** Why an input was given up. */
export type InputAbandonReason = v.InferOutput<typeof inputAbandonReason>;

export const inputTerminalOutcome = tagged("outcome_type", {
  consumed: struct({ outcome_type: tag("consumed") }),
  superseded: struct({ outcome_type: tag("superseded"), superseded_by: inputId }),
  coalesced: struct({ outcome_type: tag("coalesced"), aggregate_id: inputId }),
  abandoned: struct({ outcome_type: tag("abandoned"), reason: inputAbandonReason }),
});
/** How an input ended. */
export type InputTerminalOutcome = v.InferOutput<typeof inputTerminalOutcome>;

export const inputHistoryEntry = struct({
  timestamp: dateTime,
  from: inputLifecycleState,
  to: inputLifecycleState,
  reason: option(text),
});
/** One step that an input made, in the native runtime's words. */
export type InputHistoryEntry = v.InferOutput<typeof inputHistoryEntry>;

export const reconstructionSource = tagged("source_type", {
  projection: struct({ source_type: tag("projection"), rule_id: text, source_event_id: text }),
  coalescing: struct({ source_type: tag("coalescing"), source_input_ids: v.array(inputId) }),
});
/** What a derived input can be made from again. */
export type ReconstructionSource = v.InferOutput<typeof reconstructionSource>;

export const inputState = struct({
  input_id: inputId,
  current_state: inputLifecycleState,
  policy: option(policySnapshot),
  terminal_outcome: option(inputTerminalOutcome),
  durability: option(inputDurability),
  idempotency_key: option(text),
  attempt_count: withDefault(u32, 0),
  recovery_count: withDefault(u32, 0),
  history: listOrNothing(inputHistoryEntry),
  reconstruction_source: option(reconstructionSource),
  persisted_input: option(input),
  last_run_id: option(runId),
  last_boundary_sequence: option(u64),
  created_at: dateTime,
  updated_at: dateTime,
});
/**
 * An input with all that became of it: the row that makes it survive a crash. The run and sequence in it are the stamp of
 * the boundary that it last took part in.
 */
export type InputState = v.InferOutput<typeof inputState>;
