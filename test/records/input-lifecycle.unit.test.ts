import { describe, expect, it } from "vitest";
import { advanceInputState, consumedByRun, isTerminalInputState, parseInputState } from "../../src/records/index.ts";
import type { InputLifecycleState, InputState, InputTransition } from "../../src/records/index.ts";
import { accepted, acceptedMembers, AT, frozen, INPUT, LATER, OTHER_INPUT, OTHER_RUN, RUN } from "./samples.ts";

const STATES: readonly InputLifecycleState[] = [
  "accepted",
  "queued",
  "staged",
  "applied",
  "applied_pending_consumption",
  "consumed",
  "superseded",
  "coalesced",
  "abandoned",
];

const TRANSITIONS: readonly InputTransition[] = [
  { type: "QueueAccepted" },
  { type: "ConsumeOnAccept" },
  { type: "StageForRun", runId: RUN },
  { type: "RollbackStaged" },
  { type: "MarkApplied", runId: RUN },
  { type: "MarkAppliedPendingConsumption", boundarySequence: 3 },
  { type: "Consume" },
  { type: "Supersede", supersededBy: OTHER_INPUT },
  { type: "Coalesce", aggregateId: OTHER_INPUT },
  { type: "Abandon", reason: "retired" },
];

/** The native table (meerkat-runtime v0.5.2 input_lifecycle_authority.rs), as "from transition to". */
const LEGAL: readonly string[] = [
  "accepted QueueAccepted queued",
  "accepted ConsumeOnAccept consumed",
  "accepted Abandon abandoned",
  "queued StageForRun staged",
  "queued Supersede superseded",
  "queued Coalesce coalesced",
  "queued Abandon abandoned",
  "staged RollbackStaged queued",
  "staged MarkApplied applied",
  "staged Abandon abandoned",
  "applied MarkAppliedPendingConsumption applied_pending_consumption",
  "applied Abandon abandoned",
  "applied_pending_consumption Consume consumed",
  "applied_pending_consumption Abandon abandoned",
];

const refusal = expect.objectContaining({ code: "invalid_input" }) as Error;

const inState = (current_state: InputLifecycleState, members: object = {}): InputState =>
  parseInputState(acceptedMembers({ current_state, last_run_id: RUN, attempt_count: 1, ...members }));

const through = (state: InputState, ...transitions: readonly InputTransition[]): InputState =>
  transitions.reduce((before, transition) => advanceInputState(before, transition, LATER), state);

const reasonsOf = (state: InputState): unknown[] => (state.history ?? []).map(({ reason }) => reason);

