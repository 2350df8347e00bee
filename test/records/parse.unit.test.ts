import { isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "vitest";
import {
  parseBoundaryReceipt,
  parseBoundaryReceiptJson,
  parseInput,
  parseInputJson,
  parseInputState,
  parseInputStateJson,
  parseOpsSnapshot,
  parseRuntimeState,
  parseRuntimeStateJson,
} from "../../src/records/index.ts";
import {
  acceptedMembers,
  AT,
  eventMembers,
  headerMembers,
  INPUT,
  OPERATION,
  receiptMembers,
  RUN,
  SESSION,
} from "./samples.ts";

/** The path and the text of the refusal. */
function refusalOf(read: () => unknown): { code: string; path: string; detail: string } {
  try {
    read();
  } catch (error) {
    return error as { code: string; path: string; detail: string };
  }
  throw new Error("nothing was refused");
}

const operationState = {
  status: "running",
  kind: "background_tool_op",
  peer_ready: false,
  progress_count: 0,
  watcher_count: 0,
  terminal_buffered: false,
};
const opsMembers = (operations: object): object => ({
  epoch_id: OPERATION,
  authority_state: {
    operations,
    completed_order: [],
    max_completed: 256,
    active_count: 0,
    wait_operation_ids: [],
    next_completion_seq: 1,
  },
  operation_specs: {},
  completion_entries: [],
  cursors: { agent_applied_cursor: 0, runtime_observed_seq: 0, runtime_last_injected_seq: 0 },
});

describe("the canonical form", () => {
  it("puts the members in the wire's order, with ids in one spelling and defaults filled in", () => {
    const given = {
      updated_at: AT,
      created_at: AT,
      x_first: 1,
      current_state: { queued: null },
      input_id: `{${INPUT.toUpperCase()}}`,
    };
    expect(JSON.stringify(parseInputState(given))).toBe(
      `{"input_id":"${INPUT}","current_state":"queued","attempt_count":0,"recovery_count":0,"created_at":"${AT}","updated_at":"${AT}","x_first":1}`,
    );
  });

  it("leaves out options that are null or undefined, and an empty history", () => {
    const given = acceptedMembers({ policy: null, terminal_outcome: undefined, last_run_id: null, history: [] });
    expect(Object.keys(parseInputState(given))).toEqual(Object.keys(acceptedMembers()));
  });

  it("writes null where the wire does", () => {
    const event = { type: "progress", id: OPERATION, message: "m" };
    const operation = { input_type: "operation", header: headerMembers(), operation_id: OPERATION, event };
    expect(parseInput(operation)).toMatchObject({ event: { percent: null } });
    const prompt = {
      input_type: "prompt",
      header: headerMembers(),
      text: "",
      turn_metadata: { flow_tool_overlay: {} },
    };
    expect(parseInput(prompt)).toMatchObject({
      turn_metadata: { flow_tool_overlay: { allowed_tools: null, blocked_tools: null } },
    });
    const { authority_state } = parseOpsSnapshot(opsMembers({ [OPERATION]: operationState }));
    expect(authority_state).toMatchObject({
      max_concurrent: null,
      wait_request_id: null,
      operations: { [OPERATION]: { terminal_outcome: null } },
    });
  });

  it("names operations in one spelling, of two spellings keeping the later", () => {
    const operations = {
      [OPERATION.toUpperCase()]: operationState,
      [OPERATION]: { ...operationState, status: "failed" },
    };
    expect(parseOpsSnapshot(opsMembers(operations)).authority_state.operations).toEqual({
      [OPERATION]: { ...operationState, status: "failed", terminal_outcome: null },
    });
  });

  it("keeps the text of timestamps", () => {
    const created_at = " 2024-1-2t3:4:5.1234567891+02 00 ";
    expect(parseInputState(acceptedMembers({ created_at })).created_at).toBe(created_at);
  });

  it("holds percent as f32 does", () => {
    const percentOf = (percent: unknown): unknown => {
      const event = { type: "progress", id: OPERATION, message: "m", percent };
      return parseInput({ input_type: "operation", header: headerMembers(), operation_id: OPERATION, event });
    };
    expect(percentOf(16777217)).toMatchObject({ event: { percent: 16777216 } });
    expect(percentOf(33.3)).toMatchObject({ event: { percent: 33.3 } });
    expect(percentOf(7n)).toMatchObject({ event: { percent: 7 } });
    expect(percentOf(1e39)).toMatchObject({ event: { percent: null } });
    expect(refusalOf(() => percentOf(NaN)).path).toBe("event.percent");
  });

  it("stays as it is when it is parsed again", () => {
    const once = parseInputState(acceptedMembers({ z: { b: 1 }, persisted_input: eventMembers({ b: [1], a: null }) }));
    expect(JSON.stringify(parseInputState(once))).toBe(JSON.stringify(once));
  });
});

describe("unknown members", () => {
  it.each(["constructor", "prototype", "__proto__", "toString", "hasOwnProperty", "", "a.b", "7"])(
    "are kept at every level: %j",
    (name) => {
      const extra = JSON.parse(`{${JSON.stringify(name)}:{"x":[1]}}`) as object;
      const header = { ...headerMembers({ source: { type: "operator", ...extra } }), ...extra };
      const input = {
        input_type: "prompt",
        header,
        text: "hi",
        blocks: [{ type: "text", text: "", ...extra }],
        ...extra,
      };
      const history = [{ timestamp: AT, from: "accepted", to: "queued", ...extra }];
      const given = acceptedMembers({ history, persisted_input: input, ...extra });

      const parsed = parseInputState(given);
      // Vitest's own equality asks values for their `constructor`.
      expect(isDeepStrictEqual(parsed, given)).toBe(true);
      for (const holder of [
        parsed,
        parsed.history?.[0],
        parsed.persisted_input,
        parsed.persisted_input?.header.source,
      ]) {
        expect(Object.getOwnPropertyDescriptor(holder, name)?.value).toEqual({ x: [1] });
        expect(Object.getPrototypeOf(holder)).toBe(Object.prototype);
      }
      expect(isDeepStrictEqual(parseInputStateJson(JSON.stringify(given)), given)).toBe(true);
    },
  );

  it("do not pass for those that an object inherits", () => {
    expect(refusalOf(() => parseRuntimeState("constructor")).code).toBe("invalid_input");
    expect(refusalOf(() => parseInput({ input_type: "constructor", header: headerMembers() })).path).toBe("input_type");
    expect(refusalOf(() => parseInput({ input_type: "__proto__", header: headerMembers() })).path).toBe("input_type");
  });
});

describe("refusals", () => {
  it.each([
    [
      "persisted_input.header.source.type",
      { persisted_input: { input_type: "prompt", header: headerMembers({ source: { type: "x" } }), text: "" } },
    ],
    [
      "persisted_input.header.source.type",
      { persisted_input: { input_type: "prompt", header: headerMembers({ source: {} }), text: "" } },
    ],
    [
      "persisted_input.header.source",
      { persisted_input: { input_type: "prompt", header: headerMembers({ source: "operator" }), text: "" } },
    ],
    [
      "persisted_input.blocks[1].source",
      {
        persisted_input: {
          input_type: "prompt",
          header: headerMembers(),
          text: "",
          blocks: [
            { type: "text", text: "" },
            { type: "image", media_type: "image/png" },
          ],
        },
      },
    ],
    [
      "persisted_input.turn_metadata.skill_references[0].skill_name",
      {
        persisted_input: {
          input_type: "prompt",
          header: headerMembers(),
          text: "",
          turn_metadata: { skill_references: [{ source_uuid: INPUT, skill_name: "a--b" }] },
        },
      },
    ],
    [
      "history[2].from",
      {
        history: [
          { timestamp: AT, from: "accepted", to: "queued" },
          { timestamp: AT, from: "accepted", to: "queued" },
          { timestamp: AT, from: "Queued", to: "queued" },
        ],
      },
    ],
    ["history", { history: null }],
    ["attempt_count", { attempt_count: null }],
    ["attempt_count", { attempt_count: 2 ** 32 }],
    ["attempt_count", { attempt_count: -1 }],
    ["attempt_count", { attempt_count: 1.5 }],
    ["attempt_count", { attempt_count: -0 }],
    ["attempt_count", { attempt_count: "1" }],
    ["last_boundary_sequence", { last_boundary_sequence: 2 ** 53 }],
    ["last_boundary_sequence", { last_boundary_sequence: 2n ** 53n }],
    ["last_boundary_sequence", { last_boundary_sequence: -1n }],
    [
      "policy.decision.drain_policy",
      {
        policy: {
          version: 1,
          decision: {
            apply_mode: "ignore",
            wake_mode: "none",
            queue_mode: "none",
            consume_point: "on_accept",
            drain_policy: null,
            policy_version: 1,
          },
        },
      },
    ],
    ["policy.decision.apply_mode", { policy: { version: 1, decision: {} } }],
    ["terminal_outcome.reason", { terminal_outcome: { outcome_type: "abandoned", reason: "max_attempts_exhausted" } }],
    [
      "terminal_outcome.reason.also",
      { terminal_outcome: { outcome_type: "abandoned", reason: { max_attempts_exhausted: { attempts: 1 }, also: 1 } } },
    ],
    [
      "terminal_outcome.reason.max_attempts_exhausted",
      { terminal_outcome: { outcome_type: "abandoned", reason: { max_attempts_exhausted: [3] } } },
    ],
    ["current_state", { current_state: { queued: null, also: null } }],
    ["current_state", { current_state: { queued: {} } }],
    ["created_at", { created_at: new Date(0) }],
    ["created_at", { created_at: "2024-01-02" }],
    ["input_id", { input_id: `${INPUT} ` }],
    ["input_id", { input_id: undefined }],
    ["idempotency_key", { idempotency_key: new Map() }],
  ])("name the member: %s", (path, members) => {
    expect(refusalOf(() => parseInputState(acceptedMembers(members)))).toMatchObject({ code: "invalid_input", path });
  });

  it("say what was expected and what came", () => {
    const { detail } = refusalOf(() => parseBoundaryReceipt(receiptMembers({ boundary: "RunStart" })));
    expect(detail).toBe('boundary: expected "immediate" | "run_start" | "run_checkpoint", got "RunStart"');
    expect(refusalOf(() => parseBoundaryReceipt({})).detail).toBe("run_id: expected UUID, got nothing");
    expect(refusalOf(() => parseRuntimeState("x".repeat(10_000))).detail.length).toBeLessThan(300);
  });

  it.each([undefined, null, 7, "text", [], [RUN, "run_start", [], null, 1, 0], new Map(), new URL("data:,")])(
    "are of the record as a whole: %o",
    (value) => {
      expect(refusalOf(() => parseBoundaryReceipt(value))).toMatchObject({ code: "invalid_input", path: "" });
    },
  );

  it("name an operation by its id", () => {
    const broken = opsMembers({ [OPERATION]: { ...operationState, status: "done" } });
    expect(refusalOf(() => parseOpsSnapshot(broken)).path).toBe(`authority_state.operations["${OPERATION}"].status`);
    expect(refusalOf(() => parseOpsSnapshot(opsMembers({ nobody: operationState }))).path).toBe(
      "authority_state.operations.nobody",
    );
  });
});

describe("integers", () => {
  it("may be given as bigint, and come back as numbers", () => {
    const receipt = parseBoundaryReceipt(receiptMembers({ sequence: 2n ** 53n - 1n, message_count: 3n }));
    expect(receipt).toMatchObject({ sequence: Number.MAX_SAFE_INTEGER, message_count: 3 });
  });
});

describe("JSON text", () => {
  const json = JSON.stringify(receiptMembers());

  it("is read from text and from its bytes", () => {
    expect(parseBoundaryReceiptJson(json)).toEqual(receiptMembers());
    expect(parseBoundaryReceiptJson(new TextEncoder().encode(json))).toEqual(receiptMembers());
    expect(parseRuntimeStateJson('{"idle":null}')).toBe("idle");
  });

  it("shows repeated members: those that the type knows are refused, others keep the last", () => {
    const twice = json.replace('"sequence":0', '"sequence":0,"sequence":0');
    expect(refusalOf(() => parseBoundaryReceiptJson(twice)).path).toBe("sequence");
    const unknown = json.replace("{", '{"x":1,"x":2,');
    expect(parseBoundaryReceiptJson(unknown)).toMatchObject({ x: 2 });
    expect(refusalOf(() => parseRuntimeStateJson('{"idle":null,"idle":null}')).path).toBe("");
    const event = JSON.stringify(eventMembers({})).replace('"payload":{}', '"payload":{"a":1,"a":2}');
    expect(parseInputJson(event)).toMatchObject({ payload: { a: 2 } });
    const tags = JSON.stringify(eventMembers({})).replace("{", '{"input_type":"external_event",');
    expect(refusalOf(() => parseInputJson(tags)).path).toBe("input_type");
  });

  it("shows integers that are spelled as floats", () => {
    for (const spelling of ["0.0", "0e0", "-0"]) {
      expect(
        refusalOf(() => parseBoundaryReceiptJson(json.replace('"sequence":0', `"sequence":${spelling}`))).path,
      ).toBe("sequence");
    }
    const state = JSON.stringify(acceptedMembers({ last_boundary_sequence: 1 })).replace(
      'sequence":1',
      'sequence":1.0',
    );
    expect(refusalOf(() => parseInputStateJson(state)).path).toBe("last_boundary_sequence");
  });

  it("keeps integers beyond 2^53-1 in free-form parts as bigint", () => {
    const event = JSON.stringify(eventMembers(0)).replace(
      '"payload":0',
      '"payload":{"n":18446744073709551615,"m":[-9223372036854775808]}',
    );
    expect(parseInputJson(event)).toMatchObject({ payload: { n: 18446744073709551615n, m: [-9223372036854775808n] } });
  });

  it("is refused with the offset of the first bad byte", () => {
    expect(refusalOf(() => parseBoundaryReceiptJson(`${json},`))).toMatchObject({
      code: "invalid_input",
      byteOffset: json.length,
    });
  });
});

describe("text that has no UTF-8", () => {
  const lone = "\ud800";

  it("is refused wherever the native runtime reads text", () => {
    expect(refusalOf(() => parseInputState(acceptedMembers({ idempotency_key: lone }))).path).toBe("idempotency_key");
    expect(refusalOf(() => parseInput(eventMembers({ a: [lone] }))).path).toBe("payload.a[0]");
    expect(refusalOf(() => parseInput(eventMembers({ [lone]: 1 }))).path).toBe("payload");
    expect(refusalOf(() => parseInput({ ...eventMembers(0), x: lone })).path).toBe("x");
    expect(refusalOf(() => parseInputState(acceptedMembers({ [lone]: 1 }))).path).toBe("");
    expect(
      refusalOf(() =>
        parseInputState(
          acceptedMembers({ history: [{ timestamp: AT, from: "accepted", to: "queued", reason: lone }] }),
        ),
      ).path,
    ).toBe("history[0].reason");
  });

  it("is kept in members that the native runtime skips", () => {
    expect(parseInputState(acceptedMembers({ x: [lone] }))).toMatchObject({ x: [lone] });
    const spec = { ...operationState, x: { [lone]: SESSION } };
    expect(parseOpsSnapshot(opsMembers({ [OPERATION]: spec })).authority_state.operations[OPERATION]).toMatchObject({
      x: { [lone]: SESSION },
    });
  });
});
