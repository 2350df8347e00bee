import type * as v from "valibot";
import { tag, tagged } from "./choice.ts";
import { orNull } from "./optional-members.ts";
import { f32, flag, oneOf, operationId, text, u64 } from "./scalars.ts";
import { struct } from "./struct.ts";

// meerkat-core v0.5.2 ops.rs and ops_lifecycle.rs

const resultMembers = {
  id: operationId,
  content: text,
  is_error: flag,
  duration_ms: u64,
  tokens_used: u64,
} as const;

export const opEvent = tagged("type", {
  started: struct({ type: tag("started"), id: operationId, kind: oneOf("tool_call", "shell_command") }),
  progress: struct({ type: tag("progress"), id: operationId, message: text, percent: orNull(f32) }),
  completed: struct({ type: tag("completed"), id: operationId, result: struct(resultMembers) }),
  failed: struct({ type: tag("failed"), id: operationId, error: text }),
  cancelled: struct({ type: tag("cancelled"), id: operationId }),
});
/** What happened to a background operation. */
export type OpEvent = v.InferOutput<typeof opEvent>;

export const operationKind = oneOf("mob_member_child", "background_tool_op");
/** What a background operation is: a member of a mob, or a tool that runs on. */
export type OperationKind = v.InferOutput<typeof operationKind>;

export const operationStatus = oneOf(
  "absent",
  "provisioning",
  "running",
  "retiring",
  "completed",
  "failed",
  "aborted",
  "cancelled",
  "retired",
  "terminated",
);
/** Where a background operation is on its way; it never leaves the last six. */
export type OperationStatus = v.InferOutput<typeof operationStatus>;

export const operationTerminalOutcome = tagged("outcome_type", {
  completed: struct({ outcome_type: tag("completed"), ...resultMembers }),
  failed: struct({ outcome_type: tag("failed"), error: text }),
  aborted: struct({ outcome_type: tag("aborted"), reason: orNull(text) }),
  cancelled: struct({ outcome_type: tag("cancelled"), reason: orNull(text) }),
  retired: struct({ outcome_type: tag("retired") }),
  terminated: struct({ outcome_type: tag("terminated"), reason: text }),
});
/** How a background operation ended. */
export type OperationTerminalOutcome = v.InferOutput<typeof operationTerminalOutcome>;