describe("the lifecycle", () => {
  it("has the native table's steps and no others, and leaves the given state alone", () => {
    const found = STATES.flatMap((from) =>
      TRANSITIONS.flatMap((transition) => {
        const state = frozen(inState(from));
        try {
          return [`${from} ${transition.type} ${advanceInputState(state, transition, LATER).current_state}`];
        } catch (error) {
          expect(error).toEqual(refusal);
          return [];
        }
      }),
    );
    expect(found).toEqual(LEGAL);
  });

  it("takes an input from accepted to consumed in five steps, each with its entry in the native runtime's words", () => {
    const state = through(
      accepted(),
      { type: "QueueAccepted" },
      { type: "StageForRun", runId: RUN.toUpperCase() },
      { type: "MarkApplied", runId: RUN },
      { type: "MarkAppliedPendingConsumption", boundarySequence: 3n },
      { type: "Consume" },
    );
    expect(state).toStrictEqual({
      input_id: INPUT,
      current_state: "consumed",
      terminal_outcome: { outcome_type: "consumed" },
      attempt_count: 1,
      recovery_count: 0,
      history: [
        { timestamp: LATER, from: "accepted", to: "queued", reason: "QueueAccepted" },
        { timestamp: LATER, from: "queued", to: "staged", reason: `StageForRun { run_id: RunId(${RUN}) }` },
        { timestamp: LATER, from: "staged", to: "applied", reason: `MarkApplied { run_id: RunId(${RUN}) }` },
        {
          timestamp: LATER,
          from: "applied",
          to: "applied_pending_consumption",
          reason: "MarkAppliedPendingConsumption { boundary_sequence: 3 }",
        },
        { timestamp: LATER, from: "applied_pending_consumption", to: "consumed", reason: "Consume" },
      ],
      last_run_id: RUN,
      last_boundary_sequence: 3,
      created_at: AT,
      updated_at: LATER,
    });
    expect(Object.keys(state)).toEqual(Object.keys(parseInputState({ ...state })));
  });

  it("returns a staged input to the queue with its run, twice, and gives it up the third time", () => {
    const attempt: InputTransition[] = [{ type: "StageForRun", runId: RUN }, { type: "RollbackStaged" }];
    const tired = through(inState("queued", { attempt_count: 0 }), ...attempt, ...attempt);
    expect(tired).toMatchObject({ current_state: "queued", attempt_count: 2, last_run_id: RUN });
    const given = through(tired, ...attempt);
    expect(given).toMatchObject({
      current_state: "abandoned",
      attempt_count: 3,
      terminal_outcome: { outcome_type: "abandoned", reason: { max_attempts_exhausted: { attempts: 3 } } },
    });
    expect(reasonsOf(given).at(-1)).toBe("RollbackStaged");
  });

  it("applies an input for the run that staged it only", () => {
    const staged = inState("staged");
    expect(() => advanceInputState(staged, { type: "MarkApplied", runId: OTHER_RUN })).toThrow(refusal);
    expect(advanceInputState(staged, { type: "MarkApplied", runId: `{${RUN}}` }).current_state).toBe("applied");
  });

  it("names what superseded an input, or took it in", () => {
    const queued = inState("queued");
    expect(advanceInputState(queued, { type: "Supersede", supersededBy: OTHER_INPUT })).toMatchObject({
      terminal_outcome: { outcome_type: "superseded", superseded_by: OTHER_INPUT },
    });
    expect(advanceInputState(queued, { type: "Coalesce", aggregateId: OTHER_INPUT })).toMatchObject({
      terminal_outcome: { outcome_type: "coalesced", aggregate_id: OTHER_INPUT },
    });
  });

  it.each([
    ["retired", "Abandon { reason: Retired }"],
    ["cancelled", "Abandon { reason: Cancelled }"],
    [{ max_attempts_exhausted: { attempts: 3 } }, "Abandon { reason: MaxAttemptsExhausted { attempts: 3 } }"],
  ] as const)("abandons for a reason: %j", (reason, text) => {
    const state = advanceInputState(accepted(), { type: "Abandon", reason });
    expect(state.terminal_outcome).toEqual({ outcome_type: "abandoned", reason });
    expect(reasonsOf(state)).toEqual([text]);
  });

  it("dates a step now unless told otherwise, by a Date, a number or a text", () => {
    const before = Date.now();
    const { updated_at, created_at } = advanceInputState(accepted(), { type: "QueueAccepted" });
    expect(Date.parse(updated_at)).toBeGreaterThanOrEqual(before);
    expect(created_at).toBe(AT);
    for (const at of [new Date(LATER), Date.parse(LATER), LATER]) {
      expect(advanceInputState(accepted(), { type: "QueueAccepted" }, at).history?.[0]?.timestamp).toBe(LATER);
    }
  });

  it("keeps unknown members and all that a step does not touch", () => {
    const state = accepted({ x: { deep: [1] }, idempotency_key: "k", recovery_count: 4 });
    expect(advanceInputState(state, { type: "QueueAccepted" })).toMatchObject({
      x: { deep: [1] },
      idempotency_key: "k",
      recovery_count: 4,
    });
  });

  it.each<[string, unknown]>([
    ["transition.type", { type: "Vanish" }],
    ["transition.type", { type: "constructor" }],
    ["transition", undefined],
    ["transition.runId", { type: "StageForRun", runId: "run" }],
    ["transition.boundarySequence", { type: "MarkAppliedPendingConsumption", boundarySequence: "3" }],
    ["transition.boundarySequence", { type: "MarkAppliedPendingConsumption", boundarySequence: -1 }],
    ["transition.reason", { type: "Abandon" }],
    ["transition.supersededBy", { type: "Supersede" }],
  ])("refuses a transition that is none: %s", (path, transition) => {
    expect(() => advanceInputState(accepted(), transition as InputTransition)).toThrow(
      expect.objectContaining({ code: "invalid_input", path }) as Error,
    );
  });

  it("ends in exactly four states", () => {
    expect(STATES.filter(isTerminalInputState)).toEqual(["consumed", "superseded", "coalesced", "abandoned"]);
  });
});

describe("consumption by a run", () => {
  const STEPS = [
    "QueueAccepted",
    `StageForRun { run_id: RunId(${RUN}) }`,
    `MarkApplied { run_id: RunId(${RUN}) }`,
    "MarkAppliedPendingConsumption { boundary_sequence: 0 }",
    "Consume",
  ];

  it.each(STATES.slice(0, 5).map((state, done) => [state, done] as const))(
    "takes every step that is left from %s",
    (from, done) => {
      const state = frozen(inState(from));
      const consumed = consumedByRun(state, { runId: RUN, at: LATER });
      expect(reasonsOf(consumed)).toEqual(STEPS.slice(done));
      expect(consumed).toMatchObject({
        current_state: "consumed",
        terminal_outcome: { outcome_type: "consumed" },
        last_run_id: RUN,
        updated_at: LATER,
        attempt_count: done < 2 ? 2 : 1,
      });
      expect(consumed.history?.map(({ from: each }) => each)).toEqual(STATES.slice(done, 5));
    },
  );

  it("names the sequence that it is told", () => {
    const consumed = consumedByRun(inState("queued"), { runId: RUN, sequence: 2n });
    expect(consumed.last_boundary_sequence).toBe(2);
    expect(reasonsOf(consumed)).toContain("MarkAppliedPendingConsumption { boundary_sequence: 2 }");
  });

  it.each([
    ...STATES.slice(5),
    "staged of another run",
    "applied of another run",
    "applied_pending_consumption of another run",
  ])("is refused for %s", (what) => {
    const [state = "", isOther] = what.split(" of ");
    const given = inState(state as InputLifecycleState, isOther === undefined ? {} : { last_run_id: OTHER_RUN });
    expect(() => consumedByRun(given, { runId: RUN })).toThrow(refusal);
  });

  it("is refused for what is no run and no sequence", () => {
    expect(() => consumedByRun(inState("queued"), { runId: "run" })).toThrow(refusal);
    expect(() => consumedByRun(inState("queued"), { runId: RUN, sequence: 0.5 })).toThrow(refusal);
  });
});
