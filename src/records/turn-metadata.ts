import * as v from "valibot";
import { renderMetadata } from "./content-block.ts";
import { option, orNull } from "./optional-members.ts";
import { flag, free, oneOf, text, uuid } from "./scalars.ts";
import { struct } from "./struct.ts";
import { scalar } from "./wire-schema.ts";

// meerkat-runtime v0.5.2 input.rs, meerkat-core v0.5.2 run_primitive.rs and skills

export const handlingMode = oneOf("queue", "steer");
/** Whether an input waits for the next turn or steers the one that runs. */
export type HandlingMode = v.InferOutput<typeof handlingMode>;

const SLUG = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const skillName = scalar("slug", "name of a-z, 0-9 and single hyphens", (value) =>
  typeof value === "string" && SLUG.test(value) ? value : undefined,
);

export const turnMetadata = struct({
  handling_mode: option(handlingMode),
  keep_alive: option(flag),
  skill_references: option(v.array(struct({ source_uuid: uuid, skill_name: skillName }))),
  flow_tool_overlay: option(struct({ allowed_tools: orNull(v.array(text)), blocked_tools: orNull(v.array(text)) })),
  additional_instructions: option(v.array(text)),
  model: option(text),
  provider: option(text),
  provider_params: option(free),
  render_metadata: option(renderMetadata),
  execution_kind: option(oneOf("content_turn", "resume_pending")),
});
/** What an input asks of the turn that it starts; `provider_params` is free-form. */
export type RuntimeTurnMetadata = v.InferOutput<typeof turnMetadata>;
