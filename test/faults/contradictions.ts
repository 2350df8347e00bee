import type { RuntimeDump } from "../../src/index.ts";
import { conversationDigest } from "../../src/digest/index.ts";

/** Whatever in a runtime does not fit together; empty when all of each commit is there and nothing of any other. */
export function contradictionsIn({ head, receipts, input_states, session_snapshot }: RuntimeDump): string[] {
  const found: string[] = [];
  const agree = (what: string, one: unknown, other: unknown) => {
    if (one !== other) found.push(`${what}: ${String(one)} is not ${String(other)}`);
  };
  const latest = receipts.at(-1);
  agree("head and receipts, revision", head.revision, latest?.revision ?? 0);
  agree("head and receipts, count", head.revision, receipts.length);
  // A turn of several boundaries lists its input at the last.
  const ends = receipts.filter(({ receipt }) => receipt.contributing_input_ids.length > 0);
  agree("inputs and receipts, count", input_states.length, ends.length);
  agree("head and snapshot, length", head.byte_length, session_snapshot?.length);
  const digest = session_snapshot && conversationDigest(session_snapshot);
  agree("head and snapshot, digest", head.conversation_digest, digest?.conversation_digest);
  agree("receipt and snapshot, digest", latest?.receipt.conversation_digest, digest?.conversation_digest);
  agree("receipt and snapshot, messages", latest?.receipt.message_count, digest?.message_count);
  for (const { receipt } of ends) {
    const [id] = receipt.contributing_input_ids;
    const input = input_states.find(({ input_id }) => input_id === id);
    agree(`input of run ${receipt.run_id}, state`, input?.current_state, "consumed");
    agree(`input of run ${receipt.run_id}, run`, input?.last_run_id, receipt.run_id);
    agree(`input of run ${receipt.run_id}, sequence`, input?.last_boundary_sequence, receipt.sequence);
  }
  return found;
}
