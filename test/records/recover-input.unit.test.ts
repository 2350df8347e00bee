import { describe, expect, it } from "vitest";
import { consumedByRun, parseBoundaryReceipt, parseInputState, recoverInputState } from "../../src/records/index.ts";
import type { InputLifecycleState, InputState } from "../../src/records/index.ts";
import { acceptedMembers, frozen, INPUT, LATER, OTHER_INPUT, OTHER_RUN, receiptMembers, RUN } from "./samples.ts";

const stamped = (current_state: InputLifecycleState, members: object = {}): InputState =>
  parseInputState(
    acceptedMembers({ current_state, attempt_count: 1, last_run_id: RUN, last_boundary_sequence: 0, ...members }),
  );

const receipt = parseBoundaryReceipt(receiptMembers());
const LIVE = ["accepted", "queued", "staged", "applied", "applied_pending_consumption"] as const;

describe("an input that a new start finds", () => {
  it.each(LIVE)("is done when the receipt of its stamp lists it: %s", (current_state) => {
    const { state, next } = recoverInputState(frozen(stamped(current_state)), frozen(receipt), LATER);
    expect(next).toBe("done");
    expect(state).toStrictEqual(
      parseInputState({
        ...stamped("consumed"),
        terminal_outcome: { outcome_type: "consumed" },
        history: [
          {
            timestamp: LATER,
            from: current_state,
            to: "consumed",
            reason: "recovery: boundary receipt already committed",
          },
        ],
        updated_at: LATER,
      }),
    );
  });

  it.each([
    [
      "of another run",
      stamped("queued"),
      { ...receipt, run_id: parseBoundaryReceipt(receiptMembers({ run_id: OTHER_RUN })).run_id },
    ],
    ["of another boundary of its run", stamped("queued"), { ...receipt, sequence: 1 }],
    [
      "that does not list it",
      stamped("queued"),
      parseBoundaryReceipt(receiptMembers({ contributing_input_ids: [OTHER_INPUT] })),
    ],
    ["when it has no stamp", stamped("queued", { last_run_id: null, last_boundary_sequence: null }), receipt],
    ["when it has half a stamp", stamped("queued", { last_boundary_sequence: null }), receipt],
  ])("is to be run, whatever receipt there is %s", (_, state, other) => {
    expect(recoverInputState(state, other)).toStrictEqual({ state, next: "run" });
  });

  it.each([
    ["accepted", "recovery: pre-run state normalized to queued"],
    ["staged", "recovery: pre-run state normalized to queued"],
    ["applied", "recovery: missing boundary receipt"],
    ["applied_pending_consumption", "recovery: missing boundary receipt"],
  ] as const)("goes back to the queue from %s, with its stamp and attempts", (current_state, reason) => {
    const { state, next } = recoverInputState(
      stamped(current_state, { terminal_outcome: { outcome_type: "consumed" } }),
      undefined,
      LATER,
    );
    expect(next).toBe("run");
    expect(state).toStrictEqual({
      ...stamped("queued"),
      history: [{ timestamp: LATER, from: current_state, to: "queued", reason }],
      updated_at: LATER,
    });
  });

  it.each(["consumed", "superseded", "coalesced", "abandoned"] as const)(
    "stays as it is when it is %s",
    (current_state) => {
      const state = stamped(current_state);
      for (const found of [receipt, undefined])
        expect(recoverInputState(state, found, LATER)).toStrictEqual({ state, next: "done" });
    },
  );

  it("can be consumed by a run once it is queued again", () => {
    const { state } = recoverInputState(stamped("applied"));
    const consumed = consumedByRun(state, { runId: OTHER_RUN });
    expect(consumed).toMatchObject({ current_state: "consumed", last_run_id: OTHER_RUN, attempt_count: 2 });
    expect(consumed.input_id).toBe(INPUT);
  });

  it("is refused when it is no record, or its receipt is none", () => {
    const refusal = expect.objectContaining({ code: "invalid_input" }) as Error;
    expect(() => recoverInputState({} as InputState)).toThrow(refusal);
    expect(() => recoverInputState(stamped("queued"), { ...receipt, sequence: -1 })).toThrow(refusal);
  });
});
