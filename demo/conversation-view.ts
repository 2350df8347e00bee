import type { CommittedReceipt, InputId } from "../src/index.ts";
import type { InputState } from "../src/records/index.ts";
import type { Message } from "../src/session/index.ts";
import { element, replaceContent } from "./elements.ts";
import { formatTime } from "./formats.ts";
import { messageItems } from "./message-view.ts";

/** An accepted message whose turn is not committed yet. */
export interface PendingTurn {
  readonly state: InputState;
  /** The messages so far, when this page is running the turn. */
  readonly turn?: readonly Message[] | undefined;
}

/** The open conversation: what is stored of it, and what is being worked on. */
export interface OpenConversation {
  readonly runtimeId: string;
  readonly title: string;
  readonly messages: readonly Message[];
  readonly receipts: readonly CommittedReceipt[];
  readonly pending: readonly PendingTurn[];
  /** The inputs that an earlier life of this page, or another tab, accepted and left behind. */
  readonly recovered: ReadonlySet<InputId>;
}

/** What the visitor can do in a conversation. */
export interface ConversationActions {
  /** Resolves once the message is stored. */
  readonly send: (text: string) => Promise<boolean>;
  readonly reload: () => void;
  readonly askToDelete: () => void;
  readonly showReceipt: (revision: number) => void;
}

const EXAMPLES = ["What is 365 * 24?", "Roll 3d6", "What time is it?"];

/** The open conversation, with the field to write in and the button that takes the page away in mid-turn. */
export class ConversationView {
  readonly element: HTMLElement;
  readonly #actions: ConversationActions;
  readonly #title = element("h2", { id: "conversation-title" });
  readonly #scroller = element("div", { class: "scroller", tabindex: 0, "aria-labelledby": "conversation-title" });
  readonly #pending = element("ol", { class: "messages pending" });
  readonly #status = element("p", { class: "turn-status", role: "status" });
  readonly #text = element("textarea", { id: "message", rows: 2, placeholder: "Ask for a sum, dice, the time …", required: true });
  readonly #send = element("button", { type: "submit", class: "primary" }, "Send");
  #log = element("ol", { class: "messages", role: "log" });
  #runtimeId: string | undefined;
  #messagesShown = 0;

  constructor(actions: ConversationActions) {
    this.#actions = actions;
    this.#scroller.append(this.#log, this.#pending);
    this.element = element(
      "section",
      { class: "pane conversation-pane", "aria-labelledby": "conversation-title" },
      element(
        "div",
        { class: "pane-head" },
        this.#title,
        element("button", { type: "button", class: "quiet", onclick: actions.askToDelete }, "Delete…"),
      ),
      this.#scroller,
      this.#reloadStrip(),
      this.#composer(),
    );
  }

  focus(): void {
    this.#text.focus();
  }

  show(conversation: OpenConversation): void {
    this.#title.textContent = conversation.title;
    this.#appendMessages(conversation);
    const { pending, recovered } = conversation;
    this.#pending.replaceChildren(...pending.flatMap((turn) => pendingItems(turn, recovered)));
    this.element.classList.toggle("is-thinking", pending.length > 0);
    const status =
      pending.length > 0
        ? "The agent is thinking. Your message is stored; the rest of this turn is not yet."
        : "All is stored. Send a message, then take the page away while the agent thinks.";
    if (this.#status.textContent !== status) this.#status.textContent = status;
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }

  /** Adds what was committed since; the log of another conversation is a new element, so that it is not read out whole. */
  #appendMessages({ runtimeId, messages, receipts, recovered }: OpenConversation): void {
    if (runtimeId !== this.#runtimeId || messages.length < this.#messagesShown) {
      const log = element("ol", { class: "messages", role: "log" });
      this.#log.replaceWith(log);
      this.#log = log;
      this.#runtimeId = runtimeId;
      this.#messagesShown = 0;
    }
    const boundaries = new Map(receipts.map((committed) => [committed.receipt.message_count, committed]));
    for (const message of messages.slice(this.#messagesShown)) {
      this.#messagesShown++;
      this.#log.append(...messageItems(message));
      const boundary = boundaries.get(this.#messagesShown);
      if (boundary) this.#log.append(this.#boundaryItem(boundary, recovered));
    }
  }

  #boundaryItem({ receipt, revision, committed_at }: CommittedReceipt, recovered: ReadonlySet<InputId>): HTMLElement {
    const wasRecovered = receipt.contributing_input_ids.some((id) => recovered.has(id));
    const show = (): void => {
      this.#actions.showReceipt(revision);
    };
    return element(
      "li",
      { class: "boundary" },
      element(
        "button",
        { type: "button", class: "quiet", onclick: show, title: "Show the receipt" },
        `committed${wasRecovered ? " after recovery" : ""} · revision ${String(revision)} · ${formatTime(committed_at)}`,
      ),
    );
  }

  #reloadStrip(): HTMLElement {
    const reload = element("button", { type: "button", id: "reload", onclick: this.#actions.reload }, "Reload the page");
    const hint = element("span", { class: "hint" }, "do it while the agent thinks");
    return element("div", { class: "reload-strip" }, this.#status, element("div", { class: "reload" }, reload, hint));
  }

  #composer(): HTMLElement {
    const examples = EXAMPLES.map((text) =>
      element("button", { type: "button", class: "example", onclick: () => void this.#submit(text) }, text),
    );
    const form = element(
      "form",
      { class: "composer" },
      element("label", { for: "message" }, "Your message"),
      element("div", { class: "compose" }, this.#text, this.#send),
      element("div", { class: "examples" }, ...examples),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#submit(this.#text.value, true);
    });
    this.#text.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      form.requestSubmit();
    });
    return form;
  }

  /** The field is emptied once the message is stored, and keeps it when that fails. */
  async #submit(text: string, isWritten = false): Promise<void> {
    if (text.trim() === "") return;
    this.#send.disabled = true;
    const isStored = await this.#actions.send(text.trim());
    this.#send.disabled = false;
    if (isStored && isWritten) this.#text.value = "";
  }
}

function pendingItems({ state, turn }: PendingTurn, recovered: ReadonlySet<InputId>): readonly HTMLElement[] {
  const { persisted_input: input, input_id } = state;
  const prompt: Message = { role: "user", content: input?.input_type === "prompt" ? input.text : "" };
  const [first, ...rest] = (turn ?? [prompt]).flatMap(messageItems);
  const status = recovered.has(input_id)
    ? "recovered: this message was accepted before the page went away; its turn is being run now"
    : turn
      ? "accepted and stored; its turn is being run"
      : "accepted and stored; waiting for its turn";
  first?.append(element("span", { class: "badge" }, status));
  return [...(first ? [first] : []), ...rest, element("li", { class: "thinking" }, turn ? "thinking …" : "waiting …")];
}
