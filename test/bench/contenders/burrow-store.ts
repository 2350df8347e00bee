import type { BurrowStore } from "../../../src/index.ts";
import { type IndexedDbOptions, openIndexedDbRuntimeStore } from "../../../src/indexeddb/index.ts";
import { createMemoryRuntimeStore } from "../../../src/memory/index.ts";
import type { OpenContender, OpenStore } from "../contender.ts";

/** With a lease, an operation and a revision to be expected, as the README's quick start does. */
export const openBurrowStore =
  (options: Omit<IndexedDbOptions, "name"> = {}): OpenStore =>
  async (name) => {
    const store = await openIndexedDbRuntimeStore({ name, ...options });
    const contender = await hold(store);
    return {
      ...contender,
      async close() {
        await contender.close();
        await store.close();
      },
    };
  };

const inMemory = new Map<string, BurrowStore>();

/** The same rules, records and digests over no database; what was opened once is never closed, for it would be forgotten. */
export const openMemoryStore: OpenStore = (name) => {
  const store = inMemory.get(name) ?? createMemoryRuntimeStore();
  inMemory.set(name, store);
  return hold(store);
};

async function hold(store: BurrowStore): Promise<OpenContender> {
  const agent = await store.acquireRuntime("agent");
  let expectedRevision = (await agent.loadRuntimeHead("agent"))?.revision ?? 0;
  return {
    async commit({ snapshot, receipt: { run_id: runId, boundary }, inputs }) {
      await agent.commitSessionBoundary("agent", {
        runId,
        boundary,
        sessionDelta: { sessionSnapshot: snapshot },
        contributingInputIds: inputs.map((input) => input.input_id),
        inputUpdates: inputs,
        operationId: inputs[0]?.input_id,
        expectedRevision,
      });
      expectedRevision++;
    },
    load: () => agent.loadSessionSnapshot("agent"),
    close: () => agent.release(),
  };
}
