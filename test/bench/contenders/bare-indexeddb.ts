import type { OpenStore } from "../contender.ts";
import { ended, openDatabase, resultOf } from "./native.ts";

const TABLES = { snapshots: null, receipts: ["run_id", "sequence"], inputs: "input_id" };

/** The least that stores a turn at once: one transaction, strict, six values put whole. It checks and computes nothing. */
export const openBareIndexedDb: OpenStore = async (name) => {
  const database = await openDatabase(name, TABLES);
  return {
    commit: ({ snapshot, receipt, inputs }) => {
      const transaction = database.transaction(Object.keys(TABLES), "readwrite", { durability: "strict" });
      transaction.objectStore("snapshots").put(snapshot, "agent");
      transaction.objectStore("receipts").put(receipt);
      for (const input of inputs) transaction.objectStore("inputs").put(input);
      transaction.commit();
      return ended(transaction);
    },
    load: () =>
      resultOf<Uint8Array | undefined>(database.transaction("snapshots").objectStore("snapshots").get("agent")),
    close: () => {
      database.close();
      return Promise.resolve();
    },
  };
};
