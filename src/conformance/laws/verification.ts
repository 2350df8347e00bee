import type { BurrowStore, VerifyFinding, VerifyProgress } from "../../contract/index.ts";
import { everyOperation } from "../every-operation.ts";
import { BrokenLaw, expectEqual, expectThat } from "../expectation.ts";
import { law } from "../make-law.ts";
import {
  apply,
  boundary,
  conversation,
  delta,
  fullInputState,
  inputId,
  inputState,
  receipt,
  runId,
  sessionId,
} from "../samples.ts";
import { expectNothingWritten, furnish, FURNISHED } from "../whole-store.ts";

const RECEIPTS = "runtime_boundary_receipts";

/** Code, severity and row of what a verification finds. */
const found = async (store: BurrowStore, runtimeId: string): Promise<Omit<VerifyFinding, "message">[]> =>
  (await store.verifyRuntime(runtimeId)).map(({ code, severity, row }) => ({ code, severity, row }));

async function expectNoDamage(store: BurrowStore, what: string): Promise<void> {
  for (const runtimeId of [FURNISHED, "another", "r"]) {
    const errors = (await found(store, runtimeId)).filter(({ severity }) => severity === "error");
    expectEqual(errors, [], `the errors in ${runtimeId} ${what}`);
  }
}

const notice = (code: VerifyFinding["code"], table: string, key: (string | number)[]) => ({
  code,
  severity: "notice" as const,
  row: { table, key },
});

/** A snapshot of 4 MiB in messages of 4 KiB. */
const longConversation = (): Uint8Array => conversation(sessionId(1), ...Array<string>(1024).fill("x".repeat(4096)));

async function expectRejectedWith(reason: unknown, call: Promise<unknown>): Promise<void> {
  const rejection = await call.then(
    () => {
      throw new BrokenLaw("an aborted verification resolves");
    },
    (error: unknown) => error,
  );
  expectThat(rejection === reason, "an aborted verification rejects with another reason than the signal's");
}

export const verificationLaws = [
  law("Verification finds no damage in a sound store, after every kind of operation", async (store) => {
    await furnish(store);
    await expectNoDamage(store, "as furnished");
    for (const [name, call] of Object.entries(everyOperation)) {
      await call(store);
      await expectNoDamage(store, `after ${name}`);
    }
    await store.sessions.save(conversation(sessionId(1), "by hand"));
    await expectNoDamage(store, "after its session was saved by hand");
    await store.deleteRuntime(FURNISHED);
    await expectNoDamage(store, "after it was deleted");
    await store.persistRuntimeState(FURNISHED, "idle");
    await expectNoDamage(store, "after it was written to again");
  }),

  law("A runtime that nobody wrote to has no findings", async (store) => {
    await furnish(store);
    expectEqual(await store.verifyRuntime("nobody"), [], "the findings");
  }),

  law("Verification changes nothing", async (store) => {
    await furnish(store);
    await expectNothingWritten(store, () => store.verifyRuntime(FURNISHED));
  }),

  law("A gap in a run's sequences is a notice about the receipt behind it", async (store) => {
    for (const [run, sequence] of [
      [1, 0],
      [1, 1],
      [1, 4],
      [1, 5],
      [2, 3],
    ] as const) {
      await store.atomicApply("r", apply({ receipt: receipt({ run_id: runId(run), sequence }) }));
    }
    const gaps = [
      notice("sequence_gap", RECEIPTS, ["r", runId(1), 4]),
      notice("sequence_gap", RECEIPTS, ["r", runId(2), 3]),
    ];
    expectEqual(await found(store, "r"), gaps, "the findings");
  }),

  law("A receipt that lists inputs which are not stored is a notice", async (store) => {
    const contributingInputIds = [inputId(1), inputId(2)];
    const inputUpdates = [inputState(1), fullInputState(2)];
    await store.commitSessionBoundary("r", boundary({ contributingInputIds, inputUpdates }));
    expectEqual(await found(store, "r"), [], "the findings while they are stored");
    await store.pruneInputs("r", { before: Date.now() });
    const dangling = notice("dangling_input", RECEIPTS, ["r", runId(1), 0]);
    expectEqual(await found(store, "r"), [dangling], "the findings once one is pruned");
  }),

  law("An input stamped with a receipt that is not stored is a notice", async (store) => {
    const stamped = (n: number, sequence: number) =>
      inputState(n, { last_run_id: runId(1), last_boundary_sequence: sequence });
    const inputUpdates = [stamped(1, 0), stamped(2, 1), inputState(3, { last_run_id: runId(9) })];
    await store.atomicApply("r", apply({ receipt: receipt(), inputUpdates }));
    const dangling = notice("dangling_stamp", "runtime_input_states", ["r", inputId(2)]);
    expectEqual(await found(store, "r"), [dangling], "the findings");
  }),

  law("A receipt that the caller brought is the caller's word, and no mismatch", async (store) => {
    const sessionDelta = delta(conversation(sessionId(1), "hello"));
    await store.atomicApply("r", apply({ sessionDelta, receipt: receipt({ message_count: 99 }) }));
    expectEqual(await found(store, "r"), [], "the findings");
  }),

  law("A verification says how far it is, up to all of it", async (store) => {
    await store.commitSessionBoundary(
      "r",
      boundary({ sessionDelta: delta(longConversation()), inputUpdates: [inputState(1)] }),
    );
    const heard: VerifyProgress[] = [];
    await store.verifyRuntime("r", { onProgress: (progress) => void heard.push(progress) });
    const total = heard[0]?.total ?? 0;
    expectThat(total >= longConversation().length, `the total is ${total}`);
    for (const [index, { done }] of heard.entries()) {
      expectThat(done > (heard[index - 1]?.done ?? -1), `progress goes from ${heard[index - 1]?.done} to ${done}`);
    }
    expectEqual(heard.at(-1), { done: total, total }, "the last progress");
  }),

  law("What a listener to progress throws is ignored", async (store) => {
    await store.commitSessionBoundary("r", boundary());
    const onProgress = (): never => {
      throw new Error("the listener's own");
    };
    expectEqual(await store.verifyRuntime("r", { onProgress }), [], "the findings");
  }),

  law("An aborted verification rejects with the signal's reason, and the store works on", async (store) => {
    await store.commitSessionBoundary("r", boundary({ sessionDelta: delta(longConversation()) }));
    const reason = { why: "enough" };
    await expectRejectedWith(reason, store.verifyRuntime("r", { signal: AbortSignal.abort(reason) }));

    const atOnce = new AbortController();
    const begun = store.verifyRuntime("r", { signal: atOnce.signal });
    atOnce.abort(reason);
    await expectRejectedWith(reason, begun);

    const midway = new AbortController();
    const onProgress = ({ done, total }: VerifyProgress) => {
      expectThat(done < total, "the verification ends in one slice");
      midway.abort(reason);
    };
    await expectRejectedWith(reason, store.verifyRuntime("r", { signal: midway.signal, onProgress }));
    expectEqual(await store.verifyRuntime("r", { signal: new AbortController().signal }), [], "the findings");
  }),
];
