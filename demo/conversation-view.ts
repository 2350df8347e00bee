import type { CommittedReceipt, InputId, PendingInput } from "../src/index.ts";
import type { Message } from "../src/session/index.ts";
import type { Progress } from "./agent.ts";
import { element } from "./elements.ts";
import { formatTime } from "./formats.ts";
import { messageItems } from "./message-view.ts";
import { PickerView } from "./picker-view.ts";
import type { Standing } from "./runtime-holder.ts";
import { StandingView } from "./standing-view.ts";
import type { ConversationSummary, StoredConversation } from "./stored-conversations.ts";

/** What is to be shown besides the conversation as it is stored. */
export interface Surroundings {
  readonly summaries: readonly ConversationSummary[];
  readonly standing: Standing;
  /** The steps that this page is running. */
  readonly steps: ReadonlyMap<InputId, Progress>;
  /** The inputs that this page found when it came to hold their runtime, as they were then. */
  readonly recovered: ReadonlyMap<InputId, PendingInput>;
}

/** What the visitor can do with the agent. */
export interface ConversationActions {
  /** Resolves to whether the message was stored. */
  readonly send: (text: string) => Promise<boolean>;
  readonly crash: () => void;
  readonly create: () => void;
  readonly open: (runtimeId: string) => void;
  readonly takeOver: () => void;
  readonly showReceipt: (revision: number) => void;
}

const TASKS = [
  "Plan a weekend in Lisbon",
  "3 for 7.50 or 5 for 11.90?",
  "365 * 24",
  "12 / 0",
  "Roll 3d6",
  "What time is it?",
];

