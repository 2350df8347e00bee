import { wireTime, type Moment } from "./date-time.ts";
import { moved } from "./input-lifecycle.ts";
import { inputState, isTerminalInputState, type InputState, wasApplied } from "./input-state.ts";
import { canonical, parseBoundaryReceipt, parseInputState } from "./parse.ts";
import type { RunBoundaryReceipt } from "./run-boundary-receipt.ts";

/** What is to be done about an input that a new start finds. */
export interface RecoveredInput {
  readonly state: InputState;
  /** `run`: its turn was not committed, and is to be run; `done`: there is nothing left to run. */
  readonly next: "run" | "done";
}

/**
 * What became of an input that an earlier life of the agent left behind. With the stored receipt that the state's stamp
 * names, if that receipt lists the input, its turn was committed: it is consumed. (The native runtime asks for a receipt only
 * once an input was applied, and runs a queued one again whose boundary was committed.) Any other input goes back to the
 * queue, with its stamp and attempts, in the native runtime's words; a queued or terminal one stays as it is.
 * @throws {RuntimeStoreError} `invalid_input` for a record that is none.
 */
export function recoverInputState(state: InputState, receipt?: RunBoundaryReceipt, at?: Moment): RecoveredInput {
  const found = parseInputState(state);
  const proof = receipt === undefined ? undefined : parseBoundaryReceipt(receipt);
  if (isTerminalInputState(found.current_state)) return { state: found, next: "done" };
  if (proof && provesCommit(proof, found)) {
    const effects = { terminal_outcome: { outcome_type: "consumed" } } as const;
    const reason = "recovery: boundary receipt already committed";
    return {
      state: canonical(inputState, moved(found, "consumed", { reason, at: wireTime(at), effects })),
      next: "done",
    };
  }
  if (found.current_state === "queued") return { state: found, next: "run" };
  const reason = wasApplied(found.current_state)
    ? "recovery: missing boundary receipt"
    : "recovery: pre-run state normalized to queued";
  const queued = moved(found, "queued", { reason, at: wireTime(at), effects: { terminal_outcome: undefined } });
  return { state: canonical(inputState, queued), next: "run" };
}

function provesCommit(receipt: RunBoundaryReceipt, state: InputState): boolean {
  return (
    receipt.run_id === state.last_run_id &&
    receipt.sequence === state.last_boundary_sequence &&
    receipt.contributing_input_ids.includes(state.input_id)
  );
}
