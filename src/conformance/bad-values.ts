import { fullInputState, eventInputState, inputState, opsSnapshot, receipt, runId } from "./samples.ts";

// What a caller in plain JavaScript may pass by mistake, one list for each kind of argument. Each value is wrong in one way.

const BEYOND = Number.MAX_SAFE_INTEGER + 1;
const NOT_COUNTS = [-1, 1.5, Number.NaN, Infinity, BEYOND, BigInt(BEYOND), -1n, "0", null, {}, [0], true];
const NOT_REQUIRED_COUNTS = [...NOT_COUNTS, undefined];

export const NOT_PRIMITIVE_TEXT: readonly unknown[] = [7, {}, [], true, null, Symbol("text"), new String("text")];
export const NOT_TEXT: readonly unknown[] = [...NOT_PRIMITIVE_TEXT, "\ud800", "a\udc00b"];
export const NOT_LISTS: readonly unknown[] = [undefined, null, {}, "list", 7, new Set(), { length: 0 }, new Array(1)];
export const NOT_OPTIONS: readonly unknown[] = [null, "options", 7, true];
export const NOT_ON_CORRUPT: readonly unknown[] = ["ignore", "", 7, null, true];
export const NOT_OPTIONAL_COUNTS: readonly unknown[] = NOT_COUNTS;
export const NOT_SEQUENCES: readonly unknown[] = NOT_REQUIRED_COUNTS;
export const NOT_TIMES: readonly unknown[] = [Number.NaN, "2025-01-01T00:00:00Z", null, {}, true];
export const NOT_RUNTIME_STATES: readonly unknown[] = ["asleep", "Idle", " idle", "", 7, null, undefined, {}, ["idle"]];
export const NOT_BOUNDARIES: readonly unknown[] = ["sometime", "RunStart", "", 7, null, undefined, {}, ["immediate"]];

const NOT_RECORDS: readonly unknown[] = [undefined, null, "record", 7, [], () => ({}), new Date(), new Map(), {}];

export const NOT_UUIDS: readonly unknown[] = [
  "",
  "nonsense",
  `${runId(1)} `,
  `${runId(1)}0`,
  runId(1).slice(1),
  runId(1).replace("a", "g"),
  runId(1).replace("-", ""),
  `{${runId(1).replaceAll("-", "")}}`,
  `URN:UUID:${runId(1)}`,
  7,
  null,
  undefined,
  {},
  [runId(1)],
];

export const NOT_DELTAS: readonly unknown[] = [
  ...NOT_RECORDS,
  { sessionSnapshot: undefined },
  { sessionSnapshot: "{}" },
  { session_snapshot: new Uint8Array(2) },
];

const { policy } = fullInputState(1);

export const NOT_INPUT_STATES: readonly unknown[] = [
  ...NOT_RECORDS,
  ...spoilt(inputState(1), {
    input_id: NOT_UUIDS,
    current_state: ["asleep", "Accepted", "", 7, null, undefined, ["accepted"]],
    attempt_count: [-1, 1.5, "1", null, 2 ** 32],
    recovery_count: [-1, 1.5, "1", null, 2 ** 32],
    last_boundary_sequence: [-1, 0.5, BEYOND, BigInt(BEYOND), "0", {}],
    last_run_id: ["run", 7, {}],
    created_at: ["2025-01-02", "2025-01-02T03:04:05", "2025-02-30T00:00:00Z", "", 0, null, undefined, new Date()],
    updated_at: ["now", "2025-01-02T24:00:00Z", 7, null, undefined],
    durability: ["permanent", 7, {}],
    idempotency_key: [7, {}, "\ud800"],
    history: [{}, "x", null, [{}], [null], [{ timestamp: "2025-01-02T03:04:05Z", from: "accepted", to: "nowhere" }]],
    terminal_outcome: [
      {},
      "consumed",
      { outcome_type: "forgotten" },
      { outcome_type: "superseded", superseded_by: "x" },
      { outcome_type: "abandoned", reason: "bored" },
      { outcome_type: "abandoned", reason: "max_attempts_exhausted" },
      { outcome_type: "abandoned", reason: { max_attempts_exhausted: { attempts: -1 } } },
    ],
    policy: [
      {},
      "policy",
      { version: 1 },
      { ...policy, version: -1 },
      { version: 1, decision: { ...policy?.decision, wake_mode: "always" } },
    ],
    reconstruction_source: [{ source_type: "dream" }, { source_type: "coalescing", source_input_ids: ["x"] }],
    persisted_input: [{}, { input_type: "rumour" }, { input_type: "prompt", text: "without a header" }, "prompt"],
    member_of_its_own: [() => 1, Symbol("s")],
  }),
];

class Point {
  readonly x = 1;
}

/** What no free-form part of a record can hold. */
const NOT_PAYLOADS: readonly unknown[] = [
  () => 1,
  Symbol("s"),
  new Point(),
  new ArrayBuffer(4),
  new DataView(new ArrayBuffer(4)),
  new WeakMap(),
  Promise.resolve(),
  new Error("e"),
  /x/u,
  { deep: [{ callback: () => 1 }] },
  { deep: new Map([["point", new Point()]]) },
  new Set([Symbol("s")]),
  "\udfff",
  { "\udfff": 1 },
  nested(126),
  cycle(),
];

export const EVENTS_WITH_BAD_PAYLOADS: readonly unknown[] = NOT_PAYLOADS.map((payload) => eventInputState(1, payload));

export const NOT_RECEIPTS: readonly unknown[] = [
  ...NOT_RECORDS,
  ...spoilt(receipt(), {
    run_id: NOT_UUIDS,
    boundary: NOT_BOUNDARIES.filter((value) => typeof value !== "object"),
    contributing_input_ids: [...NOT_LISTS, ["x"], [7], [null]],
    conversation_digest: [7, {}, ["d"], "\ud800"],
    message_count: NOT_REQUIRED_COUNTS,
    sequence: NOT_REQUIRED_COUNTS,
  }),
];

const ops = opsSnapshot(1);

export const NOT_OPS_SNAPSHOTS: readonly unknown[] = [
  ...NOT_RECORDS,
  ...spoilt(ops, {
    epoch_id: NOT_UUIDS,
    operation_specs: [[], null, { x: {} }, { [runId(1)]: {} }],
    completion_entries: [{}, null, [{}], [{ ...ops.completion_entries[0], kind: "chore" }]],
    cursors: [{}, null, { ...ops.cursors, agent_applied_cursor: -1 }, { ...ops.cursors, runtime_observed_seq: BEYOND }],
    authority_state: [
      {},
      null,
      ...spoilt(ops.authority_state, {
        completed_order: [["x"], {}],
        max_concurrent: ["many", -1],
        operations: [[], { x: {} }],
      }),
    ],
  }),
];

/** Copies of a record, each with one of its members replaced by a bad value. */
function spoilt(record: object, bad: Readonly<Record<string, readonly unknown[]>>): unknown[] {
  return Object.entries(bad).flatMap(([member, values]) => values.map((value) => ({ ...record, [member]: value })));
}

/** So many lists, one inside the other. */
export function nested(depth: number): unknown {
  let list: unknown[] = [];
  for (let level = 1; level < depth; level++) list = [list];
  return list;
}

function cycle(): unknown {
  const object: Record<string, unknown> = {};
  object.itself = object;
  return object;
}
