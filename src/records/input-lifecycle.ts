import { asRunId } from "../core/ids.ts";
import { wireTime, type Moment } from "./date-time.ts";
import { invalidInput } from "./invalid-input.ts";
import { inputState, isTerminalInputState, wasApplied } from "./input-state.ts";
import type { InputAbandonReason, InputLifecycleState, InputState } from "./input-state.ts";
import { type CheckedTransition, type InputTransition, inputTransition, reasonText } from "./input-transition.ts";
import { canonical, parse, parseInputState } from "./parse.ts";
import { struct } from "./struct.ts";

/** A rollback of an input that was staged this often gives it up. */
const MAX_ATTEMPTS = 3;

const STARTS: Readonly<Record<InputTransition["type"], readonly InputLifecycleState[]>> = {
  QueueAccepted: ["accepted"],
  ConsumeOnAccept: ["accepted"],
  StageForRun: ["queued"],
  RollbackStaged: ["staged"],
  MarkApplied: ["staged"],
  MarkAppliedPendingConsumption: ["applied"],
  Consume: ["applied_pending_consumption"],
  Supersede: ["queued"],
  Coalesce: ["queued"],
  Abandon: ["accepted", "queued", "staged", "applied", "applied_pending_consumption"],
};

const transitionArgument = struct({ transition: inputTransition });

/**
 * The input state after one step of the native lifecycle: with the step's effects, one more history entry in the native
 * runtime's words, and `updated_at` at the moment `at`, which is now unless given. The given state stays as it is.
 * @throws {RuntimeStoreError} `invalid_input` for a step that the lifecycle does not have from here, or for a bad record.
 */
export function advanceInputState(state: InputState, transition: InputTransition, at?: Moment): InputState {
  const checked = parse(transitionArgument, { transition }).transition;
  return canonical(inputState, step(parseInputState(state), checked, wireTime(at)));
}

/** Which run consumed an input. */
export interface Consumption {
  readonly runId: string;
  /** The sequence that the boundary's receipt will have: 0, unless the run has committed boundaries before. */
  readonly sequence?: number | bigint | undefined;
  /** Now unless given. */
  readonly at?: Moment | undefined;
}

/**
 * The input state for the `inputUpdates` of a boundary that finishes an input's turn: consumed, by all the steps of the
 * lifecycle that still lie before it, each with its history entry. The store stamps the boundary's true sequence on the
 * state, while the history keeps the one given here. The given state stays as it is.
 * @throws {RuntimeStoreError} `invalid_input` for a terminal state, or one that belongs to another run: recover it first.
 */
export function consumedByRun(state: InputState, { runId, sequence = 0, at }: Consumption): InputState {
  const given = parseInputState(state);
  const run = asRunId(runId);
  const { current_state, last_run_id } = given;
  if (isTerminalInputState(current_state)) throw illegal(given, "Consume");
  if (wasApplied(current_state) && last_run_id !== run) throw illegal(given, `Consume by run ${run}`);
  const applied = parse(transitionArgument, {
    transition: { type: "MarkAppliedPendingConsumption", boundarySequence: sequence },
  }).transition;
  const steps: readonly CheckedTransition[] = [
    { type: "QueueAccepted" },
    { type: "StageForRun", runId: run },
    { type: "MarkApplied", runId: run },
    applied,
    { type: "Consume" },
  ];
  const moment = wireTime(at);
  const first = steps.findIndex(({ type }) => STARTS[type].includes(current_state));
  const consumed = steps.slice(first).reduce((before, transition) => step(before, transition, moment), given);
  return canonical(inputState, consumed);
}

/** The state after a move, without a look at whether the lifecycle has it. Members may stand in any order. */
export function moved(
  state: InputState,
  to: InputLifecycleState,
  { reason, at, effects }: { readonly reason: string; readonly at: string; readonly effects: Partial<InputState> },
): InputState {
  const entry = { timestamp: at, from: state.current_state, to, reason };
  return { ...state, ...effects, current_state: to, history: [...(state.history ?? []), entry], updated_at: at };
}

function step(state: InputState, transition: CheckedTransition, at: string): InputState {
  if (!STARTS[transition.type].includes(state.current_state)) throw illegal(state, transition.type);
  const [to, effects] = outcome(state, transition);
  return moved(state, to, { reason: reasonText(transition), at, effects });
}

function outcome(state: InputState, transition: CheckedTransition): [InputLifecycleState, Partial<InputState>] {
  switch (transition.type) {
    case "QueueAccepted":
      return ["queued", {}];
    case "StageForRun":
      return ["staged", { last_run_id: transition.runId, attempt_count: state.attempt_count + 1 }];
    case "RollbackStaged":
      return state.attempt_count < MAX_ATTEMPTS
        ? ["queued", {}]
        : abandoned({ max_attempts_exhausted: { attempts: state.attempt_count } });
    case "MarkApplied":
      if (state.last_run_id !== transition.runId) throw illegal(state, `MarkApplied by run ${transition.runId}`);
      return ["applied", {}];
    case "MarkAppliedPendingConsumption":
      return ["applied_pending_consumption", { last_boundary_sequence: transition.boundarySequence }];
    case "Consume":
    case "ConsumeOnAccept":
      return ["consumed", { terminal_outcome: { outcome_type: "consumed" } }];
    case "Supersede":
      return [
        "superseded",
        { terminal_outcome: { outcome_type: "superseded", superseded_by: transition.supersededBy } },
      ];
    case "Coalesce":
      return ["coalesced", { terminal_outcome: { outcome_type: "coalesced", aggregate_id: transition.aggregateId } }];
    case "Abandon":
      return abandoned(transition.reason);
  }
}

function abandoned(reason: InputAbandonReason): [InputLifecycleState, Partial<InputState>] {
  return ["abandoned", { terminal_outcome: { outcome_type: "abandoned", reason } }];
}

function illegal(state: InputState, what: string): Error {
  const run = state.last_run_id === undefined ? "" : ` of run ${state.last_run_id}`;
  return invalidInput(["current_state"], `${what} is no step from ${state.current_state}${run}`);
}
