import type { BurrowStore } from "../../contract/index.ts";
import * as bad from "../bad-values.ts";
import { everyOperation, runtimeOperations } from "../every-operation.ts";
import { expectRejection, expectThat, show } from "../expectation.ts";
import { law } from "../make-law.ts";
import {
  apply,
  boundary,
  conversation,
  delta,
  dumpOf,
  inputId,
  inputState,
  receipt,
  runId,
  sessionId,
  wrong,
} from "../samples.ts";
import { expectNothingWritten, furnish, FURNISHED as R } from "../whole-store.ts";

type BadCall = readonly [what: string, call: () => Promise<unknown>];
type BadCalls = (store: BurrowStore) => BadCall[];

const each = (name: string, values: readonly unknown[], call: (value: never) => Promise<unknown>): BadCall[] =>
  values.map((value) => [`${name} ${show(value)}`, () => call(wrong(value))]);

/** Calls with a sound argument in which one member is bad, one member after the other. */
const eachMember = (
  members: Readonly<Record<string, readonly unknown[]>>,
  call: (member: Readonly<Record<string, never>>) => Promise<unknown>,
): BadCall[] =>
  Object.entries(members).flatMap(([name, values]) => each(name, values, (value) => call({ [name]: value })));

const badStates = [...bad.NOT_INPUT_STATES, ...bad.EVENTS_WITH_BAD_PAYLOADS];
const BAD_UPDATES = [...bad.NOT_LISTS, ...badStates.map((state) => [inputState(5), state])];

/** What each operation must refuse, its runtime id apart. */
const BAD_CALLS: Readonly<Record<string, BadCalls>> = {
  commitSessionBoundary: (store) => [
    ...each("boundary", bad.NOT_OPTIONS, (value) => store.commitSessionBoundary(R, value)),
    ...eachMember(
      {
        sessionDelta: bad.NOT_DELTAS,
        runId: bad.NOT_UUIDS,
        boundary: bad.NOT_BOUNDARIES,
        contributingInputIds: [...bad.NOT_LISTS, ...bad.NOT_UUIDS.map((id) => [inputId(1), id])],
        inputUpdates: BAD_UPDATES,
        operationId: bad.NOT_TEXT,
        expectedRevision: bad.NOT_OPTIONAL_COUNTS,
      },
      (member) => store.commitSessionBoundary(R, boundary(member)),
    ),
  ],
  atomicApply: (store) => [
    ...each("apply", bad.NOT_OPTIONS, (value) => store.atomicApply(R, value)),
    ...eachMember(
      {
        sessionDelta: bad.NOT_DELTAS.filter((value) => value !== undefined),
        receipt: bad.NOT_RECEIPTS,
        inputUpdates: BAD_UPDATES,
        sessionStoreKey: bad.NOT_UUIDS.filter((value) => value !== undefined),
        expectedRevision: bad.NOT_OPTIONAL_COUNTS,
      },
      (member) =>
        store.atomicApply(
          R,
          apply({ receipt: receipt({ sequence: 77 }), sessionDelta: delta(conversation(sessionId(8))), ...member }),
        ),
    ),
  ],
  loadBoundaryReceipt: (store) => [
    ...each("runId", bad.NOT_UUIDS, (value) => store.loadBoundaryReceipt(R, value, 0)),
    ...each("sequence", bad.NOT_SEQUENCES, (value) => store.loadBoundaryReceipt(R, runId(1), value)),
  ],
  persistInputState: (store) => each("state", badStates, (value) => store.persistInputState(R, value)),
  loadInputState: (store) => each("inputId", bad.NOT_UUIDS, (value) => store.loadInputState(R, value)),
  persistRuntimeState: (store) => each("state", bad.NOT_RUNTIME_STATES, (value) => store.persistRuntimeState(R, value)),
  atomicLifecycleCommit: (store) => [
    ...each("commit", bad.NOT_OPTIONS, (value) => store.atomicLifecycleCommit(R, value)),
    ...eachMember({ runtimeState: bad.NOT_RUNTIME_STATES, inputStates: BAD_UPDATES }, (member) =>
      store.atomicLifecycleCommit(R, { runtimeState: "stopped", inputStates: [], ...member }),
    ),
  ],
  persistOpsLifecycle: (store) =>
    each("snapshot", bad.NOT_OPS_SNAPSHOTS, (value) => store.persistOpsLifecycle(R, value)),
  listRuntimes: (store) => [
    ...each("options", bad.NOT_OPTIONS, (value) => store.listRuntimes(value)),
    ...each("onCorrupt", bad.NOT_ON_CORRUPT, (onCorrupt) => store.listRuntimes({ onCorrupt })),
  ],
  listBoundaryReceipts: (store) => [
    ...each("filter", bad.NOT_OPTIONS, (value) => store.listBoundaryReceipts(R, value)),
    ...eachMember(
      {
        runId: bad.NOT_UUIDS.filter((value) => value !== undefined),
        afterRevision: bad.NOT_OPTIONAL_COUNTS.filter((value) => typeof value !== "bigint" || value < 0n),
        limit: bad.NOT_OPTIONAL_COUNTS.filter((value) => typeof value !== "bigint" || value < 0n),
        onCorrupt: bad.NOT_ON_CORRUPT,
      },
      (member) => store.listBoundaryReceipts(R, member),
    ),
  ],
  listInputStates: (store) => [
    ...each("options", bad.NOT_OPTIONS, (value) => store.listInputStates(R, value)),
    ...each("onCorrupt", bad.NOT_ON_CORRUPT, (onCorrupt) => store.listInputStates(R, { onCorrupt })),
  ],
  findBoundaryReceipt: (store) =>
    each("operationId", [...bad.NOT_TEXT, undefined], (value) => store.findBoundaryReceipt(R, value)),
  deleteRuntime: (store) => [
    ...each("options", bad.NOT_OPTIONS, (value) => store.deleteRuntime(R, value)),
    ...each("withSessions", ["yes", 1, null, {}], (withSessions) => store.deleteRuntime(R, { withSessions })),
  ],
  pruneInputs: (store) => [
    ...each("options", [...bad.NOT_OPTIONS, undefined, {}], (value) => store.pruneInputs(R, value)),
    ...each("before", [...bad.NOT_TIMES, undefined], (before) => store.pruneInputs(R, { before })),
  ],
  restoreRuntime: (store) => [
    ...each("dump", bad.NOT_OPTIONS, (value) => store.restoreRuntime(value)),
    ...each("options", bad.NOT_OPTIONS, (value) => store.restoreRuntime(dumpOf("new"), value)),
    ...each("onConflict", bad.NOT_ON_CORRUPT, (onConflict) => store.restoreRuntime(dumpOf("new"), { onConflict })),
    ...each("dryRun", ["yes", 1, null, {}], (dryRun) => store.restoreRuntime(dumpOf("new"), { dryRun })),
    ...eachMember(
      {
        head: [...bad.NOT_OPTIONS, undefined, {}, { ...dumpOf("new").head, revision: 2 }],
        lease_epoch: bad.NOT_OPTIONAL_COUNTS.filter((value) => typeof value !== "bigint" || value < 0n),
        runtime_state: bad.NOT_RUNTIME_STATES.filter((value) => value !== undefined),
        ops_lifecycle: bad.NOT_OPS_SNAPSHOTS.filter((value) => value !== undefined),
        input_states: [...BAD_UPDATES, [inputState(5), inputState(5)]],
        receipts: [...bad.NOT_LISTS, ...bad.NOT_RECEIPTS.map((receipt) => [{ ...dumpOf("new").receipts[0], receipt }])],
        session_snapshot: bad.NOT_OPTIONS,
        sessions: [...bad.NOT_LISTS, ...bad.NOT_UUIDS.map((session_id) => [{ session_id, owned: true }])],
      },
      (member) => store.restoreRuntime(dumpOf("new", member)),
    ),
  ],
  verifyRuntime: (store) => [
    ...each("options", bad.NOT_OPTIONS, (value) => store.verifyRuntime(R, value)),
    ...each("onProgress", ["log", 7, null, {}], (onProgress) => store.verifyRuntime(R, { onProgress })),
    ...each("signal", ["abort", 7, null, {}, { aborted: false }], (signal) => store.verifyRuntime(R, { signal })),
  ],
  "sessions.load": (store) => each("id", bad.NOT_UUIDS, (value) => store.sessions.load(value)),
  "sessions.delete": (store) => each("id", bad.NOT_UUIDS, (value) => store.sessions.delete(value)),
  "sessions.exists": (store) => each("id", bad.NOT_UUIDS, (value) => store.sessions.exists(value)),
  "sessions.list": (store) => [
    ...each("filter", bad.NOT_OPTIONS, (value) => store.sessions.list(value)),
    ...eachMember(
      {
        createdAfter: bad.NOT_TIMES,
        updatedAfter: bad.NOT_TIMES,
        limit: [-1, 1.5, Number.NaN, "1", null, {}],
        offset: [-1, 1.5, Number.NaN, "1", null, {}],
        onCorrupt: bad.NOT_ON_CORRUPT,
      },
      (member) => store.sessions.list(member),
    ),
  ],
};

