import { element, replaceContent } from "./elements.ts";
import { formatBytes, formatCount, formatTime } from "../src/inspector/formats.ts";
import type { ConversationSummary } from "./stored-conversations.ts";

/** The list of conversations; each is a link, so that a reload comes back to the one that was open. */
export class ConversationsView {
  readonly element: HTMLElement;
  readonly #list = element("ul", { class: "conversations" });

  constructor(actions: { readonly create: () => void }) {
    this.element = element(
      "section",
      { class: "pane conversations-pane", "aria-labelledby": "conversations-title" },
      element(
        "div",
        { class: "pane-head" },
        element("h2", { id: "conversations-title" }, "Conversations"),
        element("button", { type: "button", id: "new-conversation", onclick: actions.create }, "New"),
      ),
      this.#list,
    );
  }

  show(conversations: readonly ConversationSummary[], openId: string | undefined): void {
    replaceContent(this.#list, ...conversations.map((conversation) => item(conversation, openId)));
  }
}

function item({ head, title, isSample }: ConversationSummary, openId: string | undefined): HTMLElement {
  const { runtime_id, revision, message_count, byte_length, committed_at } = head;
  const facts = [
    `revision ${revision}`,
    formatCount(message_count ?? 0, "message"),
    ...(byte_length === undefined ? [] : [formatBytes(byte_length)]),
    ...(committed_at === undefined ? ["nothing committed yet"] : [formatTime(committed_at)]),
  ];
  return element(
    "li",
    {},
    element(
      "a",
      {
        href: `#${encodeURIComponent(runtime_id)}`,
        id: `conversation-${runtime_id}`,
        "aria-current": runtime_id === openId && "page",
      },
      element("span", { class: "title" }, title),
      isSample ? element("span", { class: "badge" }, "sample") : undefined,
      element("span", { class: "facts" }, facts.join(" · ")),
    ),
  );
}
