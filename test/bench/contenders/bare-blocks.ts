import { Block, Body, cutBody } from "../../../src/engine/index.ts";
import type { OpenStore } from "../contender.ts";
import { ended, openDatabase, resultOf } from "./native.ts";

const TABLES = { blocks: null, receipts: ["run_id", "sequence"], inputs: "input_id" };

/** As bare IndexedDB, with the snapshot in blocks of these sizes, of which those are put that differ from the ones before. */
export const openBareBlocks =
  (sizes: readonly number[]): OpenStore =>
  async (name) => {
    const database = await openDatabase(name, TABLES);
    let stored: Body | undefined;
    return {
      commit: async ({ snapshot, receipt, inputs }) => {
        const { body } = cutBody(snapshot, sizes, stored);
        const transaction = database.transaction(Object.keys(TABLES), "readwrite", { durability: "strict" });
        const blocks = transaction.objectStore("blocks");
        if (!stored || stored.blocks.length > body.blocks.length) {
          blocks.delete(IDBKeyRange.lowerBound(stored ? body.blocks.length : 0));
        }
        body.blocks.forEach((block, number) => {
          if (block !== stored?.blocks[number]) blocks.put(block.bytes, number);
        });
        transaction.objectStore("receipts").put(receipt);
        for (const input of inputs) transaction.objectStore("inputs").put(input);
        transaction.commit();
        await ended(transaction);
        stored = body;
      },
      load: async () => {
        const blocks = await resultOf<Uint8Array<ArrayBuffer>[]>(
          database.transaction("blocks").objectStore("blocks").getAll(),
        );
        return new Body(blocks.map((bytes) => new Block(bytes))).bytes();
      },
      close: () => {
        database.close();
        return Promise.resolve();
      },
    };
  };
