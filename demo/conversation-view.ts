import type { CommittedReceipt, InputId, PendingInput } from "../src/index.ts";
import type { Message } from "../src/session/index.ts";
import { element } from "./elements.ts";
import { formatTime } from "../src/inspector/formats.ts";
import { messageItems } from "./message-view.ts";
import type { StoredConversation } from "./stored-conversations.ts";

/** What is known of turns that is not stored. */
export interface RunningTurns {
  /** The messages so far of the turns that this page is running. */
  readonly turns: ReadonlyMap<InputId, readonly Message[]>;
  /** The inputs that this page runs, or ran, and that it did not accept itself. */
  readonly recovered: ReadonlySet<InputId>;
}

/** What the visitor can do in a conversation. */
export interface ConversationActions {
  /** Resolves to whether the message was stored. */
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
  readonly #delete: HTMLButtonElement;
  readonly #scroller = element("div", { class: "scroller", role: "region", tabindex: 0, "aria-label": "Messages" });
  readonly #pending = element("ol", { class: "messages draft" });
  readonly #status = element("p", { class: "turn-status", role: "status" });
  readonly #text = element("textarea", {
    id: "message",
    rows: 2,
    placeholder: "Ask for a sum, dice, the time …",
    required: true,
  });
  readonly #send = element("button", { type: "submit", class: "primary" }, "Send");
  #log = newLog();
  #runtimeId: string | undefined;
  #messagesShown = 0;

  constructor(actions: ConversationActions) {
    this.#actions = actions;
    this.#delete = element("button", { type: "button", class: "quiet", onclick: actions.askToDelete }, "Delete…");
    this.#scroller.append(this.#log, this.#pending);
    this.element = element(
      "section",
      { class: "pane conversation-pane", "aria-labelledby": "conversation-title" },
      element("div", { class: "pane-head" }, this.#title, this.#delete),
      this.#scroller,
      this.#reloadStrip(),
      this.#composer(),
    );
  }

  focus(): void {
    this.#text.focus();
  }

  /** Shows a conversation, or that there is none. */
  show(stored: StoredConversation | undefined, { turns, recovered }: RunningTurns): void {
    const pending = stored?.pendingInputs ?? [];
    const heightBefore = this.#scroller.scrollHeight;
    this.#title.textContent = stored?.title ?? "New conversation";
    this.#delete.disabled = !stored || pending.length > 0;
    this.#appendMessages(stored, recovered);
    this.#pending.replaceChildren(...pending.flatMap((input) => pendingItems(input, turns, recovered)));
    this.element.classList.toggle("is-thinking", pending.length > 0);
    this.#announce(
      pending.length > 0
        ? "The agent is thinking. Your message is stored; the rest of its turn is not yet."
        : "Everything shown is stored.",
    );
    if (this.#scroller.scrollHeight !== heightBefore) this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }

  /** Adds what was committed since; the log of another conversation is a new element, so that it is not read out whole. */
  #appendMessages(stored: StoredConversation | undefined, recovered: ReadonlySet<InputId>): void {
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

  #boundaryItem({ receipt, revision, committed_at }: CommittedReceipt, recovered: ReadonlySet<InputId>): HTMLElement {
    const wasRecovered = receipt.contributing_input_ids.some((id) => recovered.has(id));
    const words = `committed${wasRecovered ? " after recovery" : ""} · revision ${revision} · ${formatTime(committed_at)}`;
    const show = (): void => {
      this.#actions.showReceipt(revision);
    };
    return element(
      "li",
      { class: "boundary" },
      element("button", { type: "button", class: "quiet", onclick: show, title: "Show the receipt" }, words),
    );
  }

  #announce(status: string): void {
    if (this.#status.textContent !== status) this.#status.textContent = status;
  }

  #reloadStrip(): HTMLElement {
    const reload = element(
      "button",
      { type: "button", id: "reload", onclick: this.#actions.reload },
      "Reload the page",
    );
    const hint = element("span", { class: "hint" }, "Do it while the agent thinks.");
    return element("div", { class: "reload-strip" }, this.#status, element("div", { class: "reload" }, reload, hint));
  }

  #composer(): HTMLElement {
    const examples = EXAMPLES.map((text) =>
      element("button", { type: "button", class: "quiet", onclick: () => void this.#actions.send(text) }, text),
    );
    const form = element(
      "form",
      { class: "composer", onsubmit: (event) => void this.#submit(event) },
      element("label", { for: "message" }, "Your message"),
      element("div", { class: "compose" }, this.#text, this.#send),
      element("div", { class: "examples" }, ...examples),
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

function pendingItems(
  { state }: PendingInput,
  turns: RunningTurns["turns"],
  recovered: ReadonlySet<InputId>,
): HTMLElement[] {
  const { persisted_input: input, input_id } = state;
  const turn = turns.get(input_id);
  const prompt: Message = { role: "user", content: input?.input_type === "prompt" ? input.text : "" };
  const [first, ...rest] = (turn ?? [prompt]).flatMap(messageItems);
  const status = !turn
    ? "accepted and stored; waiting for its turn"
    : recovered.has(input_id)
      ? "recovered: this message was accepted before the page went away; its turn is being run now"
      : "accepted and stored; its turn is being run";
  first?.append(element("span", { class: "badge" }, status));
  return [...(first ? [first] : []), ...rest, element("li", { class: "thinking" }, turn ? "thinking …" : "waiting …")];
}
