import type { InputId, PendingInput } from "../src/index.ts";
import type { Message } from "../src/session/index.ts";
import type { Progress } from "./agent.ts";
import { element } from "./elements.ts";
import { messageItems } from "./message-view.ts";
import type { Standing } from "./runtime-holder.ts";
import type { StoredConversation } from "./stored-conversations.ts";

/** The steps that this page is running. */
export type Steps = ReadonlyMap<InputId, Progress>;

/** What a message that is not done has to show beyond what is committed: the step that is being run, or that it waits. */
export function pendingItems(
  { state, receipt }: PendingInput,
  stored: StoredConversation | undefined,
  steps: Steps,
  { holder }: Standing,
): HTMLElement[] {
  const { persisted_input: input, input_id } = state;
  const step = steps.get(input_id);
  const prompt: Message[] = receipt
    ? []
    : [{ role: "user", content: (input?.input_type === "prompt" && (input.blocks ?? input.text)) || "" }];
  // A step that builds on an earlier revision is committed, or was overtaken.
  const items = (step?.revision === stored?.revision ? (step?.messages ?? prompt) : prompt).flatMap(messageItems);
  const status = step
    ? "accepted and stored; its turn is being run"
    : holder === "elsewhere"
      ? "accepted and stored; the tab that holds the runtime runs it"
      : "accepted and stored; waiting for its turn";
  const badge = element("span", { class: "badge" }, status);
  if (!receipt) items[0]?.append(badge);
  return [...items, element("li", { class: "thinking" }, step ? `${activityOf(step)} …` : "waiting …")];
}

function activityOf({ messages }: Progress): string {
  const last = messages.at(-1);
  if (last?.role === "tool_results") return "committing";
  const uses = last?.role === "block_assistant" ? last.blocks : [];
  const tools = uses.flatMap((block) => (block.block_type === "tool_use" ? [block.data.name] : []));
  if (tools.length > 0) return `using ${tools.join(" and ")}`;
  return uses.length > 0 ? "committing" : "thinking";
}

/** What the whole of the conversation's turns has come to. */
export function statusOf(stored: StoredConversation | undefined, steps: Steps, { holder }: Standing): string {
  const [first] = stored?.pendingInputs ?? [];
  if (!first) return "Everything shown is stored.";
  const running = stored?.pendingInputs.find(({ state }) => steps.has(state.input_id));
  if (!running) {
    return holder === "elsewhere"
      ? "Your message is stored. The tab that holds the runtime runs it."
      : "Your message is stored. Its turn comes.";
  }
  return `Step ${(running.receipt?.sequence ?? -1) + 2} of the turn is not stored yet.`;
}
