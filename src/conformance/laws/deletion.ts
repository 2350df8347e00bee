import { expectEqual, expectRejection } from "../expectation.ts";
import { law } from "../make-law.ts";
import { apply, boundary, conversation, delta, inputId, inputState, receipt, runId, sessionId } from "../samples.ts";
import { everythingIn, expectNothingWritten, furnish, FURNISHED } from "../whole-store.ts";

const inSession = (n: number, text: string): ReturnType<typeof boundary> =>
  boundary({ sessionDelta: delta(conversation(sessionId(n), text)) });

export const deletionLaws = [
  law("A deleted runtime has nothing left but its revision", async (store) => {
    await furnish(store);
    await store.deleteRuntime(FURNISHED);
    expectEqual(await store.loadRuntime(FURNISHED), { revision: 2, pendingInputs: [] }, "the runtime");
    expectEqual(await store.loadRuntimeHead(FURNISHED), undefined, "the head");
    expectEqual(await store.dumpRuntime(FURNISHED), undefined, "the dump");
    expectEqual(await store.loadInputStates(FURNISHED), [], "the input states");
    expectEqual(await store.loadInputState(FURNISHED, inputId(2)), undefined, "an input state");
    expectEqual(await store.listBoundaryReceipts(FURNISHED), [], "the receipts");
    expectEqual(await store.listBoundaryReceipts(FURNISHED, { limit: 9 }), [], "a page of receipts");
    expectEqual(await store.loadBoundaryReceipt(FURNISHED, runId(1), 0), undefined, "a receipt");
    expectEqual(await store.findBoundaryReceipt(FURNISHED, "operation 1"), undefined, "the operation's receipt");
    expectEqual(await store.loadSessionSnapshot(FURNISHED), undefined, "the snapshot");
    expectEqual(await store.loadRuntimeState(FURNISHED), undefined, "the runtime state");
    expectEqual(await store.loadOpsLifecycle(FURNISHED), undefined, "the ops snapshot");
    const runtimes = await store.listRuntimes();
    expectEqual(
      runtimes.map((head) => head.runtime_id),
      ["another"],
      "the runtimes",
    );
  }),

  law("Deleting a runtime touches no other, even of nearly the same name", async (store) => {
    const names = ["r", "r/1", "r\u0000", "R", "", "rr", "r ", "s"];
    for (const name of names) {
      await store.commitSessionBoundary(name, boundary({ inputUpdates: [inputState(1)], operationId: "o" }));
    }
    const dumps = await Promise.all(names.map((name) => store.dumpRuntime(name)));
    await store.deleteRuntime("r");
    for (const [index, name] of names.entries()) {
      expectEqual(await store.dumpRuntime(name), name === "r" ? undefined : dumps[index], JSON.stringify(name));
    }
  }),

  law("A runtime that is deleted and created again goes on counting revisions", async (store) => {
    await store.commitSessionBoundary("r", boundary());
    await store.commitSessionBoundary("r", boundary());
    await store.deleteRuntime("r");
    await expectRejection(
      () => store.commitSessionBoundary("r", boundary({ expectedRevision: 0 })),
      "revision_conflict",
      {
        head: { runtime_id: "r", revision: 2 },
      },
    );
    const minted = await store.commitSessionBoundary("r", boundary({ expectedRevision: 2 }));
    expectEqual(minted.sequence, 0, "the sequence");
    expectEqual((await store.loadRuntimeHead("r"))?.revision, 3, "the revision");
    const receipts = await store.listBoundaryReceipts("r");
    expectEqual(
      receipts.map((row) => row.revision),
      [3],
      "the receipts' revisions",
    );
    await store.deleteRuntime("r");
    await store.deleteRuntime("r");
    expectEqual((await store.loadRuntime("r")).revision, 3, "the revision after two more deletions");
  }),

  law(
    "Any write to a deleted runtime gives it a head again, at its old revision and without a boundary",
    async (store) => {
      await store.commitSessionBoundary("r", boundary());
      await store.deleteRuntime("r");
      await store.persistInputState("r", inputState(1));
      expectEqual(await store.loadRuntimeHead("r"), { runtime_id: "r", revision: 1 }, "the head");
      expectEqual(await store.listRuntimes(), [{ runtime_id: "r", revision: 1 }], "the runtimes");
      expectEqual(
        await store.loadRuntime("r"),
        {
          revision: 1,
          head: { runtime_id: "r", revision: 1 },
          pendingInputs: [{ state: inputState(1) }],
        },
        "the runtime",
      );
    },
  ),

  law("After a deletion receipts and operations of before are free again", async (store) => {
    await store.commitSessionBoundary("r", boundary({ operationId: "o" }));
    await store.deleteRuntime("r");
    await store.atomicApply("r", apply({ receipt: receipt({ sequence: 0 }) }));
    const minted = await store.commitSessionBoundary("r", boundary({ runId: runId(2), operationId: "o" }));
    expectEqual((await store.findBoundaryReceipt("r", "o"))?.receipt, minted, "the operation's receipt");
  }),

  law("Deleting a runtime that nobody wrote to does nothing and makes no head", async (store) => {
    await store.commitSessionBoundary("r", boundary());
    await expectNothingWritten(store, async () => {
      await store.deleteRuntime("nobody");
      await store.deleteRuntime("nobody", { withSessions: true });
    });
    expectEqual(await store.loadRuntime("nobody"), { revision: 0, pendingInputs: [] }, "the runtime");
    await store.commitSessionBoundary("nobody", boundary({ expectedRevision: 0 }));
  }),

  law("A deleted runtime's sessions stay in the catalog unless they are to go with it", async (store) => {
    await store.commitSessionBoundary("r", inSession(1, "first"));
    await store.commitSessionBoundary("r", inSession(2, "second"));
    const catalog = await store.sessions.list();
    for (const options of [undefined, {}, { withSessions: undefined }, { withSessions: false }]) {
      await store.deleteRuntime("r", options);
      expectEqual(await store.sessions.list(), catalog, `the catalog after a deletion with ${JSON.stringify(options)}`);
      await store.persistRuntimeState("r", "idle");
    }
    await store.commitSessionBoundary("r", inSession(1, "third"));
    await store.commitSessionBoundary("r", inSession(2, "fourth"));
    await store.deleteRuntime("r", { withSessions: true });
    expectEqual(await store.sessions.list(), [], "the catalog after a deletion with sessions");
  }),

  law("With a deleted runtime go only the sessions that it was the last to write", async (store) => {
    await store.commitSessionBoundary("r", inSession(1, "by r"));
    await store.commitSessionBoundary("r", inSession(2, "by r"));
    await store.commitSessionBoundary("r", inSession(3, "by r"));
    await store.commitSessionBoundary("s", inSession(1, "by s"));
    await store.sessions.save(conversation(sessionId(2), "by hand"));
    await store.deleteRuntime("r", { withSessions: true });
    expectEqual(
      await store.sessions.load(sessionId(1)),
      conversation(sessionId(1), "by s"),
      "the other runtime's session",
    );
    expectEqual(
      await store.sessions.load(sessionId(2)),
      conversation(sessionId(2), "by hand"),
      "the session saved by hand",
    );
    expectEqual(await store.sessions.exists(sessionId(3)), false, "that the runtime's own session exists");
    expectEqual(
      await store.loadSessionSnapshot("s"),
      conversation(sessionId(1), "by s"),
      "the other runtime's snapshot",
    );
  }),

  law("A session that goes with its runtime stays with the other runtimes that have it", async (store) => {
    await store.commitSessionBoundary("s", inSession(1, "by s"));
    await store.commitSessionBoundary("r", inSession(1, "by r"));
    await store.deleteRuntime("r", { withSessions: true });
    expectEqual(await store.sessions.exists(sessionId(1)), false, "that the session is in the catalog");
    expectEqual(
      await store.loadSessionSnapshot("s"),
      conversation(sessionId(1), "by s"),
      "the other runtime's snapshot",
    );
  }),

  law("A store is the same after a runtime came and went with its sessions", async (store) => {
    await furnish(store);
    const before = await everythingIn(store);
    await store.commitSessionBoundary("guest", inSession(7, "hello"));
    await store.persistInputState("guest", inputState(1));
    await store.deleteRuntime("guest", { withSessions: true });
    expectEqual(await everythingIn(store), before, "what the store holds");
  }),
];
