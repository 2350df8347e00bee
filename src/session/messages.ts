import { RuntimeStoreError } from "../core/errors.ts";
import type { ContentBlock, RenderMetadata } from "../records/index.ts";
import type {
  AssistantBlock,
  BlockAssistantMessage,
  StopReason,
  SystemMessage,
  ToolResult,
  ToolResultsMessage,
  UserMessage,
} from "./session.ts";

/** Instructions to the model, which stand first in a conversation. */
export function systemMessage(content: string): SystemMessage {
  return { role: "system", content };
}

/** What the user said: text, or blocks of text and images. */
export function userMessage(
  content: string | readonly ContentBlock[],
  options: { readonly renderMetadata?: RenderMetadata | undefined } = {},
): UserMessage {
  const { renderMetadata } = options;
  return { role: "user", content, ...(renderMetadata === undefined ? {} : { render_metadata: renderMetadata }) };
}

/** What the model answered: text, or blocks. It ended to use a tool when a block calls one, else because its turn was over. */
export function assistantMessage(
  content: string | readonly AssistantBlock[],
  options: { readonly stopReason?: StopReason | undefined } = {},
): BlockAssistantMessage {
  const blocks: readonly AssistantBlock[] =
    typeof content === "string" ? [{ block_type: "text", data: { text: content } }] : content;
  assertArray(blocks, "content must be text or an array of blocks");
  const callsTool = blocks.some((block) => block.block_type === "tool_use");
  return { role: "block_assistant", blocks, stop_reason: options.stopReason ?? (callsTool ? "tool_use" : "end_turn") };
}

/** What the tools answered, one result for each call of the message before. */
export function toolResultsMessage(results: readonly ToolResult[]): ToolResultsMessage {
  assertArray(results, "results must be an array");
  return {
    role: "tool_results",
    results: results.map((result) => ({ ...result, is_error: result.is_error ?? false })),
  };
}

function assertArray(value: unknown, expected: string): void {
  if (!Array.isArray(value)) throw new RuntimeStoreError("invalid_input", expected);
}
