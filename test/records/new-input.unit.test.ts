import { describe, expect, it } from "vitest";
import { defaultPolicy, parseInput, parseInputState, promptInput, queuedInputState } from "../../src/records/index.ts";
import type { ContentBlock, Input, PolicyDecision } from "../../src/records/index.ts";
import { AT, eventMembers, frozen, headerMembers, INPUT, LATER, OPERATION } from "./samples.ts";

const refusal = (path?: string): Error =>
  expect.objectContaining(path === undefined ? { code: "invalid_input" } : { code: "invalid_input", path }) as Error;

describe("a prompt", () => {
  it("is a durable input of the operator, visible to all", () => {
    expect(promptInput("hi", { id: INPUT.toUpperCase(), idempotencyKey: "k", at: new Date(AT) })).toStrictEqual({
      input_type: "prompt",
      header: {
        id: INPUT,
        timestamp: AT,
        source: { type: "operator" },
        durability: "durable",
        visibility: { transcript_eligible: true, operator_eligible: true },
        idempotency_key: "k",
      },
      text: "hi",
    });
  });

  it("has an id and a time of its own unless they are given, later ids sorting behind earlier ones", () => {
    const [first, second] = [promptInput("a"), promptInput("b")];
    expect(first.header.id < second.header.id).toBe(true);
    expect(Math.abs(Date.parse(first.header.timestamp) - Date.now())).toBeLessThan(10_000);
    expect(first.header).not.toHaveProperty("idempotency_key");
    expect(promptInput("c", { durability: "ephemeral" }).header.durability).toBe("ephemeral");
  });

  it("keeps blocks, beside the text that they project to", () => {
    const blocks: ContentBlock[] = frozen([
      { type: "text", text: "look:" },
      { type: "text", text: "" },
      { type: "image", media_type: "image/png", source: "inline", data: "AAA" },
      { type: "video", media_type: "video/mp4", duration_ms: 5, source: "inline", data: "AAA" },
    ]);
    const prompt = promptInput(blocks);
    expect(prompt).toMatchObject({ text: "look:\n[image: image/png]\n[video: video/mp4]", blocks });
    expect(prompt.input_type === "prompt" && prompt.blocks?.[0]).not.toBe(blocks[0]);
  });

  it("is refused for content, an id, a key or a time that is none", () => {
    expect(() => promptInput(7 as unknown as string)).toThrow(refusal());
    expect(() => promptInput([{ type: "text" }] as unknown as ContentBlock[])).toThrow(refusal("content[0].text"));
    expect(() => promptInput("\ud800")).toThrow(refusal());
    expect(() => promptInput("x", { id: "1" })).toThrow(refusal());
    expect(() => promptInput("x", { idempotencyKey: 7 as unknown as string })).toThrow(
      refusal("header.idempotency_key"),
    );
    expect(() => promptInput("x", { at: NaN })).toThrow(refusal());
    expect(() => promptInput("x", { at: "yesterday" })).toThrow(refusal());
  });
});

describe("a queued input", () => {
  it("is stored as the native runtime stores it when it accepts one", () => {
    const prompt = frozen(promptInput("hi", { id: INPUT, idempotencyKey: "k", at: AT }));
    const state = queuedInputState(prompt, { at: LATER });
    expect(state).toStrictEqual({
      input_id: INPUT,
      current_state: "queued",
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
      durability: "durable",
      idempotency_key: "k",
      attempt_count: 0,
      recovery_count: 0,
      history: [{ timestamp: LATER, from: "accepted", to: "queued", reason: "QueueAccepted" }],
      persisted_input: prompt,
      created_at: LATER,
      updated_at: LATER,
    });
    expect(Object.keys(state)).toEqual(Object.keys(parseInputState(state)));
    expect(state.persisted_input).not.toBe(prompt);
  });

  it("is consumed at once when its policy is to ignore it", () => {
    const event = { type: "started", id: OPERATION, kind: "tool_call" };
    const operation = parseInput({ input_type: "operation", header: headerMembers(), operation_id: OPERATION, event });
    expect(queuedInputState(operation, { at: LATER })).toMatchObject({
      current_state: "consumed",
      terminal_outcome: { outcome_type: "consumed" },
      history: [{ timestamp: LATER, from: "accepted", to: "consumed", reason: "ConsumeOnAccept" }],
    });
  });

  it("takes a policy of the caller's", () => {
    const policy = defaultPolicy(promptInput("hi"));
    const own = { version: 9, decision: { ...policy.decision, routing_disposition: "steer" as const } };
    expect(queuedInputState(promptInput("hi"), { policy: own }).policy).toEqual(own);
    expect(() => queuedInputState(promptInput("hi"), { policy: { ...own, version: -1 } })).toThrow(
      refusal("policy.version"),
    );
  });

  it("keeps a rich payload whole", () => {
    const payload = { when: new Date(0), ids: new Set([1n]) };
    expect(queuedInputState(parseInput(eventMembers(payload))).persisted_input).toMatchObject({ payload });
  });
});

