import * as v from "valibot";
import { option } from "./optional-members.ts";
import { inputId, oneOf, runId, text, u64 } from "./scalars.ts";
import { struct } from "./struct.ts";

// meerkat-core v0.5.2 lifecycle/run_primitive.rs and run_receipt.rs

export const runApplyBoundary = oneOf("immediate", "run_start", "run_checkpoint");
/** At which kind of boundary of a run something was applied. */
export type RunApplyBoundary = v.InferOutput<typeof runApplyBoundary>;

export const runBoundaryReceipt = struct({
  run_id: runId,
  boundary: runApplyBoundary,
  contributing_input_ids: v.array(inputId),
  conversation_digest: option(text),
  message_count: u64,
  sequence: u64,
});
/** The proof that a run reached a boundary: which inputs took part, and what the conversation hashed to. */
export type RunBoundaryReceipt = v.InferOutput<typeof runBoundaryReceipt>;
