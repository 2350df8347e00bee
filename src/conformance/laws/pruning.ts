import type { BurrowStore } from "../../contract/index.ts";
import { expectEqual } from "../expectation.ts";
import { law } from "../make-law.ts";
import { apply, boundary, fullInputState, inputId, inputState, receipt } from "../samples.ts";
import { everythingIn, expectNothingWritten } from "../whole-store.ts";

const NOON = Date.parse("2025-06-01T12:00:00Z");

const idsIn = async (store: BurrowStore, runtimeId: string): Promise<string[]> =>
  (await store.loadInputStates(runtimeId)).map((state) => state.input_id);

export const pruningLaws = [
  law("Pruning removes the terminal inputs last updated before a time, and says how many", async (store) => {
    const states = [
      "consumed",
      "superseded",
      "coalesced",
      "abandoned",
      "accepted",
      "queued",
      "staged",
      "applied",
      "applied_pending_consumption",
    ] as const;
    const inputStates = states.map((current_state, n) =>
      inputState(n, { current_state, updated_at: "2025-06-01T11:59:59.999Z" }),
    );
    await store.atomicLifecycleCommit("r", { runtimeState: "idle", inputStates });
    expectEqual(await store.pruneInputs("r", { before: NOON }), 4, "how many went");
    expectEqual(await store.loadInputStates("r"), inputStates.slice(4), "the input states");
    expectEqual(await store.pruneInputs("r", { before: NOON }), 0, "how many went the second time");
  }),

  law("Pruning judges by the instant of the last update, however it is written", async (store) => {
    const before = [
      "2025-06-01T11:59:59.999999Z",
      "2025-06-01T13:59:59+02:00",
      "2025-06-01 04:59:59.5-07:00",
      "2024-12-31T23:59:60Z",
    ];
    const after = [
      "2025-06-01T12:00:00Z",
      "2025-06-01T14:00:00.000+02:00",
      "2025-06-01T12:00:00.000000001Z",
      "2025-06-01T11:30:00-01:00",
    ];
    for (const [n, updated_at] of [...before, ...after].entries()) {
      await store.persistInputState(
        "r",
        inputState(n, { current_state: "consumed", updated_at, created_at: "2020-01-01T00:00:00Z" }),
      );
    }
    expectEqual(await store.pruneInputs("r", { before: NOON }), before.length, "how many went");
    expectEqual(
      await idsIn(store, "r"),
      after.map((_, n) => inputId(before.length + n)),
      "the inputs that stay",
    );
  }),

  law("Pruning leaves receipts, snapshot, revision and other runtimes alone", async (store) => {
    await store.commitSessionBoundary(
      "r",
      boundary({ contributingInputIds: [inputId(1)], inputUpdates: [fullInputState(1)] }),
    );
    await store.atomicApply("s", apply({ receipt: receipt(), inputUpdates: [fullInputState(1)] }));
    const before = await store.dumpRuntime("r");
    const other = await store.dumpRuntime("s");
    expectEqual(await store.pruneInputs("r", { before: NOON }), 1, "how many went");
    expectEqual(await store.dumpRuntime("r"), { ...before, input_states: [] }, "the runtime");
    expectEqual(await store.dumpRuntime("s"), other, "the other runtime");
  }),

  law("Pruning a runtime that nobody wrote to does nothing and makes no head", async (store) => {
    await expectNothingWritten(store, async () => {
      expectEqual(await store.pruneInputs("nobody", { before: NOON }), 0, "how many went");
    });
  }),

  law("Pruning at the beginning of time removes nothing", async (store) => {
    await store.persistInputState("r", fullInputState(1));
    const before = await everythingIn(store);
    expectEqual(await store.pruneInputs("r", { before: 0 }), 0, "how many went");
    expectEqual(await everythingIn(store), before, "what the store holds");
  }),
];
