import type { BurrowStore, CommittedReceipt, RuntimeDump } from "../../contract/index.ts";
import { expectEqual, expectRejection } from "../expectation.ts";
import { law, lawNeeding } from "../make-law.ts";
import {
  apply,
  boundary,
  bytesOf,
  conversation,
  delta,
  dumpOf,
  eventInputState,
  inputId,
  inputState,
  opsSnapshot,
  receipt,
  restored,
  runId,
  sessionId,
  snapshot,
} from "../samples.ts";
import { dumped, everythingIn, expectNothingWritten, furnish, FURNISHED } from "../whole-store.ts";

const HELLO = conversation(sessionId(1), "hello");
const AGAIN = conversation(sessionId(1), "hello", "again");

/** A runtime that committed twice, and its dump after the first time. */
async function movedOn(store: BurrowStore): Promise<RuntimeDump> {
  await store.commitSessionBoundary("r", boundary({ sessionDelta: delta(HELLO), inputUpdates: [inputState(1)] }));
  const dump = await dumped(store, "r");
  await store.commitSessionBoundary("r", boundary({ sessionDelta: delta(AGAIN) }));
  return dump;
}

const withoutDamage = async (store: BurrowStore, ...runtimeIds: readonly string[]): Promise<void> => {
  for (const id of runtimeIds) {
    const findings = await store.verifyRuntime(id);
    expectEqual(
      findings.filter(({ severity }) => severity === "error"),
      [],
      `the damage of ${id}`,
    );
  }
};

