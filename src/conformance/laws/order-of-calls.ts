import { expectEqual, expectRejection } from "../expectation.ts";
import { law, lawNeeding } from "../make-law.ts";
import {
  apply,
  boundary,
  bytesOf,
  conversation,
  delta,
  inputState,
  opsSnapshot,
  receipt,
  runId,
  sessionId,
  wrong,
} from "../samples.ts";

const saying = (text: string, n = 1): ReturnType<typeof boundary> =>
  boundary({ sessionDelta: delta(conversation(sessionId(n), text)) });

const ordered = (name: string, body: Parameters<typeof law>[1]): ReturnType<typeof law> =>
  lawNeeding(["one connection"], name, body);

export const callOrderLaws = [
  ordered("Calls made without waiting take effect in their order, reads included", async (store) => {
    const answers = await Promise.all([
      store.loadSessionSnapshot("r"),
      store.commitSessionBoundary("r", saying("one")),
      store.loadSessionSnapshot("r"),
      store.commitSessionBoundary("r", saying("two")),
      store.loadRuntimeHead("r"),
      store.atomicApply("r", apply({ receipt: receipt({ sequence: 2 }) })),
      store.loadBoundaryReceipt("r", runId(1), 2),
      store.loadBoundaryReceipt("r", runId(1), 3),
      store.commitSessionBoundary("r", saying("three")),
      store.loadSessionSnapshot("r"),
    ]);
    const [before, first, one, second, head, , applied, notYet, third, three] = answers;
    expectEqual(before, undefined, "the snapshot before");
    expectEqual([first.sequence, second.sequence, third.sequence], [0, 1, 3], "the sequences");
    expectEqual(one, conversation(sessionId(1), "one"), "the snapshot between");
    expectEqual(head?.revision, 2, "the revision between");
    expectEqual([applied?.sequence, notYet], [2, undefined], "the receipts between");
    expectEqual(three, conversation(sessionId(1), "three"), "the snapshot after");
  }),

  ordered("Every kind of write is seen by the reads behind it and by none before", async (store) => {
    const [noState, , state, noInput, , input, , inputs, noOps, , ops, , gone] = await Promise.all([
      store.loadRuntimeState("r"),
      store.persistRuntimeState("r", "idle"),
      store.loadRuntimeState("r"),
      store.loadInputState("r", inputState(1).input_id),
      store.persistInputState("r", inputState(1)),
      store.loadInputState("r", inputState(1).input_id),
      store.atomicLifecycleCommit("r", { runtimeState: "stopped", inputStates: [inputState(2)] }),
      store.loadInputStates("r"),
      store.loadOpsLifecycle("r"),
      store.persistOpsLifecycle("r", opsSnapshot(1)),
      store.loadOpsLifecycle("r"),
      store.deleteRuntime("r"),
      store.loadRuntime("r"),
    ]);
    expectEqual([noState, state], [undefined, "idle"], "the runtime state before and after");
    expectEqual([noInput, input], [undefined, inputState(1)], "the input before and after");
    expectEqual(inputs, [inputState(1), inputState(2)], "the inputs after the lifecycle commit");
    expectEqual([noOps, ops], [undefined, opsSnapshot(1)], "the ops snapshot before and after");
    expectEqual(gone, { revision: 0, pendingInputs: [] }, "the runtime after its deletion");
  }),

  ordered("A small commit does not overtake a large one of the same runtime", async (store) => {
    const large = saying("large ".repeat(100_000));
    const receipts = await Promise.all([
      store.commitSessionBoundary("r", large),
      store.commitSessionBoundary("r", saying("small")),
      store.commitSessionBoundary("r", large),
      store.commitSessionBoundary("r", saying("small at last")),
    ]);
    expectEqual(
      receipts.map((minted) => minted.sequence),
      [0, 1, 2, 3],
      "the sequences",
    );
    expectEqual(await store.loadSessionSnapshot("r"), conversation(sessionId(1), "small at last"), "the snapshot");
  }),

  ordered("A failed call does not fail those behind it", async (store) => {
    const settled = await Promise.allSettled([
      store.commitSessionBoundary("r", saying("one")),
      store.commitSessionBoundary("r", boundary({ sessionDelta: delta(bytesOf("nonsense")) })),
      store.commitSessionBoundary("r", boundary({ expectedRevision: 7 })),
      store.atomicApply("r", apply()),
      store.persistRuntimeState("r", wrong("asleep")),
      store.commitSessionBoundary("r", saying("two")),
      store.loadSessionSnapshot("r"),
    ]);
    expectEqual(
      settled.map(({ status }) => status === "fulfilled"),
      [true, false, false, false, false, true, true],
      "which calls succeed",
    );
    expectEqual((await store.loadRuntime("r")).revision, 2, "the revision");
    expectEqual(await store.loadSessionSnapshot("r"), conversation(sessionId(1), "two"), "the snapshot");
  }),

  ordered("Expected revisions may be counted up without waiting", async (store) => {
    const receipts = await Promise.all(
      [0, 1, 2, 3].map((expectedRevision) => store.commitSessionBoundary("r", boundary({ expectedRevision }))),
    );
    expectEqual(
      receipts.map((minted) => minted.sequence),
      [0, 1, 2, 3],
      "the sequences",
    );
    const conflict = store.commitSessionBoundary("r", boundary({ expectedRevision: 3 }));
    const next = store.commitSessionBoundary("r", boundary({ expectedRevision: 4 }));
    await expectRejection(() => conflict, "revision_conflict");
    expectEqual((await next).sequence, 4, "the sequence after a conflict");
  }),

  ordered("The session catalog is read after all writes issued before, of every runtime", async (store) => {
    const writes = [
      store.commitSessionBoundary("r", saying("one ".repeat(50_000), 1)),
      store.commitSessionBoundary("s", saying("two", 2)),
      store.sessions.save(conversation(sessionId(3), "three")),
    ];
    const [loaded, listed, exists, heads] = await Promise.all([
      store.sessions.load(sessionId(1)),
      store.sessions.list(),
      store.sessions.exists(sessionId(2)),
      store.listRuntimes(),
    ]);
    expectEqual(loaded, conversation(sessionId(1), "one ".repeat(50_000)), "the session");
    expectEqual(
      listed.map((meta) => meta.id),
      [1, 2, 3].map(sessionId),
      "the sessions",
    );
    expectEqual(exists, true, "that the second exists");
    expectEqual(
      heads.map((head) => head.runtime_id),
      ["r", "s"],
      "the runtimes",
    );
    await Promise.all(writes);
  }),

  ordered("Writes to the session catalog keep their place among the boundaries", async (store) => {
    const calls = [
      store.commitSessionBoundary("r", saying("one")),
      store.sessions.delete(sessionId(1)),
      store.commitSessionBoundary("r", saying("two")),
      store.sessions.save(conversation(sessionId(1), "saved")),
    ];
    expectEqual(await store.sessions.load(sessionId(1)), conversation(sessionId(1), "saved"), "the session");
    expectEqual(await store.loadSessionSnapshot("r"), conversation(sessionId(1), "two"), "the snapshot");
    const last = [
      store.sessions.save(conversation(sessionId(1), "saved again")),
      store.commitSessionBoundary("r", saying("three")),
    ];
    expectEqual(await store.sessions.load(sessionId(1)), conversation(sessionId(1), "three"), "the session at the end");
    await Promise.all([...calls, ...last]);
  }),

  law("Calls on many runtimes at once all take effect", async (store) => {
    const names = Array.from({ length: 12 }, (_, n) => `runtime ${n}`);
    await Promise.all(
      names.flatMap((name, n) => [
        store.commitSessionBoundary(name, saying(name, n)),
        store.persistInputState(name, inputState(n)),
        store.persistRuntimeState(name, "idle"),
      ]),
    );
    for (const [n, name] of names.entries()) {
      expectEqual(await store.loadSessionSnapshot(name), conversation(sessionId(n), name), "the snapshot");
      expectEqual(await store.loadInputStates(name), [inputState(n)], "the inputs");
    }
    expectEqual((await store.sessions.list()).length, names.length, "the number of sessions");
  }),
];
