import type { BurrowStore } from "../contract/index.ts";
import type { Capability, Law } from "./law.ts";

/** What the body of a law works with: a store opened on a database of the law's own, and a way to open that database again. */
export type LawBody = (store: BurrowStore, openAgain: () => Promise<BurrowStore>) => Promise<void>;

/** A law that any store can be put to; what it opens is closed and destroyed however it ends. */
export const law = (name: string, body: LawBody): Law => lawNeeding([], name, body);

/** A law that makes sense only where the harness has some capabilities. */
export function lawNeeding(needs: readonly Capability[], name: string, body: LawBody): Law {
  return {
    name,
    needs,
    async run(harness) {
      const database = `law: ${name}`;
      const opened: BurrowStore[] = [];
      const open = async (): Promise<BurrowStore> => {
        const store = await harness.open(database);
        opened.push(store);
        return store;
      };
      // A run that was cut short may have left its database behind.
      await harness.destroy(database);
      try {
        await body(await open(), open);
      } finally {
        await Promise.allSettled(opened.map((store) => store.close()));
        await harness.destroy(database);
      }
    },
  };
}
