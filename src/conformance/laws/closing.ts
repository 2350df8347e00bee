import { everyOperation } from "../every-operation.ts";
import { expectEqual, expectRejection } from "../expectation.ts";
import { law, lawNeeding } from "../make-law.ts";
import { boundary, conversation, delta, sessionId } from "../samples.ts";
import { everythingIn, furnish, FURNISHED } from "../whole-store.ts";

export const closingLaws = [
  law("Every operation of a closed store is refused", async (store) => {
    await furnish(store);
    await store.close();
    for (const [name, call] of Object.entries(everyOperation)) {
      await expectRejection(() => call(store), "database_closed", {}, name);
    }
  }),

  law("A store may be closed twice, also at once", async (store) => {
    await Promise.all([store.close(), store.close()]);
    await store.close();
    await expectRejection(() => store.listRuntimes(), "database_closed");
  }),

  lawNeeding(
    ["one connection"],
    "Closing lets the calls made before end, and refuses those made after",
    async (store) => {
      const commit = store.commitSessionBoundary(
        "r",
        boundary({ sessionDelta: delta(conversation(sessionId(1), "hello")) }),
      );
      const snapshot = store.loadSessionSnapshot("r");
      const sessions = store.sessions.list();
      const closed = store.close();
      const late = expectRejection(() => store.commitSessionBoundary("r", boundary()), "database_closed");
      expectEqual((await commit).sequence, 0, "the sequence");
      expectEqual(await snapshot, conversation(sessionId(1), "hello"), "the snapshot");
      expectEqual((await sessions).length, 1, "the number of sessions");
      await Promise.all([closed, late]);
    },
  ),

  lawNeeding(["reopen"], "What was stored is there when the store is opened again", async (store, openAgain) => {
    await furnish(store);
    await store.deleteRuntime("another");
    const before = await everythingIn(store);
    const loaded = await store.loadRuntime(FURNISHED);
    await store.close();
    const reopened = await openAgain();
    expectEqual(await everythingIn(reopened), before, "what the store holds");
    expectEqual(await reopened.loadRuntime(FURNISHED), loaded, "the runtime");
    expectEqual((await reopened.loadRuntime("another")).revision, 1, "the revision of the deleted runtime");
  }),

  lawNeeding(["reopen"], "A store that is opened again goes on where it was", async (store, openAgain) => {
    const first = await store.commitSessionBoundary("r", boundary({ operationId: "o" }));
    await store.close();
    const reopened = await openAgain();
    expectEqual(
      await reopened.commitSessionBoundary("r", boundary({ operationId: "o" })),
      first,
      "the repeated operation",
    );
    await expectRejection(
      () => reopened.commitSessionBoundary("r", boundary({ expectedRevision: 0 })),
      "revision_conflict",
    );
    expectEqual(
      (await reopened.commitSessionBoundary("r", boundary({ expectedRevision: 1 }))).sequence,
      1,
      "the sequence",
    );
  }),

  lawNeeding(["reopen"], "Calls made right before closing are stored for good", async (store, openAgain) => {
    const commit = store.commitSessionBoundary("r", boundary());
    await Promise.all([commit, store.close()]);
    const reopened = await openAgain();
    expectEqual(await reopened.loadBoundaryReceipt("r", (await commit).run_id, 0), await commit, "the receipt");
  }),

  ...(typeof Symbol.asyncDispose === "symbol"
    ? [
        law("Disposing of a store closes it", async (store) => {
          await store[Symbol.asyncDispose]();
          await expectRejection(() => store.listRuntimes(), "database_closed");
        }),
      ]
    : []),
];
