import type { SessionId } from "../core/ids.ts";
import type { ContentBlock, RenderMetadata, SystemTime } from "../records/index.ts";

/** Why a model ended its turn. */
export type StopReason = "end_turn" | "tool_use" | "max_tokens" | "stop_sequence" | "content_filter" | "cancelled";

/** Tokens that a session or a message has cost; the cache counters are `null` where the provider told none. */
export interface Usage {
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_creation_tokens?: number | null | undefined;
  readonly cache_read_tokens?: number | null | undefined;
}

/** What a provider needs to be given back with a block, such as the signature of its thinking. */
export type ProviderMeta =
  | { readonly provider: "anthropic"; readonly signature: string }
  | { readonly provider: "anthropic_redacted"; readonly data: string }
  | { readonly provider: "anthropic_compaction"; readonly content: string }
  | { readonly provider: "gemini"; readonly thoughtSignature: string }
  | { readonly provider: "open_ai"; readonly id: string; readonly encrypted_content?: string | undefined };

/** One part of an assistant's turn: text, reasoning, or a call of a tool. */
export type AssistantBlock =
  | { readonly block_type: "text"; readonly data: { readonly text: string; readonly meta?: ProviderMeta | undefined } }
  | {
      readonly block_type: "reasoning";
      readonly data: { readonly text: string; readonly meta?: ProviderMeta | undefined };
    }
  | {
      readonly block_type: "tool_use";
      readonly data: {
        readonly id: string;
        readonly name: string;
        /** Any JSON value. */
        readonly args: unknown;
        readonly meta?: ProviderMeta | undefined;
      };
    };

/** What a tool answered; one text block reads and writes as plain text. */
export interface ToolResult {
  readonly tool_use_id: string;
  readonly content: string | readonly ContentBlock[];
  readonly is_error?: boolean | undefined;
}

/** Instructions to the model. */
export interface SystemMessage {
  readonly role: "system";
  readonly content: string;
}

/** A word of the runtime itself in the conversation. */
export interface SystemNoticeMessage {
  readonly role: "system_notice";
  readonly kind: "generic" | "mcp_pending" | "background_job" | "tool_scope" | "tool_scope_warning";
  readonly body: string;
}

/** What the user, or whoever stands in for one, said. */
export interface UserMessage {
  readonly role: "user";
  readonly content: string | readonly ContentBlock[];
  readonly render_metadata?: RenderMetadata | undefined;
}

/** An assistant's turn as older sessions hold it. */
export interface AssistantMessage {
  readonly role: "assistant";
  readonly content: string;
  readonly tool_calls: readonly { readonly id: string; readonly name: string; readonly args: unknown }[];
  readonly stop_reason: StopReason;
  readonly usage: Usage;
}

/** An assistant's turn as an ordered list of blocks. */
export interface BlockAssistantMessage {
  readonly role: "block_assistant";
  readonly blocks: readonly AssistantBlock[];
  readonly stop_reason: StopReason;
}

/** What tools answered to the calls of the message before. */
export interface ToolResultsMessage {
  readonly role: "tool_results";
  readonly results: readonly ToolResult[];
}

/** One message of a conversation, in the native wire form. */
export type Message =
  SystemMessage | SystemNoticeMessage | UserMessage | AssistantMessage | BlockAssistantMessage | ToolResultsMessage;

/** A conversation with its figures, in the native wire form. */
export interface Session {
  readonly version: number;
  readonly id: SessionId;
  readonly messages: readonly Message[];
  readonly created_at: SystemTime;
  readonly updated_at: SystemTime;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly usage: Usage;
}
