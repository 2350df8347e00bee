import { type Inspector, mountInspector } from "burrow-store/inspector";
import type { BurrowStore } from "../../src/index.ts";
import { eventually } from "../eventually.ts";

/** An inspector in the page of the test, as a visitor uses it. */
export class Mounted {
  readonly #element = document.createElement("div");
  readonly inspector: Inspector;

  /** In an element of that style. */
  constructor(store: BurrowStore, style = "") {
    this.#element.style.cssText = style;
    document.body.append(this.#element);
    this.inspector = mountInspector(this.#element, store);
  }

  get root(): ShadowRoot {
    const root = this.#element.firstElementChild?.shadowRoot;
    if (!root) throw new Error("there is no inspector in the page");
    return root;
  }

  /** All that is to be read, with a space between any two elements. */
  get text(): string {
    return textOf(this.root).replace(/\s+/g, " ");
  }

  all<E extends Element = HTMLElement>(selector: string, within: ParentNode = this.root): E[] {
    return [...within.querySelectorAll<E>(selector)];
  }

  one<E extends Element = HTMLElement>(selector: string, within: ParentNode = this.root): E {
    const [found, other] = this.all<E>(selector, within);
    if (!found || other)
      throw new Error(`${found ? "more than one" : "no"} ${selector} in: ${this.text.slice(0, 2000)}`);
    return found;
  }

  /** The button or tab of that name; in the dialog, where one is open. */
  button(name: string): HTMLButtonElement {
    const within = this.root.querySelector("dialog") ?? this.root;
    const found = [...within.querySelectorAll("button")].find((button) => nameOf(button) === name);
    if (!found) throw new Error(`no button ${name} in: ${this.text.slice(0, 2000)}`);
    return found;
  }

  async click(name: string): Promise<void> {
    await eventually(() => {
      const button = this.button(name);
      if (button.disabled) throw new Error(`${name} is disabled`);
      button.click();
    });
  }

  /** Presses the one thing that the selector finds, once it is there. */
  async press(selector: string): Promise<void> {
    await eventually(() => this.one(selector).click());
  }

  /** Waits until something is to be read. */
  async sees(...texts: readonly string[]): Promise<void> {
    await eventually(() => {
      for (const text of texts)
        if (!this.text.includes(text)) throw new Error(`no “${text}” in: ${this.text.slice(0, 3000)}`);
    });
  }

  async seesNot(text: string): Promise<void> {
    await eventually(() => {
      if (this.text.includes(text)) throw new Error(`still “${text}” in: ${this.text.slice(0, 3000)}`);
    });
  }

  remove(): void {
    this.inspector.unmount();
    this.#element.remove();
  }
}

const nameOf = (button: Element): string =>
  button.getAttribute("aria-label") ?? textOf(button).replace(/\s+/g, " ").trim();

function textOf(node: Node): string {
  if (node.nodeType === Node.TEXT_NODE) return node.nodeValue ?? "";
  const isBlock =
    node instanceof HTMLElement && /^(?:P|LI|DIV|BUTTON|H\d|DT|DD|SECTION|TIME|SPAN|TD|TH)$/.test(node.tagName);
  const text = [...node.childNodes].map(textOf).join("");
  return isBlock ? ` ${text} ` : text;
}
