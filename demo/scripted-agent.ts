import { assistantMessage } from "../src/session/index.ts";
import type { Message, ToolResult } from "../src/session/index.ts";
import type { Agent, ToolUse } from "./agent.ts";
import { chooseTool, type ToolName, tools } from "./tools.ts";

/** How the scripted agent works: `think` is waited for before each of its messages. */
export interface ScriptedAgentOptions {
  readonly think?: (() => Promise<void>) | undefined;
  readonly onProgress?: NonNullable<Agent["onProgress"]> | undefined;
}

/** An agent without a language model: it answers each message with one call of the tool that fits, and a sentence about its result. */
export function scriptedAgent({ think, onProgress }: ScriptedAgentOptions = {}): Agent {
  return {
    async reply(conversation) {
      await think?.();
      const last = conversation.at(-1);
      if (last?.role === "tool_results") return assistantMessage(sentenceAbout(conversation, last.results));
      return assistantMessage([{ block_type: "tool_use", data: callFor(textOf(last)) }]);
    },
    useTool: (use) => Promise.resolve(answerOf(use)),
    ...(onProgress && { onProgress }),
  };
}

function callFor(text: string): ToolUse {
  const { name, argument } = chooseTool(text);
  return { id: `call_${crypto.getRandomValues(new Uint32Array(1)).join("")}`, name, args: { argument } };
}

function answerOf({ id, name, args }: ToolUse): ToolResult {
  try {
    const tool = Object.hasOwn(tools, name) ? tools[name as ToolName] : undefined;
    if (!tool) throw new Error(`there is no tool "${name}"`);
    return { tool_use_id: id, content: tool((args as { argument: string }).argument) };
  } catch (error) {
    return { tool_use_id: id, content: error instanceof Error ? error.message : String(error), is_error: true };
  }
}

const SENTENCES: Readonly<Record<ToolName, (result: string, argument: string) => string>> = {
  calculator: (result, argument) => `${argument} = ${result}.`,
  clock: (result) => `By this machine's clock it is ${result}.`,
  dice: (result, argument) => `I rolled ${argument}: ${result}.`,
  word_count: (result) =>
    `Your message has ${result} ${result === "1" ? "word" : "words"}. I can also do sums, roll dice and tell the time.`,
};

function sentenceAbout(conversation: readonly Message[], results: readonly ToolResult[]): string {
  const asked = conversation.at(-2);
  const uses = asked?.role === "block_assistant" ? asked.blocks : [];
  return results
    .map(({ tool_use_id, content, is_error }) => {
      const use = uses.find((block) => block.block_type === "tool_use" && block.data.id === tool_use_id);
      if (use?.block_type !== "tool_use" || typeof content !== "string") return "That is all I know.";
      if (is_error) return `I could not do that: ${content}.`;
      return SENTENCES[use.data.name as ToolName](content, (use.data.args as { argument: string }).argument);
    })
    .join(" ");
}

function textOf(message: Message | undefined): string {
  return message?.role === "user" && typeof message.content === "string" ? message.content : "";
}
