import { SAMPLE_RUNTIME_ID } from "../../demo/sample.ts";
import type { BurrowStore, CommittedReceipt, RuntimeDump } from "../../src/index.ts";
import { openIndexedDbRuntimeStore } from "../../src/indexeddb/index.ts";
import type { InputState } from "../../src/records/index.ts";
import { type Message, readSession, type UserMessage } from "../../src/session/index.ts";
import { contradictionsIn } from "../faults/contradictions.ts";

/** A message that was sent on the demo page; no other has its text. */
export interface SentMessage {
  readonly text: string;
  /** Whether the page showed that it was accepted. */
  wasShown: boolean;
}

/** What the demo page has stored. */
export interface DemoReport {
  /** The receipts of each runtime. */
  readonly receipts: Readonly<Record<string, readonly CommittedReceipt[]>>;
  /** Whatever is not as it must be once no turn is left to be run. */
  readonly violations: readonly string[];
}

const SAMPLE_BOUNDARIES = 8;

/** Reads all that the demo page has stored, and holds it against what was sent: each accepted message has one turn, whole. */
export async function reportOnDemo(store: BurrowStore, sent: readonly SentMessage[]): Promise<DemoReport> {
  const dumps: RuntimeDump[] = [];
  const violations: string[] = [];
  for (const { runtime_id } of await store.listRuntimes()) {
    const dump = await store.dumpRuntime(runtime_id);
    if (dump) dumps.push(dump);
    const findings = await store.verifyRuntime(runtime_id);
    const wrong = [...(dump ? [...contradictionsIn(dump), ...violationsIn(dump)] : []), ...findings.map(textOfFinding)];
    violations.push(...wrong.map((what) => `runtime ${runtime_id}: ${what}`));
  }
  const sample = dumps.find(({ runtime_id }) => runtime_id === SAMPLE_RUNTIME_ID);
  const others = dumps.filter((dump) => dump !== sample).flatMap(({ input_states }) => input_states.map(promptOf));
  violations.push(
    ...disagreement("boundaries of the sample", sample?.receipts.length, SAMPLE_BOUNDARIES),
    ...sent.flatMap(({ text, wasShown }) => {
      const times = others.filter((stored) => stored === text).length;
      return times === 1 || (times === 0 && !wasShown)
        ? []
        : [`"${text}" is stored ${times} times; shown: ${wasShown}`];
    }),
    ...others.filter((stored) => sent.every(({ text }) => text !== stored)).map((text) => `nobody sent "${text}"`),
  );
  const receipts = Object.fromEntries(dumps.map((dump) => [dump.runtime_id, dump.receipts]));
  return { receipts, violations };
}

/** What is wrong with a runtime besides that its parts do not fit together. */
function violationsIn({ receipts, input_states, session_snapshot }: RuntimeDump): string[] {
  const contributors = receipts.flatMap(({ receipt }) => receipt.contributing_input_ids);
  const prompts = new Map(input_states.map((state) => [state.input_id as string, promptOf(state)]));
  const messages = session_snapshot ? readSession(session_snapshot).messages : [];
  const starts = receipts.filter(({ receipt }, index) => receipt.run_id !== receipts[index - 1]?.receipt.run_id);
  return [
    ...disagreement(
      "revisions",
      receipts.map(({ revision }) => revision),
      receipts.map((_, index) => index + 1),
    ),
    ...disagreement(
      "messages at the receipts",
      receipts.map(({ receipt }) => receipt.message_count),
      messages.flatMap((message, index) => (endsStep(message) ? [index + 1] : [])),
    ),
    ...disagreement(
      "sequences",
      receipts.map(({ receipt }) => receipt.sequence),
      receipts.map((committed, index) => index - receipts.indexOf(startOf(committed, starts))),
    ),
    ...disagreement(
      "receipts that list inputs, by revision",
      receipts.flatMap(({ receipt, revision }) => (receipt.contributing_input_ids.length > 0 ? [revision] : [])),
      [...starts.slice(1).map(({ revision }) => revision - 1), ...receipts.slice(-1).map(({ revision }) => revision)],
    ),
    ...repeated(
      "run",
      starts.map(({ receipt }) => receipt.run_id),
    ),
    ...repeated(
      "operation",
      receipts.map(({ operation_id }) => String(operation_id)),
    ),
    ...repeated("contributing input", contributors),
    ...disagreement("inputs with a receipt", [...contributors].sort(), [...prompts.keys()].sort()),
    ...disagreement(
      "inputs that are not consumed",
      input_states.flatMap(({ input_id, current_state }) => (current_state === "consumed" ? [] : [input_id])),
      [],
    ),
    ...disagreement(
      "user messages, in the order of the receipts",
      messages.flatMap((message) => (message.role === "user" ? [textOf(message)] : [])),
      contributors.map((id) => prompts.get(id)),
    ),
  ];
}

/** A step ends with the results of its tools, or with the agent's last word. */
function endsStep(message: Message): boolean {
  return message.role === "tool_results" || (message.role === "block_assistant" && message.stop_reason === "end_turn");
}

/** The first receipt of the run that a receipt belongs to. */
function startOf({ receipt }: CommittedReceipt, starts: readonly CommittedReceipt[]): CommittedReceipt {
  return starts.find((start) => start.receipt.run_id === receipt.run_id) as CommittedReceipt;
}

function disagreement(what: string, one: unknown, other: unknown): string[] {
  const [left, right] = [JSON.stringify(one), JSON.stringify(other)];
  return left === right ? [] : [`${what}: ${left} is not ${right}`];
}

function repeated(what: string, ids: readonly string[]): string[] {
  return ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `${what} ${id} is there more than once`);
}

function promptOf({ input_id, persisted_input: input }: InputState): string {
  return input?.input_type === "prompt" ? input.text : `input ${input_id}, which is no prompt`;
}

/** The text of what a user said; pictures are named, as in the text of their input. */
function textOf({ content }: UserMessage): string {
  if (typeof content === "string") return content;
  return content
    .map((block) => (block.type === "text" ? block.text : `[${block.type}: ${block.media_type}]`))
    .join("\n");
}

const textOfFinding = ({ code, message }: { code: string; message: string }): string => `${code}: ${message}`;

declare global {
  /** Set in the page that this module is bundled into. */
  var reportStoredDemo: (sent: readonly SentMessage[]) => Promise<DemoReport>;
}

globalThis.reportStoredDemo = async (sent) => {
  const store = await openIndexedDbRuntimeStore({ name: "burrow-demo" });
  try {
    return await reportOnDemo(store, sent);
  } finally {
    await store.close();
  }
};
