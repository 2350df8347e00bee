import type { InputId, PendingInput } from "../src/index.ts";
import { element } from "./elements.ts";
import { formatTime, visibleText } from "../src/inspector/formats.ts";
import type { StoredConversation } from "./stored-conversations.ts";

/** The inputs that this page found when it came to hold their runtime, as they were then. */
export type Recovered = ReadonlyMap<InputId, PendingInput>;

/** What this page has found of a conversation, what it does about it, and what became of it. */
export function recoveryNotices(
  stored: StoredConversation | undefined,
  recovered: Recovered,
  receiptButton: (words: string, revision: number) => HTMLElement,
): HTMLElement[] {
  return [...recovered.values()].flatMap(({ state, receipt }) => {
    const { input_id, created_at, persisted_input: input } = state;
    const isPending = stored?.pendingInputs.some((pending) => pending.state.input_id === input_id);
    const end = stored?.receipts.find((committed) => committed.receipt.contributing_input_ids.includes(input_id));
    if (!isPending && !end) return [];
    // Below a later turn it would read as if it were about that one.
    if (end && stored && end.revision < stored.revision) return [];
    const text = input?.input_type === "prompt" ? `“${visibleText(input.text)}”` : "An input";
    const found = `${text} was accepted and stored at ${formatTime(created_at)}, and not done when this page took the runtime.`;
    const stands = receipt
      ? `Its turn was committed up to sequence ${receipt.sequence} of its run, and ${end ? "was" : "is"} run on from there.`
      : `Nothing of its turn was committed: it ${end ? "was run here" : "is run now"}.`;
    return element(
      "div",
      { class: "recovery" },
      element("strong", {}, end ? "Recovered" : "Recovering"),
      element("p", {}, found, " ", stands),
      end && element("p", {}, "It was committed once. ", receiptButton(`revision ${end.revision}`, end.revision)),
    );
  });
}