/** The agent: the open conversation, who runs it, the field to write in, and the button that takes the page away in mid-turn. */
export class ConversationView {
  readonly element: HTMLElement;
  readonly #actions: ConversationActions;
  readonly #picker: PickerView;
  readonly #standing: StandingView;
  readonly #scroller = element("div", { class: "scroller", role: "region", tabindex: 0, "aria-label": "Messages" });
  readonly #recovery = element("div", { role: "status" });
  readonly #pending = element("ol", { class: "messages draft" });
  readonly #status = element("p", { class: "turn-status", role: "status" });
  readonly #failures = element("div");
  readonly #text = element("textarea", {
    id: "message",
    rows: 1,
    placeholder: "Give it a task …",
    required: true,
  });
  #log = newLog();
  #runtimeId: string | undefined;
  #messagesShown = 0;

  constructor(actions: ConversationActions) {
    this.#actions = actions;
    this.#picker = new PickerView(actions);
    this.#standing = new StandingView(actions);
    this.#scroller.append(this.#log, this.#recovery, this.#pending);
    this.element = element(
      "section",
      { class: "pane agent-pane", "aria-label": "Agent" },
      this.#picker.element,
      this.#standing.element,
      this.#scroller,
      this.#failures,
      this.#turnStrip(),
      this.#composer(),
    );
  }

  focus(): void {
    this.#text.focus();
  }

  showFailure(notice: HTMLElement | undefined): void {
    this.#failures.replaceChildren(...(notice ? [notice] : []));
  }

  /** Shows a conversation, or that there is none. */
  show(stored: StoredConversation | undefined, { summaries, standing, steps, recovered }: Surroundings): void {
    const pending = stored?.pendingInputs ?? [];
    const heightBefore = this.#scroller.scrollHeight;
    this.#picker.show(summaries, stored?.runtimeId);
    this.#standing.show(standing, stored?.runtimeId);
    this.#appendMessages(stored, recovered);
    this.#showRecovery(stored, recovered);
    this.#pending.replaceChildren(...pending.flatMap((input) => pendingItems(input, stored, steps, standing)));
    this.element.classList.toggle("is-thinking", pending.length > 0);
    this.#announce(statusOf(stored, steps, standing));
    if (this.#scroller.scrollHeight !== heightBefore) this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }

  /** Adds what was committed since; the log of another conversation is a new element, so that it is not read out whole. */
  #appendMessages(stored: StoredConversation | undefined, recovered: Surroundings["recovered"]): void {
    const { runtimeId, messages = [], receipts = [] } = stored ?? {};
    if (runtimeId !== this.#runtimeId || messages.length < this.#messagesShown) {
      const log = newLog();
      this.#log.replaceWith(log);
      this.#log = log;
      this.#runtimeId = runtimeId;
      this.#messagesShown = 0;
    }
    const boundaries = new Map(receipts.map((committed) => [committed.receipt.message_count, committed]));
    for (const message of messages.slice(this.#messagesShown)) {
      this.#log.append(...messageItems(message));
      const boundary = boundaries.get(++this.#messagesShown);
      if (boundary) this.#log.append(this.#boundaryItem(boundary, recovered));
    }
  }

  #boundaryItem(
    { receipt, revision, committed_at }: CommittedReceipt,
    recovered: Surroundings["recovered"],
  ): HTMLElement {
    const wasRecovered = receipt.contributing_input_ids.some((id) => recovered.has(id));
    const words = `committed${wasRecovered ? " after recovery" : ""} · revision ${revision}`;
    const title = `Run boundary of ${formatTime(committed_at)}, sequence ${receipt.sequence} of its run: show the receipt`;
    return element("li", { class: "boundary" }, this.#receiptButton(words, revision, title));
  }

  #receiptButton(words: string, revision: number, title: string): HTMLElement {
    const show = (): void => {
      this.#actions.showReceipt(revision);
    };
    return element("button", { type: "button", class: "quiet", onclick: show, title }, words);
  }

  /** Tells what became of the messages that this page has found. */
  #showRecovery(stored: StoredConversation | undefined, recovered: Surroundings["recovered"]): void {
    const notices = [...recovered.values()].flatMap(({ state, receipt }) => {
      const { input_id, created_at, persisted_input: input } = state;
      const isPending = stored?.pendingInputs.some((pending) => pending.state.input_id === input_id);
      const end = stored?.receipts.find((committed) => committed.receipt.contributing_input_ids.includes(input_id));
      if (!stored || (!isPending && !end)) return [];
      const text = input?.input_type === "prompt" ? `“${input.text}”` : "An input";
      const found = `${text} was accepted and stored at ${formatTime(created_at)}, and not done when this page took the runtime.`;
      const stands = receipt
        ? `Its turn was committed up to sequence ${receipt.sequence} of its run, and ${end ? "was" : "is"} run on from there.`
        : `Nothing of its turn was committed: it ${end ? "was run here" : "is run now"}.`;
      return element(
        "div",
        { class: "recovery" },
        element("strong", {}, end ? "Recovered" : "Recovering"),
        element("p", {}, found, " ", stands),
        end &&
          element(
            "p",
            {},
            "It was committed once. ",
            this.#receiptButton(`revision ${end.revision}`, end.revision, "Show the receipt"),
          ),
      );
    });
    const shown = notices.map(({ textContent }) => textContent).join("");
    if (shown !== this.#recovery.textContent) this.#recovery.replaceChildren(...notices);
  }

  #announce(status: string): void {
    if (this.#status.textContent !== status) this.#status.textContent = status;
  }

  #turnStrip(): HTMLElement {
    const crash = element("button", { type: "button", id: "crash", onclick: this.#actions.crash }, "Crash the tab now");
    const progress = element("progress", { "aria-label": "The turn is being run" });
    return element("div", { class: "turn-strip" }, progress, this.#status, crash);
  }

  #composer(): HTMLElement {
    const tasks = TASKS.map((text) =>
      element("li", {}, element("button", { type: "button", onclick: () => void this.#actions.send(text) }, text)),
    );
    const form = element(
      "form",
      { class: "composer", onsubmit: (event) => void this.#submit(event) },
      element("label", { for: "message" }, "Your message"),
      element("div", { class: "compose" }, this.#text, element("button", { type: "submit", class: "primary" }, "Send")),
      element("ul", { class: "tasks", "aria-label": "Tasks to try" }, ...tasks),
    );
    this.#text.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      form.requestSubmit();
    });
    return form;
  }

  /** The field is emptied once its message is stored, and keeps it when that fails. */
  async #submit(event: Event): Promise<void> {
    event.preventDefault();
    const text = this.#text.value.trim();
    if (text === "" || this.#text.readOnly) return;
    this.#text.readOnly = true;
    const isStored = await this.#actions.send(text);
    this.#text.readOnly = false;
    if (isStored) this.#text.value = "";
  }
}

const newLog = (): HTMLElement => element("ol", { class: "messages", "aria-live": "polite" });

/** What a message that is not done has to show beyond what is committed: the step that is being run, or that it waits. */
function pendingItems(
  { state, receipt }: PendingInput,
  stored: StoredConversation | undefined,
  steps: Surroundings["steps"],
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

function statusOf(stored: StoredConversation | undefined, steps: Surroundings["steps"], { holder }: Standing): string {
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
