import type { OnCorrupt } from "../../contract/index.ts";
import { expectEqual } from "../expectation.ts";
import { law } from "../make-law.ts";
import { furnish, FURNISHED } from "../whole-store.ts";

const CHOICES: readonly (OnCorrupt | undefined)[] = ["throw", "skip", "mark", undefined];

export const listLaws = [
  law("Where nothing is damaged, lists are the same whatever is to become of damaged rows", async (store) => {
    await furnish(store);
    for (const onCorrupt of CHOICES) {
      const what = `with onCorrupt ${String(onCorrupt)}`;
      expectEqual(await store.listRuntimes({ onCorrupt }), await store.listRuntimes(), `the runtimes ${what}`);
      expectEqual(await store.sessions.list({ onCorrupt }), await store.sessions.list(), `the sessions ${what}`);
      const inputs = await store.listInputStates(FURNISHED, { onCorrupt });
      expectEqual(inputs, await store.loadInputStates(FURNISHED), `the input states ${what}`);
      for (const filter of [{}, { limit: 1 }, { limit: 5, afterRevision: 1 }]) {
        const receipts = await store.listBoundaryReceipts(FURNISHED, { ...filter, onCorrupt });
        expectEqual(receipts, await store.listBoundaryReceipts(FURNISHED, filter), `the receipts ${what}`);
      }
    }
  }),
];
