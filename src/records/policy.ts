import type * as v from "valibot";
import { withDefault } from "./optional-members.ts";
import { flag, oneOf, u64 } from "./scalars.ts";
import { struct } from "./struct.ts";

// meerkat-runtime v0.5.2 policy.rs

export const policyDecision = struct({
  apply_mode: oneOf("stage_run_start", "stage_run_boundary", "inject_now", "ignore"),
  wake_mode: oneOf("wake_if_idle", "none"),
  queue_mode: oneOf("none", "fifo", "coalesce", "supersede", "priority"),
  consume_point: oneOf("on_accept", "on_apply", "on_run_start", "on_run_complete", "explicit_ack"),
  drain_policy: withDefault(oneOf("queue_next_turn", "steer_batch", "immediate", "ignore"), "queue_next_turn"),
  routing_disposition: withDefault(oneOf("queue", "steer", "immediate", "drop"), "queue"),
  record_transcript: withDefault(flag, true),
  emit_operator_content: withDefault(flag, true),
  policy_version: u64,
});
/** How the runtime treats an input: when it is applied, whether it wakes the agent, where it queues, when it counts as consumed. */
export type PolicyDecision = v.InferOutput<typeof policyDecision>;

export const policySnapshot = struct({ version: u64, decision: policyDecision });
/** The decision that was made for an input, and the version of the table that made it. */
export type PolicySnapshot = v.InferOutput<typeof policySnapshot>;
