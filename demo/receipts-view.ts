import { conversationDigest } from "../src/digest/index.ts";
import type { BurrowStore, CommittedReceipt } from "../src/index.ts";
import { element, replaceContent } from "./elements.ts";
import { failureNotice } from "./failure.ts";
import { formatCount, formatTime, shortDigest } from "../src/inspector/formats.ts";
import { loadReceiptDetail } from "./receipt-detail.ts";

/** The receipts of the open conversation by revision; one of them opened, and a check of the newest against what is stored. */
export class ReceiptsView {
  readonly element: HTMLElement;
  readonly #store: BurrowStore;
  readonly #list = element("ol", { class: "receipts" });
  readonly #verdict = element("p", { class: "verdict", role: "status" });
  readonly #recompute: HTMLButtonElement;
  #runtimeId: string | undefined;
  #receipts: readonly CommittedReceipt[] = [];
  #open: { readonly revision: number; readonly detail: HTMLElement } | undefined;

  constructor(store: BurrowStore) {
    this.#store = store;
    const recompute = (): void => void this.#recomputeDigest();
    this.#recompute = element("button", { type: "button", id: "recompute", onclick: recompute }, "Recompute");
    this.element = element(
      "section",
      { class: "pane receipts-pane", "aria-labelledby": "receipts-title" },
      element("div", { class: "pane-head" }, element("h2", { id: "receipts-title" }, "Receipts"), this.#recompute),
      this.#verdict,
      this.#list,
    );
  }

  show(runtimeId: string | undefined, receipts: readonly CommittedReceipt[]): void {
    const isNews = runtimeId !== this.#runtimeId || receipts.length !== this.#receipts.length;
    if (runtimeId !== this.#runtimeId) this.#open = undefined;
    this.#runtimeId = runtimeId;
    this.#receipts = receipts;
    if (isNews) this.#verdict.textContent = "";
    this.#recompute.disabled = receipts.length === 0;
    this.#render();
  }

  /** Opens one receipt, with the input states that it lists as they are stored now. */
  async openReceipt(revision: number): Promise<void> {
    const runtimeId = this.#runtimeId;
    const committed = this.#receipts.find((receipt) => receipt.revision === revision);
    if (runtimeId === undefined || !committed) return;
    const detail = await loadReceiptDetail(this.#store, runtimeId, committed).catch((error: unknown) =>
      failureNotice(error),
    );
    if (runtimeId !== this.#runtimeId) return;
    this.#open = { revision, detail };
    this.#render();
    const button = document.getElementById(buttonId(revision));
    button?.focus({ preventScroll: true });
    button?.scrollIntoView({ block: "nearest" });
  }

  #render(): void {
    if (this.#receipts.length === 0) {
      replaceContent(
        this.#list,
        element("li", { class: "remark" }, "No boundary was committed in this conversation yet."),
      );
      return;
    }
    replaceContent(this.#list, ...this.#receipts.map((committed) => this.#item(committed)));
  }

  #item(committed: CommittedReceipt): HTMLElement {
    const { receipt, revision, committed_at } = committed;
    const open = this.#open?.revision === revision ? this.#open : undefined;
    const toggle = (): void => {
      if (!open) void this.openReceipt(revision);
      else {
        this.#open = undefined;
        this.#render();
      }
    };
    return element(
      "li",
      { class: "receipt" },
      element(
        "button",
        { type: "button", id: buttonId(revision), "aria-expanded": open ? "true" : "false", onclick: toggle },
        element("span", { class: "revision" }, `revision ${revision}`),
        element("time", { datetime: new Date(committed_at).toISOString() }, formatTime(committed_at)),
        element(
          "span",
          { class: "facts" },
          `${receipt.boundary} · sequence ${receipt.sequence} · ${formatCount(receipt.message_count, "message")}`,
        ),
        element("code", {}, shortDigest(receipt.conversation_digest ?? "no digest")),
      ),
      open?.detail,
    );
  }

  /** Hashes the stored snapshot anew; snapshot and receipts are those of one moment. */
  async #recomputeDigest(): Promise<void> {
    const runtimeId = this.#runtimeId;
    if (runtimeId === undefined) return;
    let verdict: Node | string;
    try {
      verdict = verdictOf(await this.#store.dumpRuntime(runtimeId));
    } catch (error) {
      verdict = failureNotice(error);
    }
    if (runtimeId === this.#runtimeId) this.#verdict.replaceChildren(verdict);
  }
}

function verdictOf(dump: Awaited<ReturnType<BurrowStore["dumpRuntime"]>>): string {
  const latest = dump?.receipts.at(-1);
  if (!dump?.session_snapshot || !latest) return "There is no stored snapshot with a receipt to compare it with.";
  const { conversation_digest, message_count } = conversationDigest(dump.session_snapshot);
  const isEqual = conversation_digest === latest.receipt.conversation_digest;
  const hashed = `SHA-256 of the ${formatCount(message_count, "message")} stored is ${shortDigest(conversation_digest)}`;
  return isEqual
    ? `✓ ${hashed}: equal to the latest receipt's digest, in all 64 digits.`
    : `✗ ${hashed}, but the latest receipt says ${shortDigest(latest.receipt.conversation_digest ?? "nothing")}.`;
}

const buttonId = (revision: number): string => `receipt-${revision}`;
