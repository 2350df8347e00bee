import { createStore } from "tinybase";
import { createIndexedDbPersister } from "tinybase/persisters/persister-indexed-db";
import type { Adapter } from "../adapter.ts";

/** Its persister resolves whatever happens, and gives the error to a listener: from there it is thrown. */
export const openTinyBase: Adapter = async (name) => {
  const store = createStore();
  const failures: unknown[] = [];
  const persister = createIndexedDbPersister(store, name, undefined, (error) => failures.push(error));
  const orThrow = async (work: Promise<unknown>): Promise<void> => {
    failures.length = 0;
    await work;
    if (failures.length > 0) throw failures[0];
  };
  // There is nothing to be loaded from a new database, and this is no failure: it is how the persister begins.
  await persister.load();
  return {
    save(key, { snapshot, receipt }) {
      store.setCell("snapshots", key, "text", snapshot);
      store.setCell("receipts", key, "number", receipt);
      return orThrow(persister.save());
    },
    async load(key) {
      await orThrow(persister.load());
      const [snapshot, receipt] = [store.getCell("snapshots", key, "text"), store.getCell("receipts", key, "number")];
      return {
        ...(typeof snapshot === "string" ? { snapshot } : {}),
        ...(typeof receipt === "number" ? { receipt } : {}),
      };
    },
  };
};
