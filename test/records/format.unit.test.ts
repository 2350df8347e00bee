import { describe, expect, it } from "vitest";
import {
  formatBoundaryReceipt,
  formatInput,
  formatInputState,
  formatOpsSnapshot,
  formatRuntimeState,
  parseBoundaryReceipt,
  parseInput,
  parseInputJson,
  parseInputState,
  parseOpsSnapshotJson,
} from "../../src/records/index.ts";
import {
  acceptedMembers,
  AT,
  eventMembers,
  headerMembers,
  INPUT,
  OPERATION,
  receiptMembers,
  SESSION,
} from "./samples.ts";

const printedPayload = (payload: unknown): string => {
  const [, text = ""] = /"payload":(.*),"handling_mode"/s.exec(formatInput(parseInput(eventMembers(payload)))) ?? [];
  return text;
};

describe("the JSON text of a record", () => {
  it("has the members in the wire's order, unknown ones behind them, even when they are named like an index", () => {
    const state = parseInputState(acceptedMembers({ 7: { b: 1, a: 2 }, x: null, last_run_id: INPUT }));
    expect(formatInputState({ ...state, last_boundary_sequence: 3 })).toBe(
      `{"input_id":"${INPUT}","current_state":"accepted","attempt_count":0,"recovery_count":0,"last_run_id":"${INPUT}",` +
        `"last_boundary_sequence":3,"created_at":"${AT}","updated_at":"${AT}","7":{"a":2,"b":1},"x":null}`,
    );
  });

  it("is that of the native runtime for receipts and runtime states", () => {
    expect(formatBoundaryReceipt(parseBoundaryReceipt(receiptMembers()))).toBe(JSON.stringify(receiptMembers()));
    expect(formatRuntimeState("idle")).toBe('"idle"');
  });

  it("prints percent as f32, other whole numbers as integers", () => {
    const event = { type: "progress", id: OPERATION, message: "m", percent: 50 };
    const operation = parseInput({ input_type: "operation", header: headerMembers(), operation_id: OPERATION, event });
    expect(formatInput(operation)).toContain('"message":"m","percent":50.0}');
  });

  it("sorts free JSON by code point and prints its numbers as the native runtime does", () => {
    expect(printedPayload({ "\u{1f600}": 1, "\uffee": 2, b: 3, 10: 4, 9: 5, "": 6 })).toBe(
      '{"":6,"10":4,"9":5,"b":3,"\uffee":2,"\u{1f600}":1}',
    );
    expect(printedPayload([1, 1.5, 1e16, 1e-6, 2 ** 53 - 1, 18446744073709551615n, -9223372036854775808n])).toBe(
      "[1,1.5,1e+16,1e-6,9007199254740991,18446744073709551615,-9223372036854775808]",
    );
    expect(printedPayload(-0)).toBe("-0.0");
    expect(printedPayload('\u0007"\u2028')).toBe('"\\u0007\\"\u2028"');
  });

  it("reads back as the record", () => {
    const event = parseInput({ ...eventMembers({ a: [1, { n: 2n ** 63n }] }), ["__proto__x"]: 1 });
    expect(parseInputJson(formatInput(event))).toEqual(event);
    const snapshot = parseOpsSnapshotJson(
      `{"epoch_id":"${OPERATION}","authority_state":{"operations":{"${OPERATION}":{"status":"aborted","kind":"mob_member_child","peer_ready":true,"progress_count":1,"watcher_count":0,"terminal_outcome":{"outcome_type":"aborted"},"terminal_buffered":true}},"completed_order":["${OPERATION}"],"max_completed":256,"active_count":0,"wait_operation_ids":[],"next_completion_seq":2},"operation_specs":{"${OPERATION}":{"id":"${OPERATION}","kind":"mob_member_child","owner_session_id":"${SESSION}","display_name":"d","source_label":"s","expect_peer_channel":true}},"completion_entries":[],"cursors":{"agent_applied_cursor":0,"runtime_observed_seq":1,"runtime_last_injected_seq":0}}`,
    );
    expect(parseOpsSnapshotJson(formatOpsSnapshot(snapshot))).toEqual(snapshot);
    expect(formatOpsSnapshot(snapshot)).toContain('"outcome_type":"aborted","reason":null');
  });

  it.each([
    ["a Date", new Date(0)],
    ["a Map", new Map()],
    ["a Set", new Set()],
    ["a typed array", new Uint8Array(1)],
    ["undefined", undefined],
    ["NaN", NaN],
    ["an infinity", -Infinity],
    ["a bigint beyond 64 bits", 2n ** 64n],
    ["a bigint below 64 bits", -(2n ** 63n) - 1n],
  ])("cannot carry %s", (_, value) => {
    const event = parseInput(eventMembers({ list: [0, value] }));
    expect(() => formatInput(event)).toThrow(
      expect.objectContaining({ code: "unsupported", path: "payload.list[1]" }) as Error,
    );
  });

  it.each([
    ["a text", { own: ["\ud800"] }, "own[0]"],
    ["a name", { own: { "a\udc00": 1 } }, "own"],
  ])("is refused where %s that UTF-8 cannot hold stands in a member of the caller's own", (_, members, path) => {
    const state = parseInputState(acceptedMembers(members));
    expect(() => formatInputState(state)).toThrow(expect.objectContaining({ code: "unsupported", path }) as Error);
  });

  it("is refused for what is no record", () => {
    expect(() => formatRuntimeState("asleep" as "idle")).toThrow(
      expect.objectContaining({ code: "invalid_input" }) as Error,
    );
  });
});
