import { expectEqual, expectPresent, expectRejection } from "../expectation.ts";
import { law } from "../make-law.ts";
import {
  apply,
  boundary,
  conversation,
  delta,
  EMPTY_DIGEST,
  fullInputState,
  inputId,
  inputState,
  receipt,
  runId,
  sessionId,
  wrong,
} from "../samples.ts";
import { expectNothingWritten } from "../whole-store.ts";

const LIFECYCLE_STATES = [
  "accepted",
  "queued",
  "staged",
  "applied",
  "applied_pending_consumption",
  "consumed",
  "superseded",
  "coalesced",
  "abandoned",
] as const;

export const boundaryCommitLaws = [
  law("A boundary commit stores the snapshot, the receipt and the input states together", async (store) => {
    const snapshot = conversation(sessionId(1), "hello");
    await store.commitSessionBoundary(
      "r",
      boundary({ sessionDelta: delta(snapshot), inputUpdates: [inputState(1), inputState(2)] }),
    );
    expectEqual(await store.loadSessionSnapshot("r"), snapshot, "the snapshot");
    expectPresent(await store.loadBoundaryReceipt("r", runId(1), 0), "the receipt");
    const states = await store.loadInputStates("r");
    expectEqual(
      states.map((state) => state.input_id),
      [inputId(1), inputId(2)],
      "the inputs",
    );
  }),

  law("A boundary commit returns the receipt that it stores", async (store) => {
    const returned = await store.commitSessionBoundary("r", boundary({ contributingInputIds: [inputId(1)] }));
    expectEqual(await store.loadBoundaryReceipt("r", runId(1), 0), returned, "the stored receipt");
    expectEqual(
      returned,
      {
        run_id: runId(1),
        boundary: "immediate",
        contributing_input_ids: [inputId(1)],
        conversation_digest: EMPTY_DIGEST,
        message_count: 0,
        sequence: 0,
      },
      "the receipt",
    );
  }),

  law("The boundaries of a run count from 0 up, each run of a runtime and each runtime for itself", async (store) => {
    const sequences: number[] = [];
    for (const [runtime, run] of [
      ["r", 1],
      ["r", 1],
      ["r", 2],
      ["r", 1],
      ["s", 1],
      ["r", 2],
    ] as const) {
      sequences.push((await store.commitSessionBoundary(runtime, boundary({ runId: runId(run) }))).sequence);
    }
    expectEqual(sequences, [0, 1, 0, 2, 0, 1], "the sequences");
  }),

  law("The next sequence follows the greatest stored one, and gaps stay", async (store) => {
    await store.atomicApply("r", apply({ receipt: receipt({ sequence: 7 }) }));
    await store.atomicApply("r", apply({ receipt: receipt({ sequence: 3 }) }));
    expectEqual((await store.commitSessionBoundary("r", boundary())).sequence, 8, "the sequence");
    expectEqual(await store.loadBoundaryReceipt("r", runId(1), 4), undefined, "the receipt in the gap");
  }),

  law("Sequences compare as numbers, not as text", async (store) => {
    for (const sequence of [9, 10, 2 ** 40, 100]) {
      await store.atomicApply("r", apply({ receipt: receipt({ sequence }) }));
    }
    expectEqual((await store.commitSessionBoundary("r", boundary())).sequence, 2 ** 40 + 1, "the sequence");
  }),

  law("A sequence that would pass 2^53-1 is refused and nothing is written", async (store) => {
    await store.atomicApply("r", apply({ receipt: receipt({ sequence: Number.MAX_SAFE_INTEGER }) }));
    await expectNothingWritten(store, () =>
      expectRejection(
        () => store.commitSessionBoundary("r", boundary({ inputUpdates: [inputState(1)] })),
        "unsupported",
      ),
    );
  }),

  law("Concurrent commits of one run never share a sequence", async (store) => {
    const receipts = await Promise.all(
      ["a", "b", "c", "d", "e"].map((turn) =>
        store.commitSessionBoundary("r", boundary({ sessionDelta: delta(conversation(sessionId(1), turn)) })),
      ),
    );
    expectEqual(receipts.map(({ sequence }) => sequence).sort(), [0, 1, 2, 3, 4], "the sequences");
    for (const returned of receipts) {
      expectEqual(await store.loadBoundaryReceipt("r", runId(1), returned.sequence), returned, "a stored receipt");
    }
  }),

  law("Contributing ids keep their order and repetitions and are checked against nothing", async (store) => {
    const ids = [inputId(3), inputId(1), inputId(3), inputId(2)];
    const returned = await store.commitSessionBoundary("r", boundary({ contributingInputIds: ids }));
    expectEqual(returned.contributing_input_ids, ids, "the returned ids");
    expectEqual((await store.loadBoundaryReceipt("r", runId(1), 0))?.contributing_input_ids, ids, "the stored ids");
    expectEqual(await store.loadInputStates("r"), [], "the input states");
  }),

  law("Every kind of boundary is recorded as given", async (store) => {
    for (const kind of ["immediate", "run_start", "run_checkpoint"] as const) {
      const { sequence } = await store.commitSessionBoundary("r", boundary({ boundary: kind }));
      expectEqual((await store.loadBoundaryReceipt("r", runId(1), sequence))?.boundary, kind, "the stored boundary");
    }
  }),

  law("A boundary commit stamps every input update with its run and sequence, contributor or not", async (store) => {
    await store.commitSessionBoundary("r", boundary());
    await store.commitSessionBoundary(
      "r",
      boundary({ contributingInputIds: [inputId(1)], inputUpdates: [inputState(1), inputState(2)] }),
    );
    for (const state of await store.loadInputStates("r")) {
      expectEqual([state.last_run_id, state.last_boundary_sequence], [runId(1), 1], `the stamp of ${state.input_id}`);
    }
  }),

  law("Stamping changes nothing but the stamp, in every lifecycle state", async (store) => {
    const updates = LIFECYCLE_STATES.map((current_state, n) => fullInputState(n, { current_state }));
    await store.commitSessionBoundary("r", boundary({ inputUpdates: updates }));
    const stamped = updates.map((state) => ({ ...state, last_run_id: runId(1), last_boundary_sequence: 0 }));
    expectEqual(await store.loadInputStates("r"), stamped, "the stored states");
    expectEqual(updates[0]?.last_run_id, runId(70), "the caller's own record");
  }),

  law("Inputs that a boundary commit does not update keep their stamp", async (store) => {
    await store.persistInputState("r", inputState(1));
    await store.commitSessionBoundary("r", boundary({ contributingInputIds: [inputId(1)] }));
    expectEqual(await store.loadInputState("r", inputId(1)), inputState(1), "the stored state");
  }),

  law("Of two updates of one input in a commit the last is stored", async (store) => {
    const updates = [inputState(1, { current_state: "staged" }), inputState(1, { current_state: "applied" })];
    await store.commitSessionBoundary("r", boundary({ inputUpdates: updates }));
    const states = await store.loadInputStates("r");
    expectEqual(
      states.map((state) => state.current_state),
      ["applied"],
      "the stored states",
    );
  }),

  law("A later snapshot replaces the one before", async (store) => {
    const longer = conversation(sessionId(1), "one", "two", "three");
    for (const snapshot of [conversation(sessionId(1), "one"), longer, conversation(sessionId(1)), longer]) {
      await store.commitSessionBoundary("r", boundary({ sessionDelta: delta(snapshot) }));
      expectEqual(await store.loadSessionSnapshot("r"), snapshot, "the snapshot");
    }
  }),

  law("A session need not bear the name of its runtime", async (store) => {
    await store.commitSessionBoundary(sessionId(1), boundary({ sessionDelta: delta(conversation(sessionId(2))) }));
    expectEqual((await store.loadRuntimeHead(sessionId(1)))?.session_id, sessionId(2), "the head's session");
  }),

  law("A commit that one bad update spoils leaves every table as it was", async (store) => {
    await store.commitSessionBoundary("r", boundary({ inputUpdates: [inputState(1)] }));
    await expectNothingWritten(store, () =>
      expectRejection(
        () =>
          store.commitSessionBoundary(
            "r",
            boundary({
              sessionDelta: delta(conversation(sessionId(1), "more")),
              inputUpdates: [
                inputState(1, { current_state: "queued" }),
                inputState(2, { current_state: wrong("asleep") }),
              ],
            }),
          ),
        "invalid_input",
        { path: "inputUpdates[1].current_state" },
      ),
    );
  }),
];
