import type { Message, UserMessage } from "../src/session/index.ts";
import { visibleText } from "../src/inspector/formats.ts";
import { element } from "./elements.ts";

/** A message of a conversation as list items: one for a text, one for each call of a tool and each result. */
export function messageItems(message: Message): readonly HTMLElement[] {
  switch (message.role) {
    case "user":
      return [speech("You", "from-user", textOf(message.content))];
    case "assistant":
      return [
        ...(message.content === "" ? [] : [speech("Agent", "from-agent", message.content)]),
        ...message.tool_calls.map(({ name, args }) => toolCall(name, args)),
      ];
    case "block_assistant":
      return message.blocks.map((block) => {
        if (block.block_type === "tool_use") return toolCall(block.data.name, block.data.args);
        return block.block_type === "text" ? speech("Agent", "from-agent", block.data.text) : remark(block.data.text);
      });
    case "tool_results":
      return message.results.map(({ content, is_error }) =>
        step(is_error ? "fails" : "result", is_error ? "tool-step failed" : "tool-step", textOf(content)),
      );
    case "system":
      return [remark(message.content)];
    case "system_notice":
      return [remark(message.body)];
  }
}

function speech(author: string, className: string, text: string): HTMLElement {
  return element(
    "li",
    { class: `speech ${className}` },
    element("span", { class: "author" }, author),
    element("p", {}, visibleText(text)),
  );
}

const toolCall = (name: string, args: unknown): HTMLElement =>
  step("calls", "tool-step", `${name}(${JSON.stringify(args)})`);

function step(label: string, className: string, text: string): HTMLElement {
  return element(
    "li",
    { class: className },
    element("span", { class: "author" }, label),
    " ",
    element("code", {}, visibleText(text)),
  );
}

const remark = (text: string): HTMLElement => element("li", { class: "remark" }, visibleText(text));

/** Pictures and films are named, not shown: this page loads nothing that a conversation points at. */
function textOf(content: UserMessage["content"]): string {
  if (typeof content === "string") return content;
  return content
    .map((block) => (block.type === "text" ? block.text : `[${block.type}: ${block.media_type}]`))
    .join("\n");
}
