import { expectEqual, expectRejection } from "../expectation.ts";
import { lawNeeding } from "../make-law.ts";
import { boundary, conversation, delta, inputId, runId, sessionId } from "../samples.ts";
import { everythingIn, furnish } from "../whole-store.ts";

const saying = (text: string): ReturnType<typeof boundary> =>
  boundary({ sessionDelta: delta(conversation(sessionId(1), text)) });

const between = (name: string, body: Parameters<typeof lawNeeding>[2]): ReturnType<typeof lawNeeding> =>
  lawNeeding(["open twice"], name, body);

export const twoStoreLaws = [
  between("What one store writes another one under the same name reads", async (store, openAgain) => {
    const other = await openAgain();
    await furnish(store);
    expectEqual(await everythingIn(other), await everythingIn(store), "what the other store holds");
  }),

  between("Two stores that commit in turn never see stale bytes", async (store, openAgain) => {
    const stores = [store, await openAgain()];
    for (let turn = 0; turn < 6; turn++) {
      const [writer, reader] = turn % 3 === 0 ? stores : [...stores].reverse();
      const text = "and on ".repeat(turn % 4 === 3 ? 60_000 : turn);
      await writer?.commitSessionBoundary("r", saying(text));
      for (const any of [reader, writer]) {
        expectEqual(
          await any?.loadSessionSnapshot("r"),
          conversation(sessionId(1), text),
          `the snapshot of turn ${turn}`,
        );
        expectEqual((await any?.loadRuntimeHead("r"))?.revision, turn + 1, `the revision of turn ${turn}`);
      }
    }
  }),

  between("Commits of two stores never share a sequence or a revision", async (store, openAgain) => {
    const other = await openAgain();
    const receipts = await Promise.all(
      [1, 2, 3, 4, 5, 6].map((n) => (n % 2 ? store : other).commitSessionBoundary("r", saying(`turn ${n}`))),
    );
    expectEqual(receipts.map(({ sequence }) => sequence).sort(), [0, 1, 2, 3, 4, 5], "the sequences");
    const listed = await other.listBoundaryReceipts("r");
    expectEqual(
      listed.map(({ revision }) => revision),
      [1, 2, 3, 4, 5, 6],
      "the revisions",
    );
  }),

  between("Of two stores that expect one revision a single one commits", async (store, openAgain) => {
    const other = await openAgain();
    const attempts = await Promise.allSettled([
      store.commitSessionBoundary("r", { ...saying("here"), expectedRevision: 0 }),
      other.commitSessionBoundary("r", { ...saying("there"), expectedRevision: 0 }),
    ]);
    expectEqual(attempts.filter(({ status }) => status === "fulfilled").length, 1, "the number of commits");
    await expectRejection(
      () => other.commitSessionBoundary("r", boundary({ expectedRevision: 0 })),
      "revision_conflict",
      {
        head: await store.loadRuntimeHead("r"),
      },
    );
  }),

  between("An operation repeated through another store returns the first receipt", async (store, openAgain) => {
    const other = await openAgain();
    const operation = boundary({ operationId: inputId(1) });
    const [first, second] = await Promise.all([
      store.commitSessionBoundary("r", operation),
      other.commitSessionBoundary("r", operation),
    ]);
    expectEqual(second, first, "the second receipt");
    expectEqual((await other.loadRuntime("r")).revision, 1, "the revision");
    await expectRejection(
      () => other.commitSessionBoundary("r", { ...operation, runId: runId(2) }),
      "operation_conflict",
    );
  }),

  between("A store that is closed leaves the other one open", async (store, openAgain) => {
    const other = await openAgain();
    await store.close();
    await other.commitSessionBoundary("r", boundary());
    expectEqual((await other.loadRuntime("r")).revision, 1, "the revision");
  }),
];
