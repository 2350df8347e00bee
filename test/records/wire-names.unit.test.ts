import { describe, expect, it } from "vitest";
import { formatInput, parseInput, parseInputJson } from "../../src/records/index.ts";
import { renderMetadata } from "../../src/records/content-block.ts";
import { inputDurability, inputOrigin } from "../../src/records/input-header.ts";
import { inputAbandonReason, inputLifecycleState, inputTerminalOutcome } from "../../src/records/input-state.ts";
import { opEvent, operationKind, operationStatus, operationTerminalOutcome } from "../../src/records/operations.ts";
import { parse } from "../../src/records/parse.ts";
import { policyDecision } from "../../src/records/policy.ts";
import { runApplyBoundary } from "../../src/records/run-boundary-receipt.ts";
import { turnMetadata } from "../../src/records/turn-metadata.ts";
import { headerMembers, INPUT, OPERATION } from "./samples.ts";

// Every name of the native runtime's enumerations (meerkat v0.5.2), written out once more.

const decision = {
  apply_mode: "stage_run_start",
  wake_mode: "none",
  queue_mode: "fifo",
  consume_point: "on_apply",
  policy_version: 1,
};

describe.each([
  ["RunApplyBoundary", runApplyBoundary, "immediate run_start run_checkpoint"],
  [
    "InputLifecycleState",
    inputLifecycleState,
    "accepted queued staged applied applied_pending_consumption consumed superseded coalesced abandoned",
  ],
  ["InputAbandonReason", inputAbandonReason, "retired reset destroyed cancelled"],
  ["InputDurability", inputDurability, "durable ephemeral derived"],
  ["OperationKind", operationKind, "mob_member_child background_tool_op"],
  [
    "OperationStatus",
    operationStatus,
    "absent provisioning running retiring completed failed aborted cancelled retired terminated",
  ],
] as const)("%s", (_, schema, names) => {
  it("has its names, and takes each as a variant too", () => {
    for (const name of names.split(" ")) {
      expect(parse<unknown>(schema, name)).toBe(name);
      expect(parse<unknown>(schema, { [name]: null })).toBe(name);
    }
    expect(() => parse<unknown>(schema, "other")).toThrow();
  });
});

it.each([
  ["apply_mode", "stage_run_start stage_run_boundary inject_now ignore"],
  ["wake_mode", "wake_if_idle none"],
  ["queue_mode", "none fifo coalesce supersede priority"],
  ["consume_point", "on_accept on_apply on_run_start on_run_complete explicit_ack"],
  ["drain_policy", "queue_next_turn steer_batch immediate ignore"],
  ["routing_disposition", "queue steer immediate drop"],
])("a policy decision has its names: %s", (member, names) => {
  for (const name of names.split(" ")) {
    expect(parse(policyDecision, { ...decision, [member]: name })).toMatchObject({ [member]: name });
  }
  expect(() => parse(policyDecision, { ...decision, [member]: "other" })).toThrow();
});

it("a policy decision has defaults", () => {
  expect(parse(policyDecision, decision)).toMatchObject({
    drain_policy: "queue_next_turn",
    routing_disposition: "queue",
    record_transcript: true,
    emit_operator_content: true,
  });
});

it.each([
  ["origin", inputOrigin, { type: "operator" }],
  ["origin", inputOrigin, { type: "peer", peer_id: "p", runtime_id: "r" }],
  ["origin", inputOrigin, { type: "flow", flow_id: "f", step_index: 2 }],
  ["origin", inputOrigin, { type: "system" }],
  ["origin", inputOrigin, { type: "external", source_name: "s" }],
  ["outcome", inputTerminalOutcome, { outcome_type: "consumed" }],
  ["outcome", inputTerminalOutcome, { outcome_type: "superseded", superseded_by: INPUT }],
  ["outcome", inputTerminalOutcome, { outcome_type: "coalesced", aggregate_id: INPUT }],
  ["outcome", inputTerminalOutcome, { outcome_type: "abandoned", reason: { max_attempts_exhausted: { attempts: 3 } } }],
  ["event", opEvent, { type: "started", id: OPERATION, kind: "shell_command" }],
  ["event", opEvent, { type: "progress", id: OPERATION, message: "m", percent: 33.3 }],
  ["event", opEvent, { type: "failed", id: OPERATION, error: "e" }],
  ["end of an operation", operationTerminalOutcome, { outcome_type: "failed", error: "e" }],
  ["end of an operation", operationTerminalOutcome, { outcome_type: "cancelled", reason: null }],
  ["end of an operation", operationTerminalOutcome, { outcome_type: "terminated", reason: "r" }],
  ["turn", turnMetadata, { execution_kind: "resume_pending", keep_alive: false, provider: "p" }],
  ["presentation", renderMetadata, { class: "tool_scope_notice", salience: "background" }],
] as const)("the %s survives: %3$j", (_, schema, value) => {
  expect(parse<unknown>(schema, value)).toStrictEqual(value);
});

describe("an input", () => {
  const image = { type: "image", media_type: "image/png", source: "inline", data: "AAA" };
  const header = headerMembers();

  it.each([
    { input_type: "prompt", header, text: "t", blocks: [image], turn_metadata: {} },
    { input_type: "peer", header, convention: { convention_type: "message" }, body: "b" },
    { input_type: "peer", header, convention: { convention_type: "request", request_id: "q", intent: "i" }, body: "b" },
    {
      input_type: "peer",
      header,
      convention: { convention_type: "response_progress", request_id: "q", phase: "partial_result" },
      body: "b",
    },
    {
      input_type: "peer",
      header,
      convention: { convention_type: "response_terminal", request_id: "q", status: "cancelled" },
      body: "b",
      handling_mode: "steer",
    },
    { input_type: "flow_step", header, step_id: "s", instructions: "i", blocks: [] },
    { input_type: "external_event", header, event_type: "e", payload: { a: null }, handling_mode: "queue" },
    { input_type: "continuation", header, reason: "r", handling_mode: "steer", request_id: "q" },
    {
      input_type: "operation",
      header,
      operation_id: OPERATION,
      event: {
        type: "completed",
        id: OPERATION,
        result: { id: OPERATION, content: "c", is_error: false, duration_ms: 1, tokens_used: 2 },
      },
    },
  ])("survives as a value and as text: $input_type", (members) => {
    const input = parseInput(members);
    expect(input).toStrictEqual(members);
    expect(formatInput(input)).toBe(JSON.stringify(members));
    expect(parseInputJson(formatInput(input))).toStrictEqual(members);
  });

  it("has a new name when it is spelled with an old one", () => {
    const continuation = parseInput({ input_type: "system_generated", header, reason: "r" });
    expect(continuation).toMatchObject({ input_type: "continuation", handling_mode: "queue" });
    const event = { type: "cancelled", id: OPERATION };
    const operation = parseInput({ input_type: "projected", header, operation_id: OPERATION, event });
    expect(operation.input_type).toBe("operation");
  });
});
