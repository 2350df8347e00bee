import { expectEqual, expectRejection } from "../expectation.ts";
import { law } from "../make-law.ts";
import {
  apply,
  boundary,
  conversation,
  delta,
  inputState,
  opsSnapshot,
  receipt,
  runId,
  sessionId,
} from "../samples.ts";
import { everythingIn, expectNothingWritten } from "../whole-store.ts";

export const revisionLaws = [
  law("A boundary accepted at revision r leaves revision r + 1", async (store) => {
    expectEqual((await store.loadRuntime("r")).revision, 0, "the first revision");
    await store.commitSessionBoundary("r", boundary({ expectedRevision: 0 }));
    await store.atomicApply("r", apply({ receipt: receipt({ sequence: 1 }), expectedRevision: 1 }));
    await store.commitSessionBoundary("r", boundary({ expectedRevision: 2n }));
    await store.atomicApply("r", apply({ receipt: receipt({ sequence: 3 }), expectedRevision: 3n }));
    await store.commitSessionBoundary("r", boundary());
    expectEqual((await store.loadRuntimeHead("r"))?.revision, 5, "the head's revision");
    expectEqual((await store.loadRuntime("r")).revision, 5, "the revision");
  }),

  law(
    "A boundary that expects another revision is refused with the current head, and nothing is written",
    async (store) => {
      await store.commitSessionBoundary("r", boundary());
      await store.commitSessionBoundary("r", boundary());
      const head = await store.loadRuntimeHead("r");
      await expectNothingWritten(store, async () => {
        for (const expectedRevision of [0, 1, 3, Number.MAX_SAFE_INTEGER, 1n]) {
          const sessionDelta = delta(conversation(sessionId(1), "hello"));
          const commit = boundary({ sessionDelta, inputUpdates: [inputState(1)], expectedRevision });
          await expectRejection(() => store.commitSessionBoundary("r", commit), "revision_conflict", { head });
          const brought = apply({
            receipt: receipt({ sequence: 9 }),
            sessionDelta,
            inputUpdates: [inputState(1)],
            expectedRevision,
          });
          await expectRejection(() => store.atomicApply("r", brought), "revision_conflict", { head });
        }
      });
    },
  ),

  law("A revision expected of a runtime that nobody wrote to is refused and makes no head", async (store) => {
    await expectNothingWritten(store, async () => {
      const head = { runtime_id: "r", revision: 0 };
      const call = boundary({ expectedRevision: 1 });
      await expectRejection(() => store.commitSessionBoundary("r", call), "revision_conflict", { head });
      await expectRejection(() => store.atomicApply("r", apply({ expectedRevision: 1 })), "revision_conflict", {
        head,
      });
    });
    expectEqual(await store.loadRuntimeHead("r"), undefined, "the head");
  }),

  law("Only boundaries count revisions", async (store) => {
    await store.persistInputState("r", inputState(1));
    await store.persistRuntimeState("r", "idle");
    await store.persistOpsLifecycle("r", opsSnapshot(1));
    await store.atomicLifecycleCommit("r", {
      runtimeState: "idle",
      inputStates: [inputState(1, { current_state: "consumed" })],
    });
    await store.pruneInputs("r", { before: Date.now() });
    await store.sessions.save(conversation(sessionId(1), "hello"));
    expectEqual((await store.loadRuntimeHead("r"))?.revision, 0, "the revision");
    await store.commitSessionBoundary("r", boundary({ expectedRevision: 0 }));
    expectEqual((await store.loadRuntimeHead("r"))?.revision, 1, "the revision after a boundary");
  }),

  law("Refused boundaries count no revision", async (store) => {
    await store.atomicApply("r", apply());
    await expectRejection(() => store.atomicApply("r", apply()), "receipt_conflict");
    await expectRejection(
      () => store.commitSessionBoundary("r", boundary({ sessionDelta: delta(new Uint8Array()) })),
      "invalid_snapshot",
    );
    await expectRejection(
      () => store.commitSessionBoundary("r", boundary({ expectedRevision: 0 })),
      "revision_conflict",
    );
    expectEqual((await store.loadRuntime("r")).revision, 1, "the revision");
  }),

  law("An expected revision that is explicitly undefined expects nothing", async (store) => {
    await store.commitSessionBoundary("r", boundary({ expectedRevision: undefined, operationId: undefined }));
    await store.commitSessionBoundary("r", boundary({ expectedRevision: undefined, operationId: undefined }));
    await store.atomicApply("r", apply({ receipt: receipt({ sequence: 9 }), expectedRevision: undefined }));
    expectEqual((await store.loadRuntime("r")).revision, 3, "the revision");
  }),

  law("The expected revision is judged before the receipt's sequence", async (store) => {
    await store.atomicApply("r", apply());
    await expectRejection(() => store.atomicApply("r", apply({ expectedRevision: 0 })), "revision_conflict");
    await expectRejection(() => store.atomicApply("r", apply({ expectedRevision: 1 })), "receipt_conflict");
  }),

  law("Of concurrent boundaries that expect one revision a single one is accepted", async (store) => {
    await store.commitSessionBoundary("r", boundary());
    const attempts = await Promise.allSettled(
      [1, 2, 3].map((n) => store.commitSessionBoundary("r", boundary({ runId: runId(n), expectedRevision: 1 }))),
    );
    expectEqual(attempts.filter(({ status }) => status === "fulfilled").length, 1, "the number of accepted boundaries");
    expectEqual((await store.loadRuntime("r")).revision, 2, "the revision");
  }),

  law("Runtimes count their revisions apart", async (store) => {
    for (const runtime of ["r", "s", "r"]) await store.commitSessionBoundary(runtime, boundary());
    const heads = await store.listRuntimes();
    expectEqual(
      heads.map(({ runtime_id, revision }) => [runtime_id, revision]),
      [
        ["r", 2],
        ["s", 1],
      ],
      "the revisions",
    );
  }),

  law("What a boundary refused over its revision carried can be committed at the current one", async (store) => {
    await store.commitSessionBoundary("r", boundary());
    const late = boundary({ inputUpdates: [inputState(1)], operationId: "late", expectedRevision: 0 });
    await expectRejection(() => store.commitSessionBoundary("r", late), "revision_conflict");
    await store.commitSessionBoundary("r", { ...late, expectedRevision: 1 });
    const settled = await everythingIn(store);
    await store.commitSessionBoundary("r", { ...late, expectedRevision: 1 });
    expectEqual(await everythingIn(store), settled, "what the store holds after a repetition");
  }),
];
