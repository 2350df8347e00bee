import type { BurrowStore, CommittedReceipt } from "../src/index.ts";
import type { InputState } from "../src/records/index.ts";
import { type Content, element } from "./elements.ts";
import { formatTime } from "../src/inspector/formats.ts";

/** A receipt in full, with the inputs that it lists as they are stored now. */
export async function loadReceiptDetail(
  store: BurrowStore,
  runtimeId: string,
  { receipt, revision, committed_at, minted, operation_id }: CommittedReceipt,
): Promise<HTMLElement> {
  const inputs = await Promise.all(
    receipt.contributing_input_ids.map(async (id) => ({ id, state: await store.loadInputState(runtimeId, id) })),
  );
  const { conversation_digest: digest } = receipt;
  return element(
    "div",
    { class: "receipt-detail" },
    facts([
      ["Run", code(receipt.run_id)],
      ["Boundary", `${receipt.boundary}, sequence ${receipt.sequence} of its run`],
      ["Revision", `${revision} of this runtime`],
      ["Committed", formatTime(committed_at)],
      ["Messages", receipt.message_count],
      ["Digest", digest === undefined ? "none" : copyable(digest)],
      ["Operation", operation_id === undefined ? "none" : code(operation_id)],
      ["Minted", minted ? "by the store, from the snapshot itself" : "no: the caller brought it"],
    ]),
    element("h3", {}, inputs.length === 1 ? "Its input" : "Its inputs"),
    ...inputs.map(({ id, state }) => inputDetail(id, state)),
  );
}

function inputDetail(id: string, state: InputState | undefined): HTMLElement {
  if (!state) return element("p", { class: "remark" }, "Input ", code(id), " is not stored any more.");
  const { current_state, persisted_input, last_run_id, last_boundary_sequence, attempt_count, history = [] } = state;
  const stamp = last_run_id === undefined ? "none" : code(`${last_run_id}, sequence ${last_boundary_sequence}`);
  return element(
    "div",
    { class: "input" },
    facts([
      ["Input", code(id)],
      ["State", element("span", { class: "badge" }, current_state)],
      [
        "Text",
        persisted_input?.input_type === "prompt" ? persisted_input.text : (persisted_input?.input_type ?? "none"),
      ],
      ["Stamped", stamp],
      ["Attempts", attempt_count],
    ]),
    element("h4", {}, "Its history"),
    element(
      "ol",
      { class: "history" },
      ...history.map(({ timestamp, from, to, reason }) =>
        element(
          "li",
          {},
          element("time", { datetime: timestamp }, formatTime(timestamp)),
          ` ${from} → ${to} `,
          reason === undefined ? undefined : code(reason),
        ),
      ),
    ),
  );
}

function facts(entries: readonly (readonly [string, Content])[]): HTMLElement {
  return element("dl", {}, ...entries.flatMap(([term, value]) => [element("dt", {}, term), element("dd", {}, value)]));
}

const code = (text: string): HTMLElement => element("code", {}, text);

/** A text with a button that copies it; where there is no clipboard (an insecure origin), the button selects it instead. */
function copyable(text: string): HTMLElement {
  const shown = code(text);
  const button = element("button", { type: "button", class: "quiet", onclick: () => void copy() }, "Copy");
  const copy = async (): Promise<void> => {
    getSelection()?.selectAllChildren(shown);
    const { clipboard } = navigator as { clipboard?: Clipboard };
    button.textContent = await (clipboard?.writeText(text) ?? Promise.reject(new Error("no clipboard"))).then(
      () => "Copied",
      () => "Selected",
    );
  };
  return element("span", {}, shown, " ", button);
}
