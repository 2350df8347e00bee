import type { Input } from "./input.ts";
import type { PolicyDecision, PolicySnapshot } from "./policy.ts";
import type { HandlingMode } from "./turn-metadata.ts";

// meerkat-runtime v0.5.2 policy_table.rs. Its rows for continuations and for unknown kinds are never reached: a continuation
// always has a handling mode, and there are six kinds.

const POLICY_VERSION = 1;

type Route = Pick<PolicyDecision, "apply_mode" | "queue_mode" | "drain_policy" | "routing_disposition">;

const ROUTES: Readonly<Record<HandlingMode, Route>> = {
  queue: {
    apply_mode: "stage_run_start",
    queue_mode: "fifo",
    drain_policy: "queue_next_turn",
    routing_disposition: "queue",
  },
  steer: {
    apply_mode: "stage_run_boundary",
    queue_mode: "fifo",
    drain_policy: "steer_batch",
    routing_disposition: "steer",
  },
};

/** The policy that the native runtime's built-in table (version 1) gives an input; `isIdle` says whether it would wake an agent. */
export function defaultPolicy(
  input: Input,
  { isIdle = true }: { readonly isIdle?: boolean | undefined } = {},
): PolicySnapshot {
  return { version: POLICY_VERSION, decision: decisionFor(input, isIdle ? "wake_if_idle" : "none") };
}

function decisionFor(input: Input, wake: PolicyDecision["wake_mode"]): PolicyDecision {
  if (input.input_type === "operation") {
    return decision(
      { apply_mode: "ignore", queue_mode: "priority", drain_policy: "ignore", routing_disposition: "drop" },
      { wake_mode: "none", consume_point: "on_accept", record_transcript: false },
    );
  }
  if (input.input_type === "peer" && input.convention?.convention_type === "response_progress") {
    return decision({ ...ROUTES.steer, queue_mode: "coalesce" }, { wake_mode: "none" });
  }
  return decision(ROUTES[handlingModeOf(input) ?? "queue"], {
    wake_mode: wake,
    record_transcript: input.input_type !== "continuation",
  });
}

function decision(
  route: Route,
  rest: Pick<PolicyDecision, "wake_mode"> & Partial<Pick<PolicyDecision, "consume_point" | "record_transcript">>,
): PolicyDecision {
  const { wake_mode, consume_point = "on_run_complete", record_transcript = true } = rest;
  return {
    apply_mode: route.apply_mode,
    wake_mode,
    queue_mode: route.queue_mode,
    consume_point,
    drain_policy: route.drain_policy,
    routing_disposition: route.routing_disposition,
    record_transcript,
    emit_operator_content: record_transcript,
    policy_version: POLICY_VERSION,
  };
}

function handlingModeOf(input: Exclude<Input, { input_type: "operation" }>): HandlingMode | undefined {
  const isTurn = input.input_type === "prompt" || input.input_type === "flow_step";
  return isTurn ? input.turn_metadata?.handling_mode : input.handling_mode;
}
