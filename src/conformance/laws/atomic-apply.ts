import { expectEqual, expectRejection } from "../expectation.ts";
import { law } from "../make-law.ts";
import {
  apply,
  boundary,
  bytesOf,
  conversation,
  delta,
  EMPTY_DIGEST,
  fullInputState,
  inputId,
  inputState,
  receipt,
  runId,
  sessionId,
  spellingsOf,
} from "../samples.ts";
import { expectNothingWritten } from "../whole-store.ts";

export const atomicApplyLaws = [
  law("An apply stores the caller's receipt, the snapshot and the input states together", async (store) => {
    const snapshot = conversation(sessionId(1), "hello");
    await store.atomicApply("r", apply({ sessionDelta: delta(snapshot), inputUpdates: [inputState(1)] }));
    expectEqual(await store.loadSessionSnapshot("r"), snapshot, "the snapshot");
    expectEqual(await store.loadBoundaryReceipt("r", runId(1), 0), receipt(), "the receipt");
    expectEqual(await store.loadInputStates("r"), [inputState(1)], "the input states");
  }),

  law("An apply stamps no input and recomputes nothing in the receipt", async (store) => {
    const told = receipt({ conversation_digest: "not a digest", message_count: 99, sequence: 41 });
    const updates = [inputState(1), fullInputState(2)];
    await store.atomicApply(
      "r",
      apply({ receipt: told, sessionDelta: delta(conversation(sessionId(1))), inputUpdates: updates }),
    );
    expectEqual(await store.loadBoundaryReceipt("r", runId(1), 41), told, "the receipt");
    expectEqual(await store.loadInputStates("r"), updates, "the input states");
  }),

  law("A receipt without a digest stays without one", async (store) => {
    const bare = receipt({ conversation_digest: undefined });
    await store.atomicApply("r", apply({ receipt: bare, sessionDelta: delta(conversation(sessionId(1))) }));
    const stored = await store.loadBoundaryReceipt("r", runId(1), 0);
    expectEqual(stored, bare, "the receipt");
    expectEqual(stored !== undefined && "conversation_digest" in stored, false, "that a digest member is there");
  }),

  law("A receipt keeps its contributing ids in their order", async (store) => {
    const ids = [inputId(2), inputId(3), inputId(1), inputId(2)];
    await store.atomicApply("r", apply({ receipt: receipt({ contributing_input_ids: ids }) }));
    expectEqual((await store.loadBoundaryReceipt("r", runId(1), 0))?.contributing_input_ids, ids, "the ids");
  }),

  law("A later apply replaces the states of the inputs that it brings", async (store) => {
    await store.atomicApply("r", apply({ inputUpdates: [inputState(1), inputState(2)] }));
    const queued = inputState(1, { current_state: "queued" });
    await store.atomicApply(
      "r",
      apply({ receipt: receipt({ run_id: runId(2), sequence: 1 }), inputUpdates: [queued] }),
    );
    expectEqual(await store.loadInputStates("r"), [queued, inputState(2)], "the input states");
  }),

  law("An apply without a delta leaves the snapshot and the session catalog alone", async (store) => {
    const snapshot = conversation(sessionId(1), "hello");
    await store.commitSessionBoundary("r", boundary({ sessionDelta: delta(snapshot) }));
    const catalog = await store.sessions.list();
    await store.atomicApply("r", apply({ sessionDelta: undefined, receipt: receipt({ sequence: 1 }) }));
    expectEqual(await store.loadSessionSnapshot("r"), snapshot, "the snapshot");
    expectEqual(await store.sessions.list(), catalog, "the catalog");
  }),

  law(
    "An apply without a delta counts a revision and moves the head's run, and keeps the head's session",
    async (store) => {
      await store.commitSessionBoundary("r", boundary({ sessionDelta: delta(conversation(sessionId(1), "hello")) }));
      const before = await store.loadRuntimeHead("r");
      await store.atomicApply("r", apply({ receipt: receipt({ run_id: runId(2), sequence: 9 }) }));
      const after = await store.loadRuntimeHead("r");
      expectEqual(
        { ...after, committed_at: 0 },
        { ...before, revision: 2, run_id: runId(2), sequence: 9, committed_at: 0 },
        "the head",
      );
    },
  ),

  law("The head's session members come from the snapshot, never from the caller's receipt", async (store) => {
    const snapshot = conversation(sessionId(1));
    await store.atomicApply("r", apply({ sessionDelta: delta(snapshot), receipt: receipt({ message_count: 77 }) }));
    const head = await store.loadRuntimeHead("r");
    expectEqual(
      [head?.session_id, head?.conversation_digest, head?.message_count, head?.byte_length],
      [sessionId(1), EMPTY_DIGEST, 0, snapshot.length],
      "the head's session",
    );
  }),

  law("A second receipt for one run and sequence is refused and nothing is written", async (store) => {
    const first = receipt({ sequence: 4, message_count: 1 });
    await store.atomicApply("r", apply({ receipt: first, inputUpdates: [inputState(1)] }));
    await expectNothingWritten(store, () =>
      expectRejection(
        () =>
          store.atomicApply("r", {
            receipt: receipt({ sequence: 4, message_count: 2 }),
            sessionDelta: delta(conversation(sessionId(1), "hello")),
            inputUpdates: [inputState(1, { current_state: "queued" }), inputState(2)],
          }),
        "receipt_conflict",
        { receipt: first },
      ),
    );
    expectEqual(await store.loadSessionSnapshot("r"), undefined, "the snapshot");
  }),

  law("The very same receipt is refused the second time", async (store) => {
    await store.atomicApply("r", apply());
    await expectNothingWritten(store, () =>
      expectRejection(() => store.atomicApply("r", apply()), "receipt_conflict", { receipt: receipt() }),
    );
  }),

  law("A receipt that the store minted cannot be applied over", async (store) => {
    const minted = await store.commitSessionBoundary("r", boundary());
    await expectNothingWritten(store, () =>
      expectRejection(() => store.atomicApply("r", apply()), "receipt_conflict", { receipt: minted }),
    );
  }),

  law("One run and sequence may be taken in each runtime", async (store) => {
    for (const runtime of ["r", "s"])
      await store.atomicApply(runtime, apply({ receipt: receipt({ boundary: "run_checkpoint" }) }));
    await store.atomicApply("r", apply({ receipt: receipt({ run_id: runId(2) }) }));
    await store.atomicApply("r", apply({ receipt: receipt({ sequence: 1 }) }));
    expectEqual((await store.listBoundaryReceipts("r")).length, 3, "the number of receipts");
    expectEqual((await store.listBoundaryReceipts("s")).length, 1, "the number of the other runtime's receipts");
  }),

  law("Of concurrent applies of one receipt a single one is accepted", async (store) => {
    const attempts = [1, 2, 3].map((message_count) =>
      store.atomicApply("r", apply({ receipt: receipt({ message_count }) })),
    );
    const results = await Promise.allSettled(attempts);
    expectEqual(results.filter(({ status }) => status === "fulfilled").length, 1, "the number of accepted applies");
    expectEqual((await store.loadRuntime("r")).revision, 1, "the revision");
  }),

  law("A session key that names the snapshot's session is accepted in every spelling", async (store) => {
    const keys = [sessionId(1), ...spellingsOf(sessionId(1)), undefined];
    for (const [sequence, sessionStoreKey] of keys.entries()) {
      const sessionDelta = delta(conversation(sessionId(1)));
      await store.atomicApply("r", apply({ receipt: receipt({ sequence }), sessionDelta, sessionStoreKey }));
    }
    expectEqual((await store.loadRuntime("r")).revision, keys.length, "the number of accepted applies");
  }),

  law("A session key that names another session is refused and nothing is written", async (store) => {
    await store.atomicApply("r", apply({ inputUpdates: [inputState(1)] }));
    await expectNothingWritten(store, () =>
      expectRejection(
        () =>
          store.atomicApply("r", {
            receipt: receipt({ sequence: 1 }),
            sessionDelta: delta(conversation(sessionId(1))),
            inputUpdates: [inputState(2)],
            sessionStoreKey: sessionId(2),
          }),
        "session_key_mismatch",
      ),
    );
  }),

  law("Without a delta a session key need only be a UUID", async (store) => {
    await store.atomicApply("r", apply({ sessionStoreKey: sessionId(9) }));
    await expectNothingWritten(store, () =>
      expectRejection(
        () => store.atomicApply("r", apply({ receipt: receipt({ sequence: 1 }), sessionStoreKey: "session 9" })),
        "invalid_input",
      ),
    );
  }),

  law("An apply with a snapshot that is no session is refused and nothing is written", async (store) => {
    await store.atomicApply("r", apply({ sessionDelta: delta(conversation(sessionId(1))) }));
    await expectNothingWritten(store, () =>
      expectRejection(
        () =>
          store.atomicApply("r", {
            receipt: receipt({ sequence: 1 }),
            sessionDelta: delta(bytesOf("session-data")),
            inputUpdates: [inputState(1)],
          }),
        "invalid_snapshot",
      ),
    );
  }),
];
