import type { BurrowStore, RuntimeDump } from "../contract/index.ts";
import { expectEqual, expectPresent } from "./expectation.ts";
import {
  boundary,
  conversation,
  delta,
  eventInputState,
  fullInputState,
  inputId,
  inputState,
  opsSnapshot,
  receipt,
  runId,
  sessionId,
  snapshot,
} from "./samples.ts";

/** All that a store holds, as its public face shows it, but for lease epochs. */
export async function everythingIn(store: BurrowStore): Promise<object> {
  const heads = await store.listRuntimes();
  const sessions = await store.sessions.list();
  const dumps = await Promise.all(heads.map((head) => store.dumpRuntime(head.runtime_id)));
  return {
    heads,
    runtimes: dumps.map((dump) => dump && { ...dump, lease_epoch: undefined }),
    sessions,
    bodies: await Promise.all(sessions.map((session) => store.sessions.load(session.id))),
  };
}

/** Demands that a store holds after `work` what it held before. */
export async function expectNothingWritten(store: BurrowStore, work: () => Promise<unknown>): Promise<void> {
  const before = await everythingIn(store);
  await work();
  expectEqual(await everythingIn(store), before, "what the store holds afterwards");
}

/** The runtime that `furnish` fills. */
export const FURNISHED = "furnished";

/** Puts something into every table: one runtime with all that a runtime can have, a second one, and a session of nobody's. */
export async function furnish(store: BurrowStore): Promise<void> {
  await store.persistInputState(FURNISHED, inputState(1));
  await store.commitSessionBoundary(
    FURNISHED,
    boundary({
      sessionDelta: delta(conversation(sessionId(1), "hello")),
      contributingInputIds: [inputId(1)],
      inputUpdates: [inputState(1, { current_state: "queued" }), fullInputState(2)],
      operationId: "operation 1",
    }),
  );
  await store.atomicApply(FURNISHED, {
    receipt: receipt({ run_id: runId(2), sequence: 5 }),
    // JSON text can carry it, JSON of JavaScript's own cannot.
    inputUpdates: [eventInputState(3, { big: 2n ** 63n })],
  });
  await store.persistRuntimeState(FURNISHED, "running");
  await store.persistOpsLifecycle(FURNISHED, opsSnapshot(1));
  await store.commitSessionBoundary("another", boundary({ sessionDelta: delta(conversation(sessionId(2), "hi")) }));
  await store.sessions.save(snapshot(sessionId(3)));
}

/** The dump of a runtime that is there. */
export const dumped = async (store: BurrowStore, runtimeId: string): Promise<RuntimeDump> =>
  expectPresent(await store.dumpRuntime(runtimeId), `the dump of ${runtimeId}`);
