import * as v from "valibot";
import { parseUuid } from "../core/ids.ts";
import { isObject, type Members } from "./members.ts";
import { operationKind, operationStatus, operationTerminalOutcome } from "./operations.ts";
import { orNull } from "./optional-members.ts";
import { flag, operationId, sessionId, text, u32, u64, uuid } from "./scalars.ts";
import { struct } from "./struct.ts";
import { failure, failureAt, success, type WireSchema, wireSchema } from "./wire-schema.ts";

// meerkat-runtime v0.5.2 ops_lifecycle.rs and ops_lifecycle_authority.rs, meerkat-core v0.5.2 ops_lifecycle.rs

/** An object whose members are named by operation ids, in any spelling: of two that spell the same id, the later stays. */
const byOperationId = <T>(
  item: WireSchema<T>,
): WireSchema<Readonly<Record<string, T>>> & { readonly values: WireSchema<T> } =>
  wireSchema(
    "by_operation_id",
    "Object",
    (given, config) => {
      if (!isObject(given)) return failure("Object", given);
      const output: Members = {};
      for (const [name, value] of Object.entries(given)) {
        const id = parseUuid(name);
        if (id === undefined) return failureAt(given, name, failure("UUID", name).issues);
        const read = item["~run"]({ value }, config);
        if (read.issues) return failureAt(given, name, read.issues);
        output[id] = read.value;
      }
      return success(output as Record<string, T>);
    },
    { values: item },
  );

export const operationCanonicalState = struct({
  status: operationStatus,
  kind: operationKind,
  peer_ready: flag,
  progress_count: u32,
  watcher_count: u32,
  terminal_outcome: orNull(operationTerminalOutcome),
  terminal_buffered: flag,
});
/** What the registry knows of one operation. */
export type OperationCanonicalState = v.InferOutput<typeof operationCanonicalState>;

export const registryCanonicalState = struct({
  operations: byOperationId(operationCanonicalState),
  completed_order: v.array(operationId),
  max_completed: u64,
  max_concurrent: orNull(u64),
  active_count: u64,
  wait_request_id: orNull(uuid),
  wait_operation_ids: v.array(operationId),
  next_completion_seq: u64,
});
/** All that the registry of background operations decides by. */
export type RegistryCanonicalState = v.InferOutput<typeof registryCanonicalState>;

export const operationSpec = struct({
  id: operationId,
  kind: operationKind,
  owner_session_id: sessionId,
  display_name: text,
  source_label: text,
  child_session_id: orNull(sessionId),
  expect_peer_channel: flag,
});
/** What an operation was started as, and for which session. */
export type OperationSpec = v.InferOutput<typeof operationSpec>;

export const completionEntry = struct({
  seq: u64,
  operation_id: operationId,
  kind: operationKind,
  display_name: text,
  terminal_outcome: operationTerminalOutcome,
  completed_at_ms: orNull(u64),
});
/** One line of the feed of completed operations; `seq` counts from 1. */
export type CompletionEntry = v.InferOutput<typeof completionEntry>;

export const persistedOpsSnapshot = struct({
  epoch_id: uuid,
  authority_state: registryCanonicalState,
  operation_specs: byOperationId(operationSpec),
  completion_entries: v.array(completionEntry),
  cursors: struct({ agent_applied_cursor: u64, runtime_observed_seq: u64, runtime_last_injected_seq: u64 }),
});
/** The registry of a runtime's background operations, with the feed of those completed and how far it was read. */
export type PersistedOpsSnapshot = v.InferOutput<typeof persistedOpsSnapshot>;
