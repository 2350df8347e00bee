import { expectEqual, expectPresent } from "../expectation.ts";
import { law } from "../make-law.ts";
import {
  apply,
  boundary,
  conversation,
  delta,
  fullInputState,
  inputId,
  inputState,
  opsSnapshot,
  receipt,
  runId,
  sessionId,
} from "../samples.ts";

const HELLO = conversation(sessionId(1), "hello");

export const headLaws = [
  law("A runtime that nobody wrote to has no head, no dump, and loads empty at revision 0", async (store) => {
    expectEqual(await store.loadRuntimeHead("r"), undefined, "the head");
    expectEqual(await store.dumpRuntime("r"), undefined, "the dump");
    expectEqual(await store.listRuntimes(), [], "the runtimes");
    expectEqual(await store.loadRuntime("r"), { revision: 0, pendingInputs: [] }, "the runtime");
  }),

  law("Reading makes no head", async (store) => {
    await store.loadRuntime("r");
    await store.loadInputStates("r");
    await store.loadSessionSnapshot("r");
    await store.listBoundaryReceipts("r");
    await store.dumpRuntime("r");
    expectEqual(await store.listRuntimes(), [], "the runtimes");
  }),

  law("Every write makes a head, of revision 0 until the first boundary", async (store) => {
    await store.persistInputState("inputs", inputState(1));
    await store.persistRuntimeState("lifecycle", "idle");
    await store.persistOpsLifecycle("ops", opsSnapshot(1));
    await store.atomicLifecycleCommit("commit", { runtimeState: "idle", inputStates: [] });
    const names = ["commit", "inputs", "lifecycle", "ops"];
    expectEqual(
      await store.listRuntimes(),
      names.map((runtime_id) => ({ runtime_id, revision: 0 })),
      "the runtimes",
    );
    for (const name of names) {
      expectEqual(await store.loadRuntimeHead(name), { runtime_id: name, revision: 0 }, "the head");
    }
  }),

  law("A head says where the last boundary left its runtime", async (store) => {
    await store.commitSessionBoundary("r", boundary());
    const minted = await store.commitSessionBoundary("r", boundary({ sessionDelta: delta(HELLO) }));
    const [, listed] = await store.listBoundaryReceipts("r");
    expectEqual(
      await store.loadRuntimeHead("r"),
      {
        runtime_id: "r",
        revision: 2,
        session_id: sessionId(1),
        conversation_digest: minted.conversation_digest,
        message_count: 1,
        byte_length: HELLO.length,
        run_id: runId(1),
        sequence: 1,
        committed_at: expectPresent(listed, "the receipt").committed_at,
      },
      "the head",
    );
  }),

  law("A head without a session is what an apply without a delta leaves in a new runtime", async (store) => {
    await store.atomicApply("r", apply({ receipt: receipt({ sequence: 6 }) }));
    const head = expectPresent(await store.loadRuntimeHead("r"), "the head");
    expectEqual(
      { ...head, committed_at: typeof head.committed_at },
      { runtime_id: "r", revision: 1, run_id: runId(1), sequence: 6, committed_at: "number" },
      "the head",
    );
  }),

  law("Runtimes are listed by their ids, compared by UTF-16 code units", async (store) => {
    const ids = ["\uffee", "b", "", "😀", "a", "B", "10", "9", "aa", "é"];
    for (const id of ids) await store.persistRuntimeState(id, "idle");
    const listed = (await store.listRuntimes()).map((head) => head.runtime_id);
    expectEqual(listed, ["", "10", "9", "B", "a", "aa", "b", "é", "😀", "\uffee"], "the runtimes");
  }),

  law("A runtime loads with all that its agent needs to go on", async (store) => {
    const stamped = { last_run_id: runId(1), last_boundary_sequence: 0 };
    await store.persistRuntimeState("r", "running");
    await store.persistInputState("r", inputState(3));
    const minted = await store.commitSessionBoundary(
      "r",
      boundary({
        sessionDelta: delta(HELLO),
        contributingInputIds: [inputId(1)],
        inputUpdates: [inputState(2, { current_state: "consumed" }), inputState(1, { current_state: "queued" })],
      }),
    );
    expectEqual(
      await store.loadRuntime("r"),
      {
        revision: 1,
        head: await store.loadRuntimeHead("r"),
        runtimeState: "running",
        sessionSnapshot: HELLO,
        pendingInputs: [
          { state: inputState(1, { current_state: "queued", ...stamped }), receipt: minted },
          { state: inputState(3) },
        ],
      },
      "the runtime",
    );
  }),

  law("Pending are the inputs in no terminal state", async (store) => {
    const states = ["accepted", "queued", "staged", "applied", "applied_pending_consumption"] as const;
    const terminal = ["consumed", "superseded", "coalesced", "abandoned"] as const;
    const inputStates = [...states, ...terminal].map((current_state, n) => inputState(n, { current_state }));
    await store.atomicLifecycleCommit("r", { runtimeState: "idle", inputStates });
    const { pendingInputs } = await store.loadRuntime("r");
    expectEqual(
      pendingInputs.map(({ state }) => state.current_state),
      states,
      "the pending inputs",
    );
  }),

  law(
    "A pending input comes with the receipt that its stamp names, and with none where there is none",
    async (store) => {
      const first = await store.commitSessionBoundary("r", boundary());
      const second = await store.commitSessionBoundary("r", boundary());
      await store.commitSessionBoundary("s", boundary({ runId: runId(5) }));
      const stamps = [
        [{ last_run_id: runId(1), last_boundary_sequence: 0 }, first],
        [{ last_run_id: runId(1), last_boundary_sequence: 1 }, second],
        [{ last_run_id: runId(1), last_boundary_sequence: 2 }, undefined],
        [{ last_run_id: runId(5), last_boundary_sequence: 0 }, undefined],
        [{ last_run_id: runId(1) }, undefined],
        [{ last_boundary_sequence: 0 }, undefined],
        [{}, undefined],
      ] as const;
      for (const [n, [stamp]] of stamps.entries()) await store.persistInputState("r", inputState(n, stamp));
      const { pendingInputs } = await store.loadRuntime("r");
      expectEqual(
        pendingInputs.map((pending) => pending.receipt),
        stamps.map(([, due]) => due),
        "the receipts",
      );
    },
  ),

  law("A dump holds everything stored for its runtime and nothing of another", async (store) => {
    await store.commitSessionBoundary("s", boundary({ inputUpdates: [inputState(9)], operationId: "o" }));
    await store.commitSessionBoundary("r", boundary({ sessionDelta: delta(HELLO), operationId: "o" }));
    await store.atomicApply("r", apply({ receipt: receipt({ run_id: runId(0) }) }));
    await store.atomicLifecycleCommit("r", {
      runtimeState: "retired",
      inputStates: [fullInputState(2), inputState(1)],
    });
    await store.persistOpsLifecycle("r", opsSnapshot(1));
    const [minted, brought] = await store.listBoundaryReceipts("r");
    expectEqual(
      await store.dumpRuntime("r"),
      {
        runtime_id: "r",
        head: await store.loadRuntimeHead("r"),
        runtime_state: "retired",
        ops_lifecycle: opsSnapshot(1),
        input_states: [inputState(1), fullInputState(2)],
        receipts: [minted, brought],
        session_snapshot: HELLO,
        sessions: [{ session_id: sessionId(1), owned: true }],
      },
      "the dump",
    );
  }),

  law("A dump holds the catalog's copy of the session only where it is another one", async (store) => {
    await store.commitSessionBoundary("r", boundary({ sessionDelta: delta(HELLO) }));
    const other = conversation(sessionId(1), "hello", "again");
    await store.sessions.save(other);
    const dump = expectPresent(await store.dumpRuntime("r"), "the dump");
    expectEqual(dump.session_snapshot, HELLO, "the runtime's snapshot");
    const saved = { session_id: sessionId(1), owned: false, snapshot: other };
    expectEqual(dump.sessions, [saved], "the catalog's session");
  }),
];
