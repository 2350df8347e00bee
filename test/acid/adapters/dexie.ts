import { Dexie, type Table } from "dexie";
import type { Adapter } from "../adapter.ts";

export const openDexie: Adapter = async (name) => {
  const database = new Dexie(name);
  database.version(1).stores({ snapshots: "" });
  database.version(2).stores({ receipts: "" });
  await new Promise((resolve, reject) => {
    database.on("blocked", () => reject(new Error("blocked by an older version")));
    database.open().then(resolve, reject);
  });
  const snapshots: Table<string, string> = database.table("snapshots");
  const receipts: Table<number, string> = database.table("receipts");
  return {
    save: (key, { snapshot, receipt }) =>
      database.transaction("rw", snapshots, receipts, () =>
        Promise.all([snapshots.put(snapshot, key), receipts.put(receipt, key)]),
      ),
    load: (key) =>
      database.transaction("r", snapshots, receipts, async () => {
        const [snapshot, receipt] = await Promise.all([snapshots.get(key), receipts.get(key)]);
        return { ...(snapshot === undefined ? {} : { snapshot }), ...(receipt === undefined ? {} : { receipt }) };
      }),
  };
};
