import { type AssistantBlock, assistantMessage, type Message, type ToolResult } from "../src/session/index.ts";
import type { Agent, ToolUse } from "./agent.ts";
import { nextStep } from "./scripts.ts";
import { type ToolName, tools } from "./tools.ts";

/** How the scripted agent works: `think` is waited for before each message, and before each result of a tool. */
export interface ScriptedAgentOptions {
  readonly think?: (() => Promise<void>) | undefined;
  readonly onProgress?: NonNullable<Agent["onProgress"]> | undefined;
}

/** An agent without a language model. Like one, it has no memory but the conversation that it is given. */
export function scriptedAgent({ think, onProgress }: ScriptedAgentOptions = {}): Agent {
  return {
    async reply(conversation) {
      await think?.();
      return replyTo(conversation);
    },
    async useTool(use) {
      await think?.();
      return answerOf(use);
    },
    ...(onProgress && { onProgress }),
  };
}

function replyTo(conversation: readonly Message[]) {
  const [asked] = conversation.filter((message) => message.role === "user").slice(-1);
  const turn = asked ? conversation.slice(conversation.lastIndexOf(asked)) : [];
  const results = turn.flatMap((message) => (message.role === "tool_results" ? [message.results] : []));
  const step = nextStep(asked?.content ?? "", results);
  if ("answer" in step) return assistantMessage(step.answer);
  const thought: AssistantBlock = { block_type: "reasoning", data: { text: step.thought } };
  const calls = step.calls.map(([name, argument]): AssistantBlock => {
    const id = `call_${crypto.getRandomValues(new Uint32Array(1)).join("")}`;
    return { block_type: "tool_use", data: { id, name, args: { argument } } };
  });
  return assistantMessage([thought, ...calls]);
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