describe("the native table of policies", () => {
  const QUEUE = "stage_run_start wake_if_idle fifo on_run_complete queue_next_turn queue true";
  const STEER = "stage_run_boundary wake_if_idle fifo on_run_complete steer_batch steer true";

  const inputs: Readonly<Record<string, [members: object, row: string]>> = {
    prompt: [{ input_type: "prompt", text: "" }, QUEUE],
    "prompt that steers": [{ input_type: "prompt", text: "", turn_metadata: { handling_mode: "steer" } }, STEER],
    "peer message": [{ input_type: "peer", body: "" }, QUEUE],
    "peer message that steers": [{ input_type: "peer", body: "", handling_mode: "steer" }, STEER],
    "peer request": [
      { input_type: "peer", body: "", convention: { convention_type: "request", request_id: "r", intent: "i" } },
      QUEUE,
    ],
    "peer response that is terminal": [
      {
        input_type: "peer",
        body: "",
        convention: { convention_type: "response_terminal", request_id: "r", status: "failed" },
      },
      QUEUE,
    ],
    "peer response in progress": [
      {
        input_type: "peer",
        body: "",
        convention: { convention_type: "response_progress", request_id: "r", phase: "accepted" },
        handling_mode: "queue",
      },
      "stage_run_boundary none coalesce on_run_complete steer_batch steer true",
    ],
    "flow step": [{ input_type: "flow_step", step_id: "s", instructions: "" }, QUEUE],
    "flow step that steers": [
      { input_type: "flow_step", step_id: "s", instructions: "", turn_metadata: { handling_mode: "steer" } },
      STEER,
    ],
    "external event": [{ input_type: "external_event", event_type: "e", payload: null }, QUEUE],
    "external event that steers": [
      { input_type: "external_event", event_type: "e", payload: null, handling_mode: "steer" },
      STEER,
    ],
    continuation: [{ input_type: "continuation", reason: "r" }, QUEUE.replace("true", "false")],
    "continuation that steers": [
      { input_type: "continuation", reason: "r", handling_mode: "steer" },
      STEER.replace("true", "false"),
    ],
    operation: [
      { input_type: "operation", operation_id: OPERATION, event: { type: "cancelled", id: OPERATION } },
      "ignore none priority on_accept ignore drop false",
    ],
  };

  const rowOf = (decision: PolicyDecision): string =>
    [
      decision.apply_mode,
      decision.wake_mode,
      decision.queue_mode,
      decision.consume_point,
      decision.drain_policy,
      decision.routing_disposition,
      decision.record_transcript,
    ].join(" ");

  it.each(Object.entries(inputs))("decides on a %s", (_, [members, row]) => {
    const input: Input = parseInput({ ...members, header: headerMembers() });
    const idle = defaultPolicy(input);
    expect(rowOf(idle.decision)).toBe(row);
    expect(idle).toMatchObject({ version: 1, decision: { policy_version: 1 } });
    expect(idle.decision.emit_operator_content).toBe(idle.decision.record_transcript);
    expect(rowOf(defaultPolicy(input, { isIdle: false }).decision)).toBe(row.replace("wake_if_idle", "none"));
    expect(queuedInputState(input, { isIdle: false }).policy?.decision.wake_mode).toBe("none");
  });
});
