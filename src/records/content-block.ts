import * as v from "valibot";
import { choice, tag, tagged } from "./choice.ts";
import { withDefault } from "./optional-members.ts";
import { oneOf, text, u64 } from "./scalars.ts";
import { struct } from "./struct.ts";

// meerkat-core v0.5.2 types.rs

export const contentBlock = tagged("type", {
  text: struct({ type: tag("text"), text }),
  image: tagged("source", {
    inline: struct({ type: tag("image"), media_type: text, source: tag("inline"), data: text }),
    blob: struct({ type: tag("image"), media_type: text, source: tag("blob"), blob_id: text }),
  }),
  video: struct({ type: tag("video"), media_type: text, duration_ms: u64, source: tag("inline"), data: text }),
});
/** A piece of content: text, an image or a video, their bytes in base64 or, for images, in a blob store. */
export type ContentBlock = v.InferOutput<typeof contentBlock>;

const contentBlocks = v.array(contentBlock);
/** Content as people give it: a text, or blocks. */
export const contentInput = choice<string | ContentBlock[]>("string | Array", (value) =>
  Array.isArray(value) ? contentBlocks : text,
);

export const renderMetadata = struct({
  class: oneOf(
    "user_prompt",
    "peer_message",
    "peer_request",
    "peer_response",
    "external_event",
    "flow_step",
    "continuation",
    "system_notice",
    "tool_scope_notice",
    "ops_progress",
  ),
  salience: withDefault(oneOf("background", "normal", "important", "urgent"), "normal"),
});
/** How a user interface may present a message, and how much it matters. */
export type RenderMetadata = v.InferOutput<typeof renderMetadata>;

/** The text of content without its images and videos, which leave their media types (`text_content` of the native types). */
export function textProjection(blocks: readonly ContentBlock[]): string {
  return blocks.map(blockText).reduce((before, piece) => before + (before && piece && "\n") + piece, "");
}

function blockText(block: ContentBlock): string {
  return block.type === "text" ? block.text : `[${block.type}: ${block.media_type}]`;
}
