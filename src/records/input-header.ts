import type * as v from "valibot";
import { tag, tagged } from "./choice.ts";
import { dateTime } from "./date-time.ts";
import { option } from "./optional-members.ts";
import { flag, inputId, oneOf, text, u64, uuid } from "./scalars.ts";
import { struct } from "./struct.ts";

// meerkat-runtime v0.5.2 input.rs

export const inputDurability = oneOf("durable", "ephemeral", "derived");
/** Whether an input must outlive the process: only `ephemeral` ones may be lost, `derived` ones can be made again. */
export type InputDurability = v.InferOutput<typeof inputDurability>;

export const inputOrigin = tagged("type", {
  operator: struct({ type: tag("operator") }),
  peer: struct({ type: tag("peer"), peer_id: text, runtime_id: option(text) }),
  flow: struct({ type: tag("flow"), flow_id: text, step_index: u64 }),
  system: struct({ type: tag("system") }),
  external: struct({ type: tag("external"), source_name: text }),
});
/** Where an input came from. */
export type InputOrigin = v.InferOutput<typeof inputOrigin>;

export const inputHeader = struct({
  id: inputId,
  timestamp: dateTime,
  source: inputOrigin,
  durability: inputDurability,
  visibility: struct({ transcript_eligible: flag, operator_eligible: flag }),
  idempotency_key: option(text),
  supersession_key: option(text),
  correlation_id: option(uuid),
});
/** What every input says of itself, whatever its kind. */
export type InputHeader = v.InferOutput<typeof inputHeader>;
