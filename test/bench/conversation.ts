import { asRunId, newRunId } from "../../src/index.ts";
import { consumedByRun, promptInput, queuedInputState } from "../../src/records/index.ts";
import { assistantMessage, encodeSession, newSession } from "../../src/session/index.ts";
import { type Message, systemMessage, toolResultsMessage, userMessage } from "../../src/session/index.ts";
import { Random } from "../faults/fuzz-random.ts";
import type { Turn } from "./contender.ts";

/** By what a conversation grows from one commit to the next. */
export const APPENDED_BYTES = 2000;

const INPUTS_A_TURN = 4;
const PROMPT_LENGTH = 600;
/** The JSON of the two messages of a turn without their text. */
const FRAME_LENGTH = 140;

/** A snapshot of about so many bytes: prompts, answers, and every fourth time a tool's call and its result. */
export function conversationOf(bytes: number): Uint8Array<ArrayBuffer> {
  const random = new Random(`conversation of ${bytes}`);
  const messages: Message[] = [systemMessage(proseOf(300, random))];
  let length = 600;
  for (let turn = 0; length < bytes; turn++) {
    const room = Math.max(bytes - length, 200);
    const more = turn % 4 === 3 ? toolUse(turn, room, random) : exchange(room, random);
    messages.push(...more);
    length += JSON.stringify(more).length;
  }
  return encodeSession({ ...newSession(), messages });
}

/** Longer than all that stands behind the messages of these snapshots. */
const TAIL_LENGTH = 500;

/**
 * The snapshot with another turn of `APPENDED_BYTES` behind it. `appendToSession` would read and check all of it first, which
 * takes longer than most of what is measured.
 */
export function appended(snapshot: Uint8Array, turn: number): Uint8Array<ArrayBuffer> {
  const random = new Random(`turn ${turn}`);
  const answer = proseOf(APPENDED_BYTES - PROMPT_LENGTH - FRAME_LENGTH, random);
  const messages = [userMessage(proseOf(PROMPT_LENGTH, random)), assistantMessage(answer)];
  const more = new TextEncoder().encode(`,${JSON.stringify(messages).slice(1, -1)}`);
  const end = endOfMessages(snapshot);
  const grown = new Uint8Array(snapshot.length + more.length);
  grown.set(snapshot.subarray(0, end));
  grown.set(more, end);
  grown.set(snapshot.subarray(end), end + more.length);
  return grown;
}

function endOfMessages(snapshot: Uint8Array): number {
  const start = Math.max(snapshot.length - TAIL_LENGTH, 0);
  // A character for each byte, whatever they say: the tail may begin within one.
  const tail = new TextDecoder("latin1").decode(snapshot.subarray(start));
  return start + tail.lastIndexOf(`],"created_at":`);
}

/** What a commit of a snapshot stores, with a run and inputs of its own. */
export function turnOf(snapshot: Uint8Array<ArrayBuffer>): Turn {
  const runId = newRunId();
  const prompts = Array.from(
    { length: INPUTS_A_TURN },
    (_, n) => `Please look into number ${n} and tell what you find.`,
  );
  const inputs = prompts.map((text) => consumedByRun(queuedInputState(promptInput(text)), { runId }));
  const receipt = {
    run_id: asRunId(runId),
    boundary: "run_start" as const,
    contributing_input_ids: inputs.map((input) => input.input_id),
    conversation_digest: "0".repeat(64),
    message_count: 1,
    sequence: 0,
  };
  return { snapshot, receipt, inputs };
}

function exchange(room: number, random: Random): Message[] {
  const [asked, answered] = [Math.min(room, 500 + random.below(500)), Math.min(room, 500 + random.below(2500))];
  return [userMessage(proseOf(asked, random)), assistantMessage(proseOf(answered, random))];
}

function toolUse(turn: number, room: number, random: Random): Message[] {
  const id = `call_${turn}`;
  const args = { query: proseOf(60, random), limit: random.below(50), exact: random.once(2) };
  const call = { block_type: "tool_use" as const, data: { id, name: "search_notes", args } };
  const found = Array.from({ length: 4 }, () => ({
    title: proseOf(40, random),
    score: random.below(1000) / 1000,
    text: proseOf(Math.min(room, 1600) / 4, random),
  }));
  return [assistantMessage([call]), toolResultsMessage([{ tool_use_id: id, content: JSON.stringify(found, null, 1) }])];
}

const SYLLABLES = "ka lo mi ter an re sho ven du pli or est qua ri né bel tun ga wo üb ser fi nal yo".split(" ");
/** Some words are said far more often than others, as in any language: text that is packed gets as small as text does. */
const WORDS = Array.from({ length: 4000 }, (_, n) => {
  const random = new Random(`word ${n}`);
  return Array.from({ length: 1 + random.below(4) }, () => random.pick(SYLLABLES)).join("");
});

/** Prose of so many characters, with the line breaks and quotation marks that JSON escapes. */
function proseOf(length: number, random: Random): string {
  let text = "";
  while (text.length < length) {
    const share = random.below(1000) / 1000;
    text += WORDS[Math.floor(share ** 3 * WORDS.length)] ?? "";
    text += random.once(12) ? ".\n" : random.once(20) ? ', "as it were", ' : " ";
  }
  return text.slice(0, length);
}
