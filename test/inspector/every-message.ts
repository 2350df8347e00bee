import { type Message, newSession } from "../../src/session/index.ts";

/** A message of every kind with every kind of block, in which each text is what `text` makes of its field's name. */
export function everyMessage(text: (field: string) => string): Message[] {
  const call = {
    id: text("call id"),
    name: text("tool name"),
    args: { [text("argument name")]: text("argument") },
  };
  return [
    { role: "system", content: text("system") },
    { role: "system_notice", kind: "generic", body: text("notice") },
    { role: "user", content: text("user") },
    {
      role: "user",
      content: [
        { type: "text", text: text("block") },
        { type: "image", media_type: text("media type"), source: "inline", data: text("data") },
        { type: "image", media_type: "image/svg+xml", source: "blob", blob_id: text("blob") },
        { type: "video", media_type: "video/mp4", duration_ms: 1, source: "inline", data: text("film") },
      ],
    },
    {
      role: "block_assistant",
      stop_reason: "tool_use",
      blocks: [
        { block_type: "reasoning", data: { text: text("reasoning") } },
        { block_type: "text", data: { text: text("answer") } },
        { block_type: "tool_use", data: call },
      ],
    },
    { role: "tool_results", results: [{ tool_use_id: call.id, content: text("result"), is_error: true }] },
    {
      role: "assistant",
      content: text("older answer"),
      tool_calls: [{ ...call, name: text("older tool") }],
      stop_reason: "end_turn",
      usage: newSession().usage,
    },
  ];
}
