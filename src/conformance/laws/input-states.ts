import type { InputState } from "../../records/index.ts";
import { expectEqual } from "../expectation.ts";
import { law } from "../make-law.ts";
import { apply, boundary, fullInputState, inputId, inputState, opsId, wrong } from "../samples.ts";

export const inputStateLaws = [
  law("A persisted input state is found again, whole", async (store) => {
    await store.persistInputState("r", fullInputState(1));
    expectEqual(await store.loadInputState("r", inputId(1)), fullInputState(1), "the state");
    expectEqual(await store.loadInputStates("r"), [fullInputState(1)], "the list of states");
  }),

  law("What was never stored is absent, not an error", async (store) => {
    for (const runtime of ["nobody", "somebody"]) {
      expectEqual(await store.loadInputStates(runtime), [], "the input states");
      expectEqual(await store.listInputStates(runtime), [], "the listed input states");
      expectEqual(await store.loadInputState(runtime, inputId(1)), undefined, "the input state");
      expectEqual(await store.loadBoundaryReceipt(runtime, inputId(1), 0), undefined, "the receipt");
      expectEqual(await store.loadSessionSnapshot(runtime), undefined, "the snapshot");
      expectEqual(await store.loadOpsLifecycle(runtime), undefined, "the ops snapshot");
      await store.persistRuntimeState("somebody", "idle");
    }
    expectEqual(await store.loadRuntimeState("nobody"), undefined, "the runtime state");
  }),

  law("Input states come by ascending id, whatever their order of arrival", async (store) => {
    const arrivals = [5, 3, 9, 1, 0xff, 3, 7, 0x10];
    for (const n of arrivals) await store.persistInputState("r", inputState(n));
    await store.atomicLifecycleCommit("r", { runtimeState: "idle", inputStates: [inputState(4), inputState(2)] });
    await store.atomicApply("r", apply({ inputUpdates: [inputState(8), inputState(6)] }));
    await store.commitSessionBoundary("r", boundary({ inputUpdates: [inputState(0xb), inputState(0xa)] }));
    const ascending = [1, 2, 3, 4, 5, 6, 7, 8, 9, 0xa, 0xb, 0x10, 0xff].map(inputId);
    expectEqual(
      (await store.loadInputStates("r")).map((state) => state.input_id),
      ascending,
      "the loaded ids",
    );
    expectEqual(
      (await store.listInputStates("r")).map((state) => state.input_id),
      ascending,
      "the listed ids",
    );
  }),

  law("A later state of an input replaces the earlier one, terminal or not", async (store) => {
    await store.persistInputState("r", fullInputState(1));
    await store.persistInputState("r", inputState(1));
    expectEqual(await store.loadInputStates("r"), [inputState(1)], "the states");
  }),

  law("Runtimes keep their inputs apart", async (store) => {
    await store.persistInputState("runtime-1", inputState(1));
    await store.persistInputState("runtime-2", inputState(1, { current_state: "queued" }));
    await store.persistInputState("runtime-2", inputState(2));
    expectEqual((await store.loadInputStates("runtime-1")).length, 1, "the number of the first one's inputs");
    expectEqual((await store.loadInputStates("runtime-2")).length, 2, "the number of the second one's inputs");
    expectEqual(await store.loadInputState("runtime-1", inputId(1)), inputState(1), "the first one's input");
    expectEqual(await store.loadInputState("runtime-1", inputId(2)), undefined, "the second one's input in the first");
  }),

  law("Terminal and ephemeral inputs stay and are listed like any other", async (store) => {
    const states = [
      fullInputState(1),
      inputState(2, { durability: "ephemeral" }),
      inputState(3, { current_state: "consumed" }),
    ];
    for (const state of states) await store.persistInputState("r", state);
    expectEqual(await store.loadInputStates("r"), states, "the states");
  }),

  law("An input state is stored in the wire's canonical form", async (store) => {
    const loose: InputState = wrong({
      updated_at: "2025-01-02 03:04:05.100000+01:00",
      created_at: "2025-01-02T03:04:05Z",
      current_state: "queued",
      input_id: inputId(1).toUpperCase(),
      policy: null,
      history: undefined,
      idempotency_key: null,
      last_run_id: undefined,
    });
    await store.persistInputState("r", loose);
    const stored = await store.loadInputState("r", inputId(1));
    expectEqual(
      stored,
      {
        input_id: inputId(1),
        current_state: "queued",
        attempt_count: 0,
        recovery_count: 0,
        created_at: "2025-01-02T03:04:05Z",
        updated_at: "2025-01-02 03:04:05.100000+01:00",
      },
      "the state",
    );
  }),

  law("Legacy names of inputs are rewritten", async (store) => {
    const header = fullInputState(1).persisted_input?.header;
    const event = { type: "cancelled", id: opsId(1) };
    const legacy = [
      [
        { input_type: "system_generated", header, reason: "r" },
        { input_type: "continuation", handling_mode: "queue" },
      ],
      [{ input_type: "projected", header, operation_id: opsId(1), event }, { input_type: "operation" }],
    ] as const;
    for (const [given, rewritten] of legacy) {
      await store.persistInputState("r", inputState(1, { persisted_input: wrong(given) }));
      const stored = await store.loadInputState("r", inputId(1));
      expectEqual(stored?.persisted_input, { ...given, ...rewritten }, "the persisted input");
    }
  }),

  law("Members that the store does not know are kept", async (store) => {
    const state: InputState = wrong({ ...inputState(1), tenant: "t", nested: { list: [1, null, { deep: true }] } });
    await store.persistInputState("r", state);
    expectEqual(await store.loadInputState("r", inputId(1)), state, "the state");
  }),

  law("Fields of an input state that contradict each other are stored as they are", async (store) => {
    const odd = inputState(1, {
      current_state: "consumed",
      terminal_outcome: { outcome_type: "abandoned", reason: "retired" },
      created_at: "2030-01-01T00:00:00Z",
      updated_at: "0000-01-01T00:00:00Z",
    });
    await store.persistInputState("r", odd);
    expectEqual(await store.loadInputState("r", inputId(1)), odd, "the state");
  }),

  law("Every reason to abandon an input comes back as it was", async (store) => {
    const reasons = [
      "retired",
      "reset",
      "destroyed",
      "cancelled",
      { max_attempts_exhausted: { attempts: 3 } },
    ] as const;
    for (const [n, reason] of reasons.entries()) {
      const state = inputState(n, {
        current_state: "abandoned",
        terminal_outcome: { outcome_type: "abandoned", reason },
      });
      await store.persistInputState("r", state);
      expectEqual(await store.loadInputState("r", inputId(n)), state, "the state");
    }
  }),
];
