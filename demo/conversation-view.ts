import type { CommittedReceipt } from "../src/index.ts";
import { element } from "./elements.ts";
import { exactTime } from "../src/inspector/formats.ts";
import { messageItems } from "./message-view.ts";
import { pendingItems, statusOf, type Steps } from "./pending-view.ts";
import { PickerView } from "./picker-view.ts";
import { type Recovered, recoveryNotices } from "./recovery-view.ts";
import type { Standing } from "./runtime-holder.ts";
import { StandingView } from "./standing-view.ts";
import type { ConversationSummary, StoredConversation } from "./stored-conversations.ts";

/** What is to be shown besides the conversation as it is stored. */
export interface Surroundings {
  readonly openId: string | undefined;
  readonly summaries: readonly ConversationSummary[];
  readonly standing: Standing;
  readonly steps: Steps;
  readonly recovered: Recovered;
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
    // The same failure again, as of one refresh after the other, is not read out again.
    if (notice?.textContent === this.#failures.textContent) return;
    const wasFocused = this.#failures.contains(document.activeElement);
    this.#failures.replaceChildren(...(notice ? [notice] : []));
    if (wasFocused) this.#text.focus({ preventScroll: true });
  }

  /** Shows a conversation, or that there is none. */
  show(stored: StoredConversation | undefined, { openId, summaries, standing, steps, recovered }: Surroundings): void {
    const pending = stored?.pendingInputs ?? [];
    const heightBefore = this.#scroller.scrollHeight;
    this.#picker.show(summaries, openId);
    this.#standing.show(standing, openId);
    this.#appendMessages(stored, recovered);
    const notices = recoveryNotices(stored, recovered, (words, revision) => this.#receiptButton(words, revision));
    if (textOf(notices) !== this.#recovery.textContent) this.#recovery.replaceChildren(...notices);
    this.#pending.replaceChildren(...pending.flatMap((input) => pendingItems(input, stored, steps, standing)));
    this.element.classList.toggle("is-thinking", pending.length > 0);
    this.#announce(statusOf(stored, steps, standing));
    if (this.#scroller.scrollHeight !== heightBefore) this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }

  /** Adds what was committed since; the log of another conversation is a new element, so that it is not read out whole. */
  #appendMessages(stored: StoredConversation | undefined, recovered: Recovered): void {
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

  #boundaryItem({ receipt, revision, committed_at }: CommittedReceipt, recovered: Recovered): HTMLElement {
    const wasRecovered = receipt.contributing_input_ids.some((id) => recovered.has(id));
    const words = `committed${wasRecovered ? " after recovery" : ""} · revision ${revision}`;
    const title = `Run boundary of ${exactTime(committed_at)}, sequence ${receipt.sequence} of its run: show the receipt`;
    return element("li", { class: "boundary" }, this.#receiptButton(words, revision, title));
  }

  #receiptButton(words: string, revision: number, title = "Show the receipt"): HTMLElement {
    const show = (): void => {
      this.#actions.showReceipt(revision);
    };
    return element("button", { type: "button", class: "quiet", onclick: show, title }, words);
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

const textOf = (elements: readonly HTMLElement[]): string => elements.map(({ textContent }) => textContent).join("");

const newLog = (): HTMLElement => element("ol", { class: "messages", "aria-live": "polite" });
