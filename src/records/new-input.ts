import { asInputId, newInputId } from "../core/ids.ts";
import { type ContentBlock, contentInput, textProjection } from "./content-block.ts";
import { wireTime, type Moment } from "./date-time.ts";
import { defaultPolicy } from "./default-policy.ts";
import type { Input } from "./input.ts";
import type { InputDurability } from "./input-header.ts";
import { advanceInputState } from "./input-lifecycle.ts";
import type { InputState } from "./input-state.ts";
import { option } from "./optional-members.ts";
import { parse, parseInput } from "./parse.ts";
import { type PolicySnapshot, policySnapshot } from "./policy.ts";
import { struct } from "./struct.ts";

const promptArguments = struct({ content: contentInput });
const queueArguments = struct({ policy: option(policySnapshot) });

/** What may be said of a prompt besides its content. */
export interface PromptOptions {
  /** A UUID; a new one unless given. */
  readonly id?: string | undefined;
  /** By which the agent knows a prompt that it was given before. */
  readonly idempotencyKey?: string | undefined;
  /** `durable` unless given. */
  readonly durability?: InputDurability | undefined;
  /** Now unless given. */
  readonly at?: Moment | undefined;
}

/**
 * A prompt of the person at the page, as the native runtime makes one: visible to all, from the operator, its text that of
 * the content. Blocks are kept beside it.
 * @throws {RuntimeStoreError} `invalid_input` for content, an id or a time that is none.
 */
export function promptInput(content: string | readonly ContentBlock[], options: PromptOptions = {}): Input {
  const given = parse(promptArguments, { content }).content;
  const { id, idempotencyKey, durability = "durable", at } = options;
  return parseInput({
    input_type: "prompt",
    header: {
      id: id === undefined ? newInputId() : asInputId(id),
      timestamp: wireTime(at),
      source: { type: "operator" },
      durability,
      visibility: { transcript_eligible: true, operator_eligible: true },
      idempotency_key: idempotencyKey,
    },
    text: typeof given === "string" ? given : textProjection(given),
    blocks: typeof given === "string" ? undefined : given,
  });
}

/** How an input is taken in. */
export interface QueueOptions {
  /** That of the native runtime's table unless given. */
  readonly policy?: PolicySnapshot | undefined;
  /** For the native runtime's table: whether the agent is idle, which it is unless said otherwise. */
  readonly isIdle?: boolean | undefined;
  /** Now unless given. */
  readonly at?: Moment | undefined;
}

/**
 * What to store of an input before anything is done about it, as the native runtime stores it when it accepts one: queued,
 * or consumed at once where its policy is to ignore it, with the policy, the input itself, and one history entry.
 * @throws {RuntimeStoreError} `invalid_input` for an input, a policy or a time that is none.
 */
export function queuedInputState(input: Input, options: QueueOptions = {}): InputState {
  const { isIdle, at } = options;
  const persisted_input = parseInput(input);
  const { id, durability, idempotency_key } = persisted_input.header;
  const given = parse(queueArguments, { policy: options.policy });
  const policy = given.policy ?? defaultPolicy(persisted_input, { isIdle });
  const { apply_mode, consume_point } = policy.decision;
  const isIgnored = apply_mode === "ignore" && consume_point === "on_accept";
  const moment = wireTime(at);
  const accepted: InputState = {
    input_id: id,
    current_state: "accepted",
    policy,
    durability,
    idempotency_key,
    attempt_count: 0,
    recovery_count: 0,
    persisted_input,
    created_at: moment,
    updated_at: moment,
  };
  return advanceInputState(accepted, { type: isIgnored ? "ConsumeOnAccept" : "QueueAccepted" }, moment);
}
