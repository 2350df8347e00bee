import { conversationDigest } from "../../src/digest/index.ts";
import type { BurrowStore } from "../../src/index.ts";
import { contradictionsIn } from "../faults/contradictions.ts";
import type { Report } from "./crash-events.ts";
import { RUNTIME } from "./crash-turns.ts";

/** Reads all that is stored, by every way there is to read it, and computes again what can be computed. */
export async function reportOn(store: BurrowStore, operations: readonly string[]): Promise<Report> {
  const found = operations.map(async (operation_id) => {
    return { operation_id, stored: (await store.findBoundaryReceipt(RUNTIME, operation_id)) ?? null };
  });
  const snapshot = await store.loadSessionSnapshot(RUNTIME);
  const inputs = await store.listInputStates(RUNTIME);
  const sessions = await store.sessions.list();
  const dump = await store.dumpRuntime(RUNTIME);
  // An input that waits for its commit has no receipt yet.
  const input_states = dump?.input_states.filter(({ current_state }) => current_state !== "queued") ?? [];
  return {
    event: "report",
    head: (await store.loadRuntimeHead(RUNTIME)) ?? null,
    receipts: await store.listBoundaryReceipts(RUNTIME),
    found: await Promise.all(found),
    inputs: inputs.map(({ input_id, current_state, last_run_id, last_boundary_sequence }) => ({
      input_id,
      current_state,
      last_run_id,
      last_boundary_sequence,
    })),
    recomputed: snapshot ? conversationDigest(snapshot) : null,
    sessions: sessions.map(({ id, message_count }) => ({ id, message_count })),
    findings: await store.verifyRuntime(RUNTIME),
    contradictions: dump?.receipts.length ? contradictionsIn({ ...dump, input_states }) : [],
  };
}
