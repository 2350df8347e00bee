import { element } from "./elements.ts";
import type { Standing } from "./runtime-holder.ts";

/** Which tab holds the runtime, how to take it over, and the way to a second tab. */
export class StandingView {
  readonly element: HTMLElement;
  readonly #words = element("p", { role: "status" });
  readonly #takeOver: HTMLButtonElement;
  readonly #secondTab = element("a", { target: "_blank", rel: "noopener" }, "Open a second tab");

  constructor(actions: { readonly takeOver: () => void }) {
    this.#takeOver = element("button", { type: "button", onclick: actions.takeOver }, "Take it over");
    this.element = element("div", { class: "standing" }, this.#words, this.#takeOver, this.#secondTab);
  }

  show(standing: Standing, runtimeId: string | undefined): void {
    const words = runtimeId === undefined ? "Nothing is stored. A message begins a conversation." : wordsOf(standing);
    if (this.#words.textContent !== words) this.#words.textContent = words;
    const wasFocused = document.activeElement === this.#takeOver;
    this.#takeOver.hidden = standing.holder !== "elsewhere";
    if (wasFocused && this.#takeOver.hidden) this.#secondTab.focus({ preventScroll: true });
    this.element.dataset.holder = standing.holder;
    this.#secondTab.hidden = runtimeId === undefined;
    this.#secondTab.setAttribute("href", `#${encodeURIComponent(runtimeId ?? "")}`);
  }
}

function wordsOf(standing: Standing): string {
  switch (standing.holder) {
    case "unknown":
      return "Asking who holds the runtime …";
    case "here":
      return `This tab holds the runtime · epoch ${standing.epoch}`;
    case "elsewhere":
      return standing.wasTaken
        ? "Another tab has taken it over: what you send is stored, and run there."
        : "Another tab holds it: what you send is stored, and run there.";
    case "nobody":
      return "No Web Locks here: any tab may run a turn, and only one can commit it.";
  }
}
