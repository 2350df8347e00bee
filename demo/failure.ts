import { isRuntimeStoreError } from "../src/index.ts";
import { adviceFor } from "../src/inspector/advice.ts";
import { element } from "./elements.ts";

/** A failure as people can act on it: what happened, the error's code, and what to do. */
export function failureNotice(
  error: unknown,
  retry?: { readonly label: string; readonly act: () => void },
): HTMLElement {
  const code = isRuntimeStoreError(error) ? error.code : undefined;
  return element(
    "div",
    { class: "failure", role: "alert" },
    element("p", {}, element("strong", {}, code ?? "unexpected error"), " ", messageOf(error)),
    element("p", {}, adviceFor(code)),
    retry && element("button", { type: "button", onclick: retry.act }, retry.label),
  );
}

function messageOf(error: unknown): string {
  if (isRuntimeStoreError(error)) return error.detail;
  return error instanceof Error ? error.message : String(error);
}
