import { expect, test } from "vitest";
import { inputState } from "../../src/conformance/samples.ts";
import { MemoryEngine } from "../../src/memory/memory-engine.ts";
import { createStore } from "../../src/store/index.ts";

test("runtimes are measured page by page, each row once", async () => {
  const engine = new MemoryEngine();
  const store = createStore(engine);
  for (const id of ["a", "b"]) {
    const inputStates = Array.from({ length: 750 }, (_, n) => inputState(n));
    await store.atomicLifecycleCommit(id, { runtimeState: "idle", inputStates });
  }
  const { transact } = engine;
  const pages: number[] = [];
  engine.transact = (mode, scope, work) =>
    transact.call(engine, mode, scope, async (transaction) => {
      const list = transaction.list.bind(transaction);
      transaction.list = async (table, range) => {
        const rows = await list(table, range);
        pages.push(rows.length);
        return rows;
      };
      return work(transaction);
    }) as never;
  const rows = (await store.measureRuntimes()).map((size) => size.rows);
  expect(rows).toEqual([752, 752]);
  expect(Math.max(...pages)).toBe(500);
});
