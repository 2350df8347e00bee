import { wordsAbout } from "../src/inspector/advice.ts";
import { visibleText } from "../src/inspector/formats.ts";
import { element } from "./elements.ts";

/** A failure as people can act on it: what happened, the error's code, and what to do. */
export function failureNotice(
  error: unknown,
  retry?: { readonly label: string; readonly act: () => void },
): HTMLElement {
  const { name, message, advice } = wordsAbout(error);
  return element(
    "div",
    { class: "failure", role: "alert" },
    element("p", {}, element("strong", {}, name), " ", visibleText(message)),
    element("p", {}, advice),
    retry && element("button", { type: "button", onclick: retry.act }, retry.label),
  );
}
