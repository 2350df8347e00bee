import * as v from "valibot";
import { tag, tagged } from "./choice.ts";
import { contentBlock, renderMetadata } from "./content-block.ts";
import { inputHeader } from "./input-header.ts";
import { opEvent } from "./operations.ts";
import { option, withDefault } from "./optional-members.ts";
import { free, oneOf, operationId, text } from "./scalars.ts";
import { struct } from "./struct.ts";
import { handlingMode, turnMetadata } from "./turn-metadata.ts";

// meerkat-runtime v0.5.2 input.rs

const header = inputHeader;
const blocks = option(v.array(contentBlock));
const turn_metadata = option(turnMetadata);

export const peerConvention = tagged("convention_type", {
  message: struct({ convention_type: tag("message") }),
  request: struct({ convention_type: tag("request"), request_id: text, intent: text }),
  response_progress: struct({
    convention_type: tag("response_progress"),
    request_id: text,
    phase: oneOf("accepted", "in_progress", "partial_result"),
  }),
  response_terminal: struct({
    convention_type: tag("response_terminal"),
    request_id: text,
    status: oneOf("completed", "failed", "cancelled"),
  }),
});
/** What a peer's message is within a conversation between agents. */
export type PeerConvention = v.InferOutput<typeof peerConvention>;

const continuation = struct({
  input_type: tag("continuation", "system_generated"),
  header,
  reason: text,
  handling_mode: withDefault(handlingMode, "queue"),
  request_id: option(text),
});

const operation = struct({
  input_type: tag("operation", "projected"),
  header,
  operation_id: operationId,
  event: opEvent,
});

export const input = tagged("input_type", {
  prompt: struct({ input_type: tag("prompt"), header, text, blocks, turn_metadata }),
  peer: struct({
    input_type: tag("peer"),
    header,
    convention: option(peerConvention),
    body: text,
    blocks,
    handling_mode: option(handlingMode),
  }),
  flow_step: struct({ input_type: tag("flow_step"), header, step_id: text, instructions: text, blocks, turn_metadata }),
  external_event: struct({
    input_type: tag("external_event"),
    header,
    event_type: text,
    payload: free,
    blocks,
    handling_mode: withDefault(handlingMode, "queue"),
    render_metadata: option(renderMetadata),
  }),
  continuation,
  system_generated: continuation,
  operation,
  projected: operation,
});
/**
 * What a runtime accepts to work on: a prompt, a peer's message, a step of a flow, an event from outside, a continuation or
 * an operation's progress. An event's `payload` is free-form: plain JSON, or Date, Map, Set, bigint, `undefined` and typed arrays.
 */
export type Input = v.InferOutput<typeof input>;
