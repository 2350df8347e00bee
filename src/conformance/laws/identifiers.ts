import { expectEqual } from "../expectation.ts";
import { law } from "../make-law.ts";
import {
  apply,
  boundary,
  conversation,
  delta,
  inputId,
  inputState,
  opsSnapshot,
  receipt,
  runId,
  sessionId,
  spellingsOf,
  wrong,
} from "../samples.ts";

/** Texts that a careless key would confuse. */
const RUNTIME_IDS = [
  "",
  " ",
  "r",
  "R",
  "r ",
  "r/",
  "r/s",
  "r,s",
  "r\u0000",
  "r\u0000s",
  '["r","s"]',
  "é",
  "e\u0301",
  "😀",
  "\uffee",
  "\ufeff",
  "1",
  "01",
  "1.0",
  "__proto__",
  "constructor",
  "null",
  "undefined",
  "a".repeat(2000),
  "a".repeat(2001),
];

export const identifierLaws = [
  law("A runtime id is any text, and no two texts name one runtime", async (store) => {
    for (const [n, id] of RUNTIME_IDS.entries()) {
      const sessionDelta = delta(conversation(sessionId(n), id));
      await store.commitSessionBoundary(
        id,
        boundary({ sessionDelta, inputUpdates: [inputState(n)], operationId: "o" }),
      );
      await store.persistRuntimeState(id, n % 2 === 0 ? "idle" : "running");
      await store.persistOpsLifecycle(id, opsSnapshot(n));
    }
    for (const [n, id] of RUNTIME_IDS.entries()) {
      const what = JSON.stringify(id.slice(0, 20));
      expectEqual(
        (await store.loadInputStates(id)).map((state) => state.input_id),
        [inputId(n)],
        `the inputs of ${what}`,
      );
      expectEqual(await store.loadSessionSnapshot(id), conversation(sessionId(n), id), `the snapshot of ${what}`);
      expectEqual(await store.loadRuntimeState(id), n % 2 === 0 ? "idle" : "running", `the state of ${what}`);
      expectEqual(await store.loadOpsLifecycle(id), opsSnapshot(n), `the ops snapshot of ${what}`);
      expectEqual((await store.listBoundaryReceipts(id)).length, 1, `the number of receipts of ${what}`);
      expectEqual((await store.loadRuntimeHead(id))?.runtime_id, id, `the name of ${what}`);
    }
    expectEqual((await store.listRuntimes()).length, RUNTIME_IDS.length, "the number of runtimes");
  }),

  law("Ids are accepted in every spelling, stored in one, and found again in every one", async (store) => {
    const spellings = [runId(0xabc), ...spellingsOf(runId(0xabc))];
    const inputs = [inputId(0xdef), ...spellingsOf(inputId(0xdef))];
    for (const [index, spelling] of spellings.entries()) {
      const input = inputs[index] ?? "";
      const minted = await store.commitSessionBoundary(
        "r",
        boundary({
          runId: spelling,
          contributingInputIds: [input],
          inputUpdates: [{ ...inputState(1), input_id: wrong(input) }],
        }),
      );
      expectEqual([minted.run_id, minted.sequence], [runId(0xabc), index], "the minted run and sequence");
      expectEqual(minted.contributing_input_ids, [inputId(0xdef)], "the minted contributors");
    }
    expectEqual((await store.loadInputStates("r")).length, 1, "the number of inputs");
    for (const spelling of spellings) {
      expectEqual((await store.loadBoundaryReceipt("r", spelling, 0))?.run_id, runId(0xabc), spelling);
    }
    for (const spelling of inputs) {
      const state = await store.loadInputState("r", spelling);
      expectEqual([state?.input_id, state?.last_run_id], [inputId(0xdef), runId(0xabc)], spelling);
    }
  }),

  law("A receipt's ids are stored in canonical form, and taken in any spelling", async (store) => {
    for (const [sequence, spelling] of spellingsOf(runId(0xabc)).entries()) {
      const ids = spellingsOf(inputId(0xdef)).slice(0, 2);
      await store.atomicApply(
        "r",
        apply({ receipt: receipt({ run_id: wrong(spelling), contributing_input_ids: wrong(ids), sequence }) }),
      );
      const due = receipt({ run_id: runId(0xabc), contributing_input_ids: [inputId(0xdef), inputId(0xdef)], sequence });
      expectEqual(await store.loadBoundaryReceipt("r", runId(0xabc), sequence), due, spelling);
    }
  }),

  law("UUIDs of every version and variant are ids, the nil one too", async (store) => {
    const ids = [
      "00000000-0000-0000-0000-000000000000",
      "ffffffff-ffff-ffff-ffff-ffffffffffff",
      "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
    ];
    for (const id of ids) {
      await store.persistInputState("r", { ...inputState(1), input_id: wrong(id) });
      const { run_id } = await store.commitSessionBoundary(
        "r",
        boundary({ runId: id, sessionDelta: delta(conversation(id)) }),
      );
      expectEqual(run_id, id, "the run");
      expectEqual(await store.sessions.exists(id), true, `that session ${id} exists`);
    }
    expectEqual(
      (await store.loadInputStates("r")).map((state) => state.input_id),
      [...ids].sort(),
      "the inputs",
    );
  }),

  law("Sequences are taken as bigints too, and given as numbers", async (store) => {
    const update = { ...inputState(1), last_run_id: runId(1), last_boundary_sequence: wrong(5n) };
    await store.atomicApply(
      "r",
      apply({ receipt: receipt({ sequence: wrong(5n), message_count: wrong(2n) }), inputUpdates: [update] }),
    );
    expectEqual(
      await store.loadBoundaryReceipt("r", runId(1), 5n),
      receipt({ sequence: 5, message_count: 2 }),
      "the receipt",
    );
    expectEqual(
      await store.loadBoundaryReceipt("r", runId(1), 5),
      receipt({ sequence: 5, message_count: 2 }),
      "the receipt by a number",
    );
    expectEqual((await store.loadInputState("r", inputId(1)))?.last_boundary_sequence, 5, "the stamp");
    const minted = await store.commitSessionBoundary("r", boundary({ expectedRevision: 1n }));
    expectEqual(minted.sequence, 6, "the next sequence");
  }),
];
