import { expect, test } from "vitest";
import type { BurrowStore, VerifyProgress } from "../../src/contract/index.ts";
import { RuntimeStoreError } from "../../src/core/errors.ts";
import { boundary, conversation, delta, sessionId } from "../../src/conformance/samples.ts";
import { BODIES, type Engine, type Scope } from "../../src/engine/index.ts";
import { MemoryEngine } from "../../src/memory/memory-engine.ts";
import { createStore } from "../../src/store/index.ts";

/** Only a verification reads a body together with these tables. */
const readsForVerification = (mode: string, scope: Scope): boolean =>
  mode === "readonly" && scope.join() === ["runtime_heads", "runtime_boundary_receipts", "sessions", BODIES].join();

/** A store on an engine that holds back a verification's reading of a body, until it is let go. */
function heldBackStore() {
  const memory = new MemoryEngine();
  let release = (): void => undefined;
  let isHolding = false;
  const engine: Engine = {
    blockSizes: memory.blockSizes,
    transact: async (mode, scope, work) => {
      if (isHolding && readsForVerification(mode, scope)) {
        await new Promise<void>((resolve) => (release = resolve));
      }
      return memory.transact(mode, scope, work);
    },
    close: () => memory.close(),
  };
  return {
    store: createStore(engine),
    holdBack: () => (isHolding = true),
    letGo: () => {
      isHolding = false;
      release();
    },
  };
}

/** The order in which promises settle. */
function orderOf(calls: Readonly<Record<string, Promise<unknown>>>): string[] {
  const order: string[] = [];
  for (const [name, call] of Object.entries(calls)) void call.then(() => order.push(name));
  return order;
}

test("no call waits for a verification but closing, which lets it end", async () => {
  const { store, holdBack, letGo } = heldBackStore();
  await store.commitSessionBoundary("r", boundary());
  holdBack();
  const verified = store.verifyRuntime("r");
  const reads = Promise.all([store.loadRuntimeHead("r"), store.sessions.list(), store.listRuntimes()]);
  const written = store.sessions.delete(sessionId(9));
  const committed = store.commitSessionBoundary("r", boundary());
  await Promise.all([reads, written, committed]);
  const closed = store.close();
  const order = orderOf({ closed, verified });
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(order).toEqual([]);
  letGo();
  await closed;
  expect(order).toEqual(["verified", "closed"]);
  expect(await verified).toEqual([]);
});

test.each<[string, (store: BurrowStore) => Promise<unknown>]>([
  ["committed to", (store) => store.commitSessionBoundary("r", boundary())],
  ["deleted", (store) => store.deleteRuntime("r", { withSessions: true })],
  [
    "turned to another session, and its first one saved by hand",
    async (store) => {
      await store.commitSessionBoundary("r", boundary({ sessionDelta: delta(conversation(sessionId(2), "hi")) }));
      await store.sessions.save(conversation(sessionId(1), "by hand"));
    },
  ],
])("no damage is found in a runtime that is %s between its rows and its snapshot", async (_, writeMeanwhile) => {
  const { store, holdBack, letGo } = heldBackStore();
  await store.commitSessionBoundary("r", boundary());
  holdBack();
  const verified = store.verifyRuntime("r");
  await writeMeanwhile(store);
  letGo();
  expect(await verified).toEqual([]);
});

test("rows that the browser cannot read are a finding, any other failure of the database rejects", async () => {
  const memory = new MemoryEngine();
  let failure: RuntimeStoreError | undefined;
  const engine: Engine = {
    blockSizes: memory.blockSizes,
    transact: (mode, scope, work) => (failure ? Promise.reject(failure) : memory.transact(mode, scope, work)),
    close: () => memory.close(),
  };
  const store = createStore(engine);
  await store.commitSessionBoundary("r", boundary());
  const row = { table: "runtime_input_states", key: ["r"] };
  failure = new RuntimeStoreError("corrupt_record", "a file is gone", { row });
  const heard: VerifyProgress[] = [];
  const found = await store.verifyRuntime("r", { onProgress: (progress) => heard.push(progress) });
  expect(found).toMatchObject([{ code: "damaged_row", severity: "error", row }]);
  expect(heard).toEqual([{ done: 0, total: 0 }]);
  failure = new RuntimeStoreError("database_unavailable", "gone");
  await expect(store.verifyRuntime("r")).rejects.toBe(failure);
});
