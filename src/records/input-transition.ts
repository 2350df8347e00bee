import type * as v from "valibot";
import { tag, tagged } from "./choice.ts";
import { type InputAbandonReason, inputAbandonReason } from "./input-state.ts";
import { inputId, runId, u64 } from "./scalars.ts";
import { struct } from "./struct.ts";

/**
 * A step of an input's life, under the native runtime's names, which are written into the input's history
 * (meerkat-runtime v0.5.2 input_lifecycle_authority.rs).
 */
export type InputTransition =
  | { readonly type: "QueueAccepted" | "ConsumeOnAccept" | "RollbackStaged" | "Consume" }
  | { readonly type: "StageForRun" | "MarkApplied"; readonly runId: string }
  | { readonly type: "MarkAppliedPendingConsumption"; readonly boundarySequence: number | bigint }
  | { readonly type: "Supersede"; readonly supersededBy: string }
  | { readonly type: "Coalesce"; readonly aggregateId: string }
  | { readonly type: "Abandon"; readonly reason: InputAbandonReason };

export const inputTransition = tagged("type", {
  QueueAccepted: struct({ type: tag("QueueAccepted") }),
  ConsumeOnAccept: struct({ type: tag("ConsumeOnAccept") }),
  StageForRun: struct({ type: tag("StageForRun"), runId }),
  RollbackStaged: struct({ type: tag("RollbackStaged") }),
  MarkApplied: struct({ type: tag("MarkApplied"), runId }),
  MarkAppliedPendingConsumption: struct({ type: tag("MarkAppliedPendingConsumption"), boundarySequence: u64 }),
  Consume: struct({ type: tag("Consume") }),
  Supersede: struct({ type: tag("Supersede"), supersededBy: inputId }),
  Coalesce: struct({ type: tag("Coalesce"), aggregateId: inputId }),
  Abandon: struct({ type: tag("Abandon"), reason: inputAbandonReason }),
});
/** A transition whose ids and numbers were found to be such. */
export type CheckedTransition = v.InferOutput<typeof inputTransition>;

/** The transition as Rust's derived `Debug` prints it, which is what the native runtime gives as the reason of a step. */
export function reasonText(transition: CheckedTransition): string {
  switch (transition.type) {
    case "StageForRun":
    case "MarkApplied":
      return `${transition.type} { run_id: RunId(${transition.runId}) }`;
    case "MarkAppliedPendingConsumption":
      return `${transition.type} { boundary_sequence: ${transition.boundarySequence} }`;
    case "Abandon":
      return `${transition.type} { reason: ${abandonReasonText(transition.reason)} }`;
    default:
      return transition.type;
  }
}

function abandonReasonText(reason: InputAbandonReason): string {
  if (typeof reason === "string") return reason.charAt(0).toUpperCase() + reason.slice(1);
  return `MaxAttemptsExhausted { attempts: ${reason.max_attempts_exhausted.attempts} }`;
}
