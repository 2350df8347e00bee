import { shortDigest, visibleText } from "../src/inspector/formats.ts";
import { element } from "./elements.ts";
import type { ConversationSummary } from "./stored-conversations.ts";

/** Which conversation is open, and the way to another or a new one. */
export class PickerView {
  readonly element: HTMLElement;
  readonly #select: HTMLSelectElement;
  #shown = "";

  constructor(actions: { readonly open: (runtimeId: string) => void; readonly create: () => void }) {
    this.#select = element("select", {
      "aria-label": "Conversation",
      onchange: () => actions.open(this.#select.value),
    });
    this.element = element(
      "div",
      { class: "picker" },
      this.#select,
      element("button", { type: "button", onclick: actions.create }, "New conversation"),
    );
  }

  show(conversations: readonly ConversationSummary[], openId: string | undefined): void {
    // Options that are replaced would close the list under the visitor's hand.
    const shown = JSON.stringify(conversations);
    if (shown !== this.#shown) {
      this.#shown = shown;
      const options = conversations.map(({ runtimeId, title }) =>
        element("option", { value: runtimeId }, `${visibleText(title)} · ${visibleText(shortDigest(runtimeId))}`),
      );
      this.#select.replaceChildren(...(options.length > 0 ? options : [element("option", { value: "" }, "None yet")]));
    }
    this.#select.disabled = conversations.length === 0;
    this.#select.value = openId ?? "";
  }
}
