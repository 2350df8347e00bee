import type { BurrowStore, SessionBoundary } from "../../contract/index.ts";
import { expectEqual, expectPresent, expectRejection } from "../expectation.ts";
import { law } from "../make-law.ts";
import {
  boundary,
  bytesOf,
  conversation,
  delta,
  inputId,
  inputState,
  runId,
  sessionId,
  sessionText,
  spellingsOf,
} from "../samples.ts";
import { expectNothingWritten } from "../whole-store.ts";

const OPERATION = "operation 1";

const operation = (members: Partial<SessionBoundary> = {}): SessionBoundary =>
  boundary({
    sessionDelta: delta(conversation(sessionId(1), "hello")),
    contributingInputIds: [inputId(1), inputId(2)],
    inputUpdates: [inputState(1)],
    operationId: OPERATION,
    ...members,
  });

/** Makes the call again that was made first, and demands the first answer and no change. */
async function expectFirstAnswer(store: BurrowStore, again: SessionBoundary, what: string): Promise<void> {
  const first = expectPresent(await store.findBoundaryReceipt("r", OPERATION), "the first receipt").receipt;
  await expectNothingWritten(store, async () => {
    expectEqual(await store.commitSessionBoundary("r", again), first, what);
  });
}

export const operationLaws = [
  law("A repeated operation returns the first receipt and writes nothing", async (store) => {
    const first = await store.commitSessionBoundary("r", operation());
    await expectFirstAnswer(store, operation(), "the second answer");
    await store.commitSessionBoundary("r", boundary({ sessionDelta: delta(conversation(sessionId(1), "later")) }));
    await expectFirstAnswer(store, operation(), "the answer after a later boundary");
    expectEqual((await store.findBoundaryReceipt("r", OPERATION))?.receipt, first, "the receipt that is found");
  }),

  law("A repeated operation is recognised whatever its input updates and spellings are", async (store) => {
    await store.commitSessionBoundary("r", operation());
    const renewed = [inputState(1, { updated_at: "2026-01-01T00:00:00Z" }), inputState(3)];
    await expectFirstAnswer(store, operation({ inputUpdates: renewed }), "with renewed updates");
    for (const spelling of spellingsOf(runId(1))) {
      await expectFirstAnswer(store, operation({ runId: spelling }), `with the run ${spelling}`);
    }
    const contributingInputIds = [inputId(1).toUpperCase(), `{${inputId(2)}}`];
    await expectFirstAnswer(store, operation({ contributingInputIds }), "with other spellings of the inputs");
  }),

  law("A repeated operation returns the first receipt whatever revision it expects", async (store) => {
    await store.commitSessionBoundary("r", operation({ expectedRevision: 0 }));
    for (const expectedRevision of [0, 1, 7, 0n, undefined]) {
      await expectFirstAnswer(store, operation({ expectedRevision }), `expecting ${expectedRevision}`);
    }
  }),

  law(
    "An operation repeated with other content is refused with the first receipt, and nothing is written",
    async (store) => {
      const first = await store.commitSessionBoundary("r", operation());
      const spaced = sessionText(sessionId(1), { messages: '[{"role":"user","content":"hello"} ]' });
      const others: readonly (readonly [string, Partial<SessionBoundary>])[] = [
        ["another run", { runId: runId(2) }],
        ["another boundary", { boundary: "run_checkpoint" }],
        ["a contributor less", { contributingInputIds: [inputId(1)] }],
        ["its contributors in another order", { contributingInputIds: [inputId(2), inputId(1)] }],
        ["another conversation", { sessionDelta: delta(conversation(sessionId(1), "hellO")) }],
        ["the same conversation in more bytes", { sessionDelta: delta(bytesOf(spaced)) }],
      ];
      await expectNothingWritten(store, async () => {
        for (const [what, members] of others) {
          const facts = { receipt: first };
          await expectRejection(
            () => store.commitSessionBoundary("r", operation(members)),
            "operation_conflict",
            facts,
            what,
          );
        }
      });
    },
  ),

  law("An operation is judged before the revision that its call expects", async (store) => {
    await store.commitSessionBoundary("r", operation());
    const stale = operation({ runId: runId(2), expectedRevision: 0 });
    await expectRejection(() => store.commitSessionBoundary("r", stale), "operation_conflict");
  }),

  law("An operation whose first call was refused is still free", async (store) => {
    await expectRejection(
      () => store.commitSessionBoundary("r", operation({ expectedRevision: 5 })),
      "revision_conflict",
    );
    await expectRejection(
      () => store.commitSessionBoundary("r", operation({ sessionDelta: delta(bytesOf("{")) })),
      "invalid_snapshot",
    );
    expectEqual(await store.findBoundaryReceipt("r", OPERATION), undefined, "the receipt before");
    const { sequence } = await store.commitSessionBoundary("r", operation({ boundary: "run_start" }));
    expectEqual(sequence, 0, "the sequence");
  }),

  law("Of concurrent calls of one operation all return one receipt", async (store) => {
    const answers = await Promise.all([1, 2, 3, 4].map(() => store.commitSessionBoundary("r", operation())));
    for (const answer of answers) expectEqual(answer, answers[0], "an answer");
    expectEqual((await store.listBoundaryReceipts("r")).length, 1, "the number of receipts");
    expectEqual((await store.loadRuntime("r")).revision, 1, "the revision");
  }),

  law("Runtimes keep their operations apart", async (store) => {
    await store.commitSessionBoundary("r", operation());
    const other = await store.commitSessionBoundary("s", operation({ runId: runId(2), contributingInputIds: [] }));
    expectEqual((await store.findBoundaryReceipt("s", OPERATION))?.receipt, other, "the other runtime's receipt");
    expectEqual((await store.findBoundaryReceipt("r", OPERATION))?.receipt.run_id, runId(1), "the first one's run");
  }),

  law("Operation ids are text of any kind, and an absent one makes no operation", async (store) => {
    const ids = ["", inputId(1), inputId(1).toUpperCase(), "A", "a", "a\u0000", "é", "e\u0301", "😀", "1", "01"];
    for (const operationId of ids) await store.commitSessionBoundary("r", boundary({ operationId }));
    for (const [index, operationId] of ids.entries()) {
      expectEqual(
        (await store.findBoundaryReceipt("r", operationId))?.receipt.sequence,
        index,
        JSON.stringify(operationId),
      );
    }
    for (const sequence of [ids.length, ids.length + 1]) {
      const minted = await store.commitSessionBoundary("r", boundary({ operationId: undefined }));
      expectEqual(minted.sequence, sequence, "the sequence without an operation id");
    }
  }),
];
