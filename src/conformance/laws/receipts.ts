import type { BurrowStore, CommittedReceipt } from "../../contract/index.ts";
import { expectEqual, expectPresent, expectThat } from "../expectation.ts";
import { law } from "../make-law.ts";
import { apply, boundary, conversation, delta, receipt, runId, sessionId, spellingsOf } from "../samples.ts";

/** Five boundaries of two runs, the second and the fourth brought by the caller. */
async function fiveBoundaries(store: BurrowStore): Promise<void> {
  await store.commitSessionBoundary("r", boundary({ runId: runId(2), operationId: "first" }));
  await store.atomicApply("r", apply({ receipt: receipt({ run_id: runId(1), sequence: 20 }) }));
  await store.commitSessionBoundary("r", boundary({ runId: runId(1) }));
  await store.atomicApply("r", apply({ receipt: receipt({ run_id: runId(2), sequence: 10 }) }));
  await store.commitSessionBoundary("r", boundary({ runId: runId(2) }));
  await store.commitSessionBoundary("another", boundary({ runId: runId(1), operationId: "first" }));
}

const revisionsOf = (receipts: readonly CommittedReceipt[]): number[] => receipts.map(({ revision }) => revision);

export const receiptLaws = [
  law("Receipts are listed in the order in which their boundaries were accepted", async (store) => {
    await fiveBoundaries(store);
    const listed = await store.listBoundaryReceipts("r");
    expectEqual(
      listed.map((row) => [row.revision, row.receipt.run_id, row.receipt.sequence, row.minted, row.operation_id]),
      [
        [1, runId(2), 0, true, "first"],
        [2, runId(1), 20, false, undefined],
        [3, runId(1), 21, true, undefined],
        [4, runId(2), 10, false, undefined],
        [5, runId(2), 11, true, undefined],
      ],
      "the receipts",
    );
    for (const { receipt: stored } of listed) {
      expectEqual(
        await store.loadBoundaryReceipt("r", stored.run_id, stored.sequence),
        stored,
        "a receipt loaded by its key",
      );
    }
  }),

  law("A receipt tells how long the snapshot was that its boundary stored", async (store) => {
    const short = conversation(sessionId(1), "hello");
    const long = conversation(sessionId(1), "x".repeat(300));
    await store.commitSessionBoundary("r", boundary({ sessionDelta: delta(long) }));
    await store.atomicApply("r", apply({ receipt: receipt({ sequence: 9 }) }));
    await store.atomicApply("r", apply({ receipt: receipt({ sequence: 10 }), sessionDelta: delta(short) }));
    const listed = await store.listBoundaryReceipts("r");
    expectEqual(
      listed.map(({ byte_length }) => byte_length),
      [long.length, undefined, short.length],
      "the lengths",
    );
  }),

  law("Receipts can be listed run by run, in every spelling of the run's id", async (store) => {
    await fiveBoundaries(store);
    expectEqual(revisionsOf(await store.listBoundaryReceipts("r", { runId: runId(1) })), [2, 3], "the first run's");
    expectEqual(revisionsOf(await store.listBoundaryReceipts("r", { runId: runId(9) })), [], "an unknown run's");
    for (const spelling of [runId(2), ...spellingsOf(runId(2))]) {
      expectEqual(revisionsOf(await store.listBoundaryReceipts("r", { runId: spelling })), [1, 4, 5], spelling);
    }
  }),

  law("Receipts can be listed page by page from the first after a revision", async (store) => {
    await fiveBoundaries(store);
    const pages = [
      [{ limit: 2 }, [1, 2]],
      [{ limit: 2, afterRevision: 2 }, [3, 4]],
      [{ limit: 2, afterRevision: 4 }, [5]],
      [{ limit: 2, afterRevision: 5 }, []],
      [{ limit: 0 }, []],
      [{ limit: 100 }, [1, 2, 3, 4, 5]],
      [{ afterRevision: 0 }, [1, 2, 3, 4, 5]],
      [{ afterRevision: Number.MAX_SAFE_INTEGER }, []],
      [{ runId: runId(2), limit: 2 }, [1, 4]],
      [{ runId: runId(2), afterRevision: 1, limit: 1 }, [4]],
      [{ runId: runId(1), afterRevision: 3 }, []],
      [{ runId: undefined, afterRevision: undefined, limit: undefined }, [1, 2, 3, 4, 5]],
    ] as const;
    for (const [filter, expected] of pages) {
      expectEqual(revisionsOf(await store.listBoundaryReceipts("r", filter)), expected, JSON.stringify(filter));
    }
  }),

  law("A runtime without boundaries has no receipts to list", async (store) => {
    await store.persistRuntimeState("r", "idle");
    expectEqual(await store.listBoundaryReceipts("r"), [], "its receipts");
    expectEqual(await store.listBoundaryReceipts("nobody"), [], "those of a runtime that nobody wrote to");
  }),

  law("A receipt is stored with the time of its commit, the same in the list and in the head", async (store) => {
    const before = Date.now();
    await store.commitSessionBoundary("r", boundary());
    const after = Date.now();
    const [listed] = await store.listBoundaryReceipts("r");
    const { committed_at } = expectPresent(listed, "the listed receipt");
    expectThat(
      before <= committed_at && committed_at <= after,
      `committed_at ${committed_at} is not in ${before}..${after}`,
    );
    expectEqual((await store.loadRuntimeHead("r"))?.committed_at, committed_at, "the head's time");
  }),

  law("A receipt is found by its operation id in its own runtime alone", async (store) => {
    await fiveBoundaries(store);
    const [first] = await store.listBoundaryReceipts("r", { limit: 1 });
    const [others] = await store.listBoundaryReceipts("another");
    expectEqual(await store.findBoundaryReceipt("r", "first"), first, "the receipt");
    expectEqual(await store.findBoundaryReceipt("another", "first"), others, "the other runtime's receipt");
    expectEqual(await store.findBoundaryReceipt("r", "second"), undefined, "an unknown operation's");
    expectEqual(await store.findBoundaryReceipt("nobody", "first"), undefined, "an unknown runtime's");
  }),

  law("A receipt is loaded by its exact run and sequence", async (store) => {
    await fiveBoundaries(store);
    expectEqual((await store.loadBoundaryReceipt("r", runId(1), 20))?.message_count, 3, "the receipt");
    expectEqual((await store.loadBoundaryReceipt("r", runId(1), 21n))?.sequence, 21, "the receipt by a bigint");
    for (const sequence of [0, 19, 22, Number.MAX_SAFE_INTEGER, 0n]) {
      expectEqual(await store.loadBoundaryReceipt("r", runId(1), sequence), undefined, `sequence ${sequence}`);
    }
    expectEqual(await store.loadBoundaryReceipt("another", runId(1), 20), undefined, "in the other runtime");
  }),
];
