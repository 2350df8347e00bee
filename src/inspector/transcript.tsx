import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { ContentBlock } from "../records/index.ts";
import type { AssistantBlock, Message, ToolResult } from "../session/index.ts";
import { formatBytes, formatCount, visibleText } from "./formats.ts";
import { Badge, Code, StoredText } from "./parts.tsx";

/** So many messages are shown at first, and so many more each time one asks for earlier ones. */
const PAGE = 100;

/** The last messages of a conversation, with a button for earlier ones. */
export function Transcript({ messages }: { readonly messages: readonly Message[] }): JSX.Element {
  const [shown, setShown] = useState(PAGE);
  const first = Math.max(0, messages.length - shown);
  if (messages.length === 0) return <p class="remark">There is no message yet.</p>;
  return (
    <>
      {first > 0 && (
        <button type="button" class="quiet" onClick={() => setShown(shown + PAGE)}>
          Show {formatCount(Math.min(PAGE, first), "earlier message")} of {first.toLocaleString()}
        </button>
      )}
      <ol class="transcript" start={first + 1}>
        {messages.slice(first).map((message, index) => (
          <li key={first + index} class={`message ${message.role}`}>
            <p class="role">
              {ROLES[message.role]} <span class="number">{first + index + 1}</span>
            </p>
            <MessageBody message={message} />
          </li>
        ))}
      </ol>
    </>
  );
}

const ROLES: Readonly<Record<Message["role"], string>> = {
  system: "System",
  system_notice: "Notice",
  user: "User",
  assistant: "Assistant",
  block_assistant: "Assistant",
  tool_results: "Tool results",
};

function MessageBody({ message }: { readonly message: Message }): JSX.Element {
  switch (message.role) {
    case "system":
      return <StoredText text={message.content} />;
    case "system_notice":
      return (
        <>
          <Badge>{message.kind}</Badge>
          <StoredText text={message.body} />
        </>
      );
    case "user":
      return <Content content={message.content} />;
    case "assistant":
      return (
        <>
          {message.content !== "" && <StoredText text={message.content} />}
          {message.tool_calls.map((call) => (
            <ToolCall key={call.id} {...call} />
          ))}
        </>
      );
    case "block_assistant":
      return (
        <>
          {message.blocks.map((block, index) => (
            <Block key={index} block={block} />
          ))}
        </>
      );
    case "tool_results":
      return (
        <>
          {message.results.map((result, index) => (
            <Result key={index} result={result} />
          ))}
        </>
      );
  }
}

function Block({ block }: { readonly block: AssistantBlock }): JSX.Element {
  switch (block.block_type) {
    case "text":
      return <StoredText text={block.data.text} />;
    case "reasoning":
      return (
        <details class="reasoning" open={block.data.text.length < 400}>
          <summary>Thinking</summary>
          {block.data.text === "" ? (
            <p class="remark">The provider kept it to itself.</p>
          ) : (
            <StoredText text={block.data.text} />
          )}
        </details>
      );
    case "tool_use":
      return <ToolCall {...block.data} />;
  }
}

function ToolCall(call: { readonly id: string; readonly name: string; readonly args: unknown }): JSX.Element {
  return (
    <div class="tool-call">
      <p>
        calls <Code>{call.name}</Code> <span class="call-id">{visibleText(call.id)}</span>
      </p>
      <StoredText text={JSON.stringify(call.args, undefined, 2) ?? "no arguments"} />
    </div>
  );
}

function Result({ result }: { readonly result: ToolResult }): JSX.Element {
  return (
    <div class={result.is_error ? "tool-result failed" : "tool-result"}>
      <p>
        {result.is_error ? "failed" : "answered"} <span class="call-id">{visibleText(result.tool_use_id)}</span>
      </p>
      <Content content={result.content} />
    </div>
  );
}

/** Text as text; pictures and films are named, never loaded: nothing that a conversation points at is fetched or drawn. */
function Content({ content }: { readonly content: string | readonly ContentBlock[] }): JSX.Element {
  if (typeof content === "string") return <StoredText text={content} />;
  return (
    <>
      {content.map((block, index) =>
        block.type === "text" ? (
          <StoredText key={index} text={block.text} />
        ) : (
          <Placeholder key={index} block={block} />
        ),
      )}
    </>
  );
}

function Placeholder({ block }: { readonly block: Exclude<ContentBlock, { readonly type: "text" }> }): JSX.Element {
  const size =
    block.source === "inline" ? `, ${formatBytes(Math.floor((block.data.length * 3) / 4))}` : ", kept elsewhere";
  return (
    <p class="placeholder">
      {block.type}: <Code>{block.media_type}</Code>
      {size}
    </p>
  );
}
