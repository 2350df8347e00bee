import type { BurrowStore } from "../../contract/index.ts";
import { expectEqual } from "../expectation.ts";
import { law, lawNeeding } from "../make-law.ts";
import {
  apply,
  boundary,
  eventInputState,
  fullInputState,
  inputId,
  inputState,
  opsSnapshot,
  receipt,
  runId,
  sessionId,
  snapshot,
} from "../samples.ts";
import { everythingIn, furnish, FURNISHED } from "../whole-store.ts";

/** Changes all that can be changed in a value: members, elements, entries and bytes. */
function ruin(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  for (const member of Object.values(value)) ruin(member);
  if (value instanceof Date) value.setTime(1);
  else if (value instanceof Map || value instanceof Set) value.clear();
  else if (ArrayBuffer.isView(value)) new Uint8Array(value.buffer).fill(0xff);
  else if (Array.isArray(value)) value.splice(0, value.length, "ruined", "ruined");
  else for (const name of Object.keys(value)) (value as Record<string, unknown>)[name] = "ruined";
}

const plain = () => ({ list: [1, { deep: ["text"] }] });

const rich = () => ({
  when: new Date(5),
  bytes: new Uint8Array([1, 2, 3]),
  map: new Map([["a", [1]]]),
  set: new Set([1n]),
});

/** Demands that every operation that stores records copies them at the call. */
const expectCopies = async (store: BurrowStore, payload: () => object): Promise<void> => {
  const update = { ...fullInputState(1), last_run_id: runId(1), last_boundary_sequence: 0 };
  const [commit, brought] = [
    boundary({ contributingInputIds: [inputId(1)], inputUpdates: [fullInputState(1)] }),
    apply({ inputUpdates: [eventInputState(2, payload())] }),
  ];
  const [event, lifecycle, ops] = [
    eventInputState(3, payload()),
    { runtimeState: "idle", inputStates: [inputState(4)] } as const,
    opsSnapshot(1),
  ];
  const settled = [
    store.commitSessionBoundary("commit", commit),
    store.atomicApply("apply", brought),
    store.persistInputState("inputs", event),
    store.atomicLifecycleCommit("lifecycle", lifecycle),
    store.persistOpsLifecycle("ops", ops),
  ] as const;
  for (const given of [commit, brought, event, lifecycle, ops]) ruin(given);
  const [minted] = await Promise.all(settled);
  expectEqual(minted.contributing_input_ids, [inputId(1)], "the minted receipt's inputs");
  expectEqual(await store.loadInputStates("commit"), [update], "what the commit stored");
  expectEqual(await store.loadBoundaryReceipt("apply", runId(1), 0), receipt(), "the receipt that the apply stored");
  expectEqual(await store.loadInputStates("apply"), [eventInputState(2, payload())], "what the apply stored");
  expectEqual(await store.loadInputStates("inputs"), [eventInputState(3, payload())], "the persisted state");
  expectEqual(await store.loadInputStates("lifecycle"), [inputState(4)], "what the lifecycle commit stored");
  expectEqual(await store.loadOpsLifecycle("ops"), opsSnapshot(1), "the ops snapshot");
};

/** Demands that a call changes nothing in what it was given. */
const expectUntouched = async (store: BurrowStore, payload: () => object): Promise<void> => {
  const given = boundary({
    contributingInputIds: [inputId(1).toUpperCase()],
    inputUpdates: [fullInputState(1), eventInputState(2, payload())],
  });
  await store.commitSessionBoundary("r", given);
  expectEqual(
    given,
    boundary({
      contributingInputIds: [inputId(1).toUpperCase()],
      inputUpdates: [fullInputState(1), eventInputState(2, payload())],
    }),
    "the caller's boundary",
  );
};

export const copyLaws = [
  law("Records are copied at the call, whatever becomes of the caller's own", (store) => expectCopies(store, plain)),

  lawNeeding(["rich values"], "Rich records are copied at the call, whatever becomes of the caller's own", (store) =>
    expectCopies(store, rich),
  ),

  lawNeeding(
    ["one connection"],
    "Options are read at the call, whatever becomes of the caller's own",
    async (store) => {
      await furnish(store);
      const [filter, page, options, before] = [
        { limit: 1 },
        { limit: 2 },
        { onCorrupt: "skip" as const },
        { before: 0 },
      ];
      const answers = Promise.all([
        store.listBoundaryReceipts(FURNISHED, filter),
        store.sessions.list(page),
        store.listInputStates(FURNISHED, options),
        store.pruneInputs(FURNISHED, before),
      ]);
      for (const given of [filter, page, options, before]) ruin(given);
      const [receipts, sessions, states, pruned] = await answers;
      expectEqual([receipts.length, sessions.length, states.length, pruned], [1, 2, 3, 0], "the answers");
    },
  ),

  law("Returned records belong to the caller, whatever becomes of them", async (store) => {
    await furnish(store);
    const before = await everythingIn(store);
    const reads = [
      () => store.loadInputStates(FURNISHED),
      () => store.listInputStates(FURNISHED),
      () => store.loadInputState(FURNISHED, inputId(3)),
      () => store.loadBoundaryReceipt(FURNISHED, runId(1), 0),
      () => store.loadOpsLifecycle(FURNISHED),
      () => store.loadRuntime(FURNISHED),
      () => store.loadRuntimeHead(FURNISHED),
      () => store.listRuntimes(),
      () => store.listBoundaryReceipts(FURNISHED),
      () => store.findBoundaryReceipt(FURNISHED, "operation 1"),
      () => store.dumpRuntime(FURNISHED),
      () => store.sessions.list(),
    ];
    for (const read of reads) ruin(await read());
    expectEqual(await everythingIn(store), before, "what the store holds");
  }),

  law("The receipt that a commit returns belongs to the caller", async (store) => {
    const given = boundary({ contributingInputIds: [inputId(1)], operationId: "o" });
    const expected = await store.commitSessionBoundary("expected", given);
    ruin(await store.commitSessionBoundary("r", given));
    ruin(await store.commitSessionBoundary("r", given));
    expectEqual(await store.loadBoundaryReceipt("r", runId(1), 0), expected, "the stored receipt");
    expectEqual(await store.commitSessionBoundary("r", given), expected, "the receipt of the repeated operation");
  }),

  law("A call leaves the caller's records as they are", (store) => expectUntouched(store, plain)),

  lawNeeding(["rich values"], "A call leaves the caller's rich records as they are", (store) =>
    expectUntouched(store, rich),
  ),

  law("Frozen records are taken like any other", async (store) => {
    const frozen = Object.freeze(boundary({ inputUpdates: Object.freeze([Object.freeze(inputState(1))]) }));
    await store.commitSessionBoundary("r", frozen);
    await store.sessions.save(snapshot(sessionId(2)));
    const states = await store.loadInputStates("r");
    expectEqual(
      states.map((state) => state.last_run_id),
      [runId(1)],
      "the stamp",
    );
  }),
];