async function expectAllRefused(store: BurrowStore, calls: readonly BadCall[]): Promise<void> {
  expectThat(calls.length > 0, "there is no call to refuse");
  await expectNothingWritten(store, async () => {
    for (const [what, call] of calls) await expectRejection(call, "invalid_input", {}, what);
  });
}

export const badInputLaws = [
  ...Object.entries(BAD_CALLS).map(([operation, badCalls]) =>
    law(`Bad arguments of ${operation} are refused and nothing is written`, async (store) => {
      await furnish(store);
      await expectAllRefused(store, badCalls(store));
    }),
  ),

  law(
    "A runtime id that is no well-formed text is refused by every operation, and nothing is written",
    async (store) => {
      await furnish(store);
      const names = Object.keys(runtimeOperations(R));
      const calls = names.flatMap((name) =>
        each(`${name} of`, [...bad.NOT_TEXT, undefined], (runtimeId) => {
          const call = runtimeOperations(runtimeId)[name];
          return call === undefined ? Promise.resolve() : call(store);
        }),
      );
      await expectAllRefused(store, calls);
    },
  ),

  law("Sound arguments of every operation are accepted", async (store) => {
    for (const call of Object.values(everyOperation)) await call(store);
  }),

  law("A bad argument is named by its path", async (store) => {
    const update = { ...inputState(1), policy: { version: 1, decision: { apply_mode: "never" } } };
    const commit = boundary({ inputUpdates: [inputState(5), wrong(update)] });
    await expectRejection(() => store.commitSessionBoundary(R, commit), "invalid_input", {
      path: "inputUpdates[1].policy.decision.apply_mode",
    });
    const brought = apply({ receipt: receipt({ contributing_input_ids: [inputId(1), wrong("x")] }) });
    await expectRejection(() => store.atomicApply(R, brought), "invalid_input", {
      path: "receipt.contributing_input_ids[1]",
    });
    await expectRejection(() => store.loadInputState(R, "x"), "invalid_input", { path: "inputId" });
  }),
];
