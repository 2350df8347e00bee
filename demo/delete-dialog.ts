import { element } from "./elements.ts";

/** What the visitor decided about a conversation that is to go. */
export interface Deletion {
  readonly withSessions: boolean;
}

/** Asks before a conversation is deleted; `undefined` is a no. */
export function askToDelete(parent: HTMLElement, title: string): Promise<Deletion | undefined> {
  const withSessions = element("input", { type: "checkbox", id: "with-sessions" });
  const dialog = element(
    "dialog",
    { "aria-labelledby": "delete-title" },
    element(
      "form",
      { method: "dialog" },
      element("h2", { id: "delete-title" }, `Delete “${title}”?`),
      element(
        "p",
        {},
        "Its snapshot, receipts and input states go, all or nothing. Its revision number is kept, so that it never restarts.",
      ),
      element(
        "label",
        { class: "choice", for: "with-sessions" },
        withSessions,
        "Delete its session from the session catalog too",
      ),
      element(
        "div",
        { class: "dialog-buttons" },
        element("button", { value: "cancel" }, "Keep it"),
        element("button", { value: "delete", class: "danger" }, "Delete"),
      ),
    ),
  );
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "delete" ? { withSessions: withSessions.checked } : undefined);
    });
    parent.append(dialog);
    dialog.showModal();
  });
}
