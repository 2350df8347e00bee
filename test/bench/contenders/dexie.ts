import { Dexie, type Table } from "dexie";
import type { InputState, RunBoundaryReceipt } from "../../../src/index.ts";
import type { OpenStore } from "../contender.ts";

/** Strict by its option; without it, it is as relaxed as the browser. */
export const openDexie: OpenStore = async (name) => {
  const database = new Dexie(name, { chromeTransactionDurability: "strict" });
  database.version(1).stores({ snapshots: "", receipts: "[run_id+sequence]", inputs: "input_id" });
  await database.open();
  const snapshots: Table<Uint8Array, string> = database.table("snapshots");
  const receipts: Table<RunBoundaryReceipt> = database.table("receipts");
  const inputStates: Table<InputState> = database.table("inputs");
  return {
    commit: ({ snapshot, receipt, inputs }) =>
      database.transaction("rw", snapshots, receipts, inputStates, () =>
        Promise.all([snapshots.put(snapshot, "agent"), receipts.put(receipt), inputStates.bulkPut(inputs)]),
      ),
    load: () => snapshots.get("agent"),
    close: () => {
      database.close();
      return Promise.resolve();
    },
  };
};