export const restoringLaws = [
  law("A runtime that is restored is as it was when it was dumped", async (store) => {
    await furnish(store);
    const before = await everythingIn(store);
    const dump = await dumped(store, FURNISHED);
    await store.deleteRuntime(FURNISHED, { withSessions: true });
    expectEqual(await store.restoreRuntime(dump), restored("restored", 2, FURNISHED), "the answer");
    expectEqual(await everythingIn(store), before, "what the store holds");
    expectEqual(
      await store.findBoundaryReceipt(FURNISHED, "operation 1"),
      (await store.listBoundaryReceipts(FURNISHED))[0],
      "the operation's receipt",
    );
    await withoutDamage(store, FURNISHED, "another");
  }),

  lawNeeding(["rich values"], "What JSON cannot hold is restored as it was", async (store) => {
    const payload = {
      at: new Date(5),
      map: new Map([["a", new Set([1n])]]),
      bytes: new Uint8Array([1, 2]),
      no: undefined,
    };
    await store.persistInputState("r", eventInputState(1, payload));
    const dump = await dumped(store, "r");
    await store.deleteRuntime("r");
    await store.restoreRuntime(dump);
    expectEqual(await store.loadInputStates("r"), [eventInputState(1, payload)], "the input states");
    expectEqual(await store.restoreRuntime(dump), restored("unchanged", 0), "the answer to the second time");
  }),

  law("Restoring the same again writes nothing, whatever is to be done about conflicts", async (store) => {
    await furnish(store);
    const dump = await dumped(store, FURNISHED);
    await expectNothingWritten(store, async () => {
      for (const onConflict of [undefined, "refuse", "skip", "replace"] as const) {
        const answer = await store.restoreRuntime(dump, { onConflict });
        expectEqual(answer, restored("unchanged", 2, FURNISHED), `the answer under ${onConflict ?? "nothing"}`);
      }
    });
  }),

  law("A repeated operation is known after its receipt was restored", async (store) => {
    const commit = boundary({ sessionDelta: delta(HELLO), operationId: "o" });
    const minted = await store.commitSessionBoundary("r", commit);
    const dump = await dumped(store, "r");
    await store.deleteRuntime("r", { withSessions: true });
    await store.restoreRuntime(dump);
    expectEqual(await store.commitSessionBoundary("r", commit), minted, "the receipt of the repetition");
    const other = boundary({ sessionDelta: delta(AGAIN), operationId: "o" });
    await expectRejection(() => store.commitSessionBoundary("r", other), "operation_conflict");
    expectEqual((await store.loadRuntimeHead("r"))?.revision, 1, "the revision");
  }),

  law("A restored runtime goes on where it was", async (store) => {
    await store.commitSessionBoundary("r", boundary({ sessionDelta: delta(HELLO) }));
    await store.commitSessionBoundary("r", boundary({ sessionDelta: delta(AGAIN) }));
    const dump = await dumped(store, "r");
    await store.deleteRuntime("r", { withSessions: true });
    await store.restoreRuntime(dump);
    const minted = await store.commitSessionBoundary("r", boundary({ expectedRevision: 2 }));
    expectEqual(minted.sequence, 2, "the next sequence");
    expectEqual((await store.loadRuntimeHead("r"))?.revision, 3, "the next revision");
    expectEqual(await store.sessions.load(sessionId(1)), snapshot(sessionId(1)), "the session");
    await withoutDamage(store, "r");
  }),

  law(
    "A runtime that is here with other content is not touched, and the conflict tells where it stands",
    async (store) => {
      const dump = await movedOn(store);
      await expectNothingWritten(store, async () => {
        await expectRejection(() => store.restoreRuntime(dump), "import_conflict", {
          head: { runtime_id: "r", revision: 2 },
          row: { table: "runtime_heads", key: ["r"] },
        });
        const skipped = await store.restoreRuntime(dump, { onConflict: "skip" });
        expectEqual(skipped, restored("skipped", 2), "the answer to skipping");
      });
    },
  ),

  law("Whatever differs by one record is a conflict that names its row", async (store) => {
    await furnish(store);
    const dump = await dumped(store, FURNISHED);
    const [first, ...others] = dump.receipts;
    const byTime = { ...first, committed_at: 5 } as CommittedReceipt;
    const cases: readonly [RuntimeDump, object][] = [
      [
        { ...dump, input_states: dump.input_states.slice(1) },
        { table: "runtime_input_states", key: [FURNISHED, inputId(1)] },
      ],
      [
        { ...dump, input_states: [...dump.input_states, inputState(9)] },
        { table: "runtime_input_states", key: [FURNISHED, inputId(9)] },
      ],
      [
        { ...dump, runtime_state: "idle" },
        { table: "runtime_states", key: [FURNISHED] },
      ],
      [
        { ...dump, runtime_state: undefined },
        { table: "runtime_states", key: [FURNISHED] },
      ],
      [
        { ...dump, ops_lifecycle: opsSnapshot(2) },
        { table: "runtime_ops_lifecycle", key: [FURNISHED] },
      ],
      [
        { ...dump, receipts: [byTime, ...others] },
        { table: "runtime_boundary_receipts", key: [FURNISHED, runId(1), 0] },
      ],
    ];
    await expectNothingWritten(store, async () => {
      for (const [other, row] of cases) {
        await expectRejection(() => store.restoreRuntime(other), "import_conflict", { row });
      }
    });
  }),

  law("Replacing puts the dump in the place of what is here, and raises its revisions beyond", async (store) => {
    const dump = await movedOn(store);
    await store.persistRuntimeState("r", "stopped");
    expectEqual(await store.restoreRuntime(dump, { onConflict: "replace" }), restored("replaced", 3), "the answer");
    const { receipts, head, ...rest } = await dumped(store, "r");
    const { receipts: due, head: dueHead, ...dueRest } = dump;
    expectEqual(head, { ...dueHead, revision: 3 }, "the head");
    expectEqual(
      receipts,
      due.map((committed) => ({ ...committed, revision: 3 })),
      "the receipts",
    );
    expectEqual(rest, dueRest, "all the rest");
    expectEqual(await store.sessions.load(sessionId(1)), HELLO, "the session in the catalog");
    await withoutDamage(store, "r");
    await expectNothingWritten(store, async () => {
      expectEqual(await store.restoreRuntime(dump), restored("unchanged", 3), "the answer to the second time");
    });
    await store.commitSessionBoundary("r", boundary({ expectedRevision: 3 }));
  }),

  law("What replaces an earlier state keeps its own revisions", async (store) => {
    await store.commitSessionBoundary("r", boundary({ sessionDelta: delta(HELLO) }));
    const later: RuntimeDump = dumpOf("r", {
      head: { ...dumpOf("r").head, revision: 7 },
      receipts: dumpOf("r").receipts.map((committed) => ({ ...committed, revision: 7 })),
    });
    expectEqual(await store.restoreRuntime(later, { onConflict: "replace" }), restored("replaced", 7), "the answer");
    expectEqual(await dumped(store, "r"), later, "the dump");
    await withoutDamage(store, "r");
  }),

  law("A runtime deleted at a greater revision is restored only by replacing, and goes on beyond it", async (store) => {
    const dump = await movedOn(store);
    await store.deleteRuntime("r", { withSessions: true });
    await expectNothingWritten(store, async () => {
      await expectRejection(() => store.restoreRuntime(dump), "import_conflict", {
        head: { runtime_id: "r", revision: 2 },
      });
      const skipped = await store.restoreRuntime(dump, { onConflict: "skip" });
      expectEqual(skipped, restored("skipped", 2), "the answer to skipping");
    });
    expectEqual(await store.restoreRuntime(dump, { onConflict: "replace" }), restored("replaced", 3), "the answer");
    expectEqual(await store.loadSessionSnapshot("r"), HELLO, "the snapshot");
    expectEqual(await store.restoreRuntime(dump), restored("unchanged", 3), "the answer to the second time");
    await withoutDamage(store, "r");
  }),

  law(
    "A runtime restored at the last revision that a number can hold takes no other, and is left whole",
    async (store) => {
      const last = Number.MAX_SAFE_INTEGER;
      const { head, receipts } = dumpOf("r");
      const dump = dumpOf("r", {
        head: { ...head, revision: last },
        receipts: receipts.map((committed) => ({ ...committed, revision: last })),
      });
      await store.restoreRuntime(dump);
      await expectNothingWritten(store, async () => {
        await expectRejection(() => store.commitSessionBoundary("r", boundary()), "unsupported");
        const other = dumpOf("r", { runtime_state: "stopped" });
        await expectRejection(() => store.restoreRuntime(other, { onConflict: "replace" }), "unsupported");
      });
      await withoutDamage(store, "r");
    },
  ),

  law("A dry run tells what would become of a dump, and writes nothing", async (store) => {
    const dump = await movedOn(store);
    const isNew = dumpOf("new", { sessions: [] });
    await expectNothingWritten(store, async () => {
      const dry = { dryRun: true } as const;
      expectEqual(await store.restoreRuntime(isNew, dry), restored("restored", 1, "new"), "of a new runtime");
      await expectRejection(() => store.restoreRuntime(dump, dry), "import_conflict");
      const skipped = await store.restoreRuntime(dump, { ...dry, onConflict: "skip" });
      expectEqual(skipped, restored("skipped", 2), "of one that is skipped");
      const replaced = await store.restoreRuntime(dump, { ...dry, onConflict: "replace" });
      expectEqual(replaced, restored("replaced", 3), "of one that is replaced");
      const same = await store.restoreRuntime(await dumped(store, "r"), dry);
      expectEqual(same, restored("unchanged", 2), "of one that is here");
    });
  }),

  law("Sessions come back with the runtime that was the last to write them", async (store) => {
    await store.commitSessionBoundary("r", boundary({ sessionDelta: delta(conversation(sessionId(2), "before")) }));
    await store.commitSessionBoundary("r", boundary({ sessionDelta: delta(HELLO) }));
    await store.commitSessionBoundary("s", boundary({ sessionDelta: delta(conversation(sessionId(3), "of s")) }));
    await store.sessions.save(snapshot(sessionId(4)));
    const before = await everythingIn(store);
    const dump = await dumped(store, "r");
    expectEqual(
      dump.sessions,
      [
        { session_id: sessionId(1), owned: true },
        { session_id: sessionId(2), owned: true, snapshot: conversation(sessionId(2), "before") },
      ],
      "the sessions in the dump",
    );
    await store.deleteRuntime("r", { withSessions: true });
    await store.restoreRuntime(dump);
    expectEqual(await everythingIn(store), before, "what the store holds");
    await store.deleteRuntime("r", { withSessions: true });
    expectEqual(
      (await store.sessions.list()).map(({ id }) => id).sort(),
      [sessionId(3), sessionId(4)],
      "the sessions left by a deletion",
    );
  }),

  law("A session that was saved by hand is restored as nobody's", async (store) => {
    await store.commitSessionBoundary("r", boundary({ sessionDelta: delta(HELLO) }));
    await store.sessions.save(AGAIN);
    const dump = await dumped(store, "r");
    await store.deleteRuntime("r");
    await store.sessions.delete(sessionId(1));
    await store.restoreRuntime(dump);
    expectEqual(await dumped(store, "r"), dump, "the dump");
    await store.deleteRuntime("r", { withSessions: true });
    expectEqual(await store.sessions.load(sessionId(1)), AGAIN, "the session after a deletion");
  }),

  law(
    "A session that is missing is restored beside its runtime, and one that is here with other content is a conflict",
    async (store) => {
      await store.commitSessionBoundary("r", boundary({ sessionDelta: delta(HELLO) }));
      const dump = await dumped(store, "r");
      await store.sessions.delete(sessionId(1));
      expectEqual(await store.restoreRuntime(dump), restored("restored", 1), "the answer");
      expectEqual(await dumped(store, "r"), dump, "the dump");
      await store.commitSessionBoundary("s", boundary({ sessionDelta: delta(AGAIN) }));
      await expectNothingWritten(store, async () => {
        await expectRejection(() => store.restoreRuntime(dump), "import_conflict", {
          row: { table: "sessions", key: [sessionId(1)] },
        });
      });
      expectEqual(await store.restoreRuntime(dump, { onConflict: "replace" }), restored("replaced", 1), "the answer");
      expectEqual(await store.sessions.load(sessionId(1)), HELLO, "the session");
      expectEqual(await store.loadSessionSnapshot("s"), AGAIN, "the other runtime's snapshot");
      await withoutDamage(store, "r", "s");
    },
  ),

  law("Sessions that a dump does not hold are no conflict, and stay", async (store) => {
    await store.commitSessionBoundary("r", boundary({ sessionDelta: delta(HELLO) }));
    const dump = await dumped(store, "r");
    await store.deleteRuntime("r");
    await store.commitSessionBoundary("s", boundary({ sessionDelta: delta(conversation(sessionId(2), "of s")) }));
    await store.restoreRuntime(dump);
    expectEqual(await store.sessions.exists(sessionId(2)), true, "that the other session exists");
    expectEqual(await store.restoreRuntime(dump), restored("unchanged", 1), "the answer to the second time");
    await withoutDamage(store, "r", "s");
  }),

  law("A dump is captured at the call, and given back nowhere", async (store) => {
    const given = dumpOf("r");
    const due = dumpOf("r");
    const settled = store.restoreRuntime(given);
    given.session_snapshot?.fill(0);
    (given.input_states as unknown[]).length = 0;
    Object.assign(given.receipts[0]?.receipt ?? {}, { message_count: 99 });
    Object.assign(given.head, { revision: 99 });
    await settled;
    expectEqual(await dumped(store, "r"), due, "the dump");
    (await dumped(store, "r")).session_snapshot?.fill(0);
    expectEqual(await dumped(store, "r"), due, "the dump after another was changed");
  }),

  law("A dump that contradicts itself is refused, and nothing is written", async (store) => {
    const sound = dumpOf("r");
    const { head, receipts } = sound;
    const [first] = receipts as [CommittedReceipt];
    const second = { ...first, revision: 2, receipt: receipt({ sequence: 1 }) };
    const atSecond = { ...head, revision: 2, sequence: 1 };
    const cases: Readonly<Record<string, Partial<RuntimeDump>>> = {
      "a head of another runtime": { head: { ...head, runtime_id: "s" } },
      "a head of another digest": { head: { ...head, conversation_digest: "0".repeat(64) } },
      "a head of another length": { head: { ...head, byte_length: 1 } },
      "a head of another session": { head: { ...head, session_id: sessionId(2) } },
      "a head behind its receipts": { receipts: [first, second] },
      "a head before its receipts": { head: atSecond },
      "a head of another receipt": { head: { ...head, run_id: runId(2) } },
      "a head of another time": { head: { ...head, committed_at: 1 } },
      "no snapshot": { session_snapshot: undefined, sessions: [] },
      "another snapshot": { session_snapshot: AGAIN },
      "no receipts": { receipts: [] },
      "a gap in its revisions": { head: { ...atSecond, revision: 3 }, receipts: [first, { ...second, revision: 3 }] },
      "revision 0": { head: { ...head, revision: 0 }, receipts: [{ ...first, revision: 0 }] },
      "two receipts of one sequence": { head: { ...head, revision: 2 }, receipts: [first, { ...first, revision: 2 }] },
      "a minted receipt of another conversation": { receipts: [{ ...first, minted: true }] },
      "an operation of no length": { receipts: [{ ...first, operation_id: "o" }] },
      "a length that is not the snapshot's": { receipts: [{ ...first, byte_length: 1 }] },
      "a time beyond all dates": {
        head: { ...head, committed_at: 9e15 },
        receipts: [{ ...first, committed_at: 9e15 }],
      },
      "an operation twice": {
        head: atSecond,
        receipts: [first, second].map((one) => ({ ...one, operation_id: "o", byte_length: head.byte_length })),
      },
      "an input twice": { input_states: [inputState(1), inputState(1)] },
      "a session twice": { sessions: [...sound.sessions, ...sound.sessions] },
      "a session without a snapshot": { sessions: [{ session_id: sessionId(2), owned: true }] },
      "a session under another id": { sessions: [{ session_id: sessionId(2), owned: true, snapshot: AGAIN }] },
    };
    await expectNothingWritten(store, async () => {
      for (const [what, members] of Object.entries(cases)) {
        await expectRejection(() => store.restoreRuntime({ ...sound, ...members }), "invalid_input", {}, what);
      }
      const session_snapshot = bytesOf("no session");
      await expectRejection(() => store.restoreRuntime({ ...sound, session_snapshot }), "invalid_snapshot");
    });
    await store.restoreRuntime(sound);
  }),

  law("Restoring takes its turn among the calls of its runtime", async (store) => {
    const answers = await Promise.all([
      store.restoreRuntime(dumpOf("r")),
      store.atomicApply("r", apply({ receipt: receipt({ sequence: 1 }), expectedRevision: 1 })),
      store.loadRuntimeHead("r"),
    ]);
    expectEqual(answers[2]?.revision, 2, "the revision");
  }),
];
