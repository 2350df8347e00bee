import { describe, expect, test } from "vitest";
import { boundary, conversation, delta, inputState, receipt, runId, sessionId } from "../../src/conformance/samples.ts";
import type { BurrowStore } from "../../src/contract/index.ts";
import { type Engine, type Row, type TableName, TABLES } from "../../src/engine/index.ts";
import { createStore } from "../../src/store/index.ts";
import { EVERYTHING } from "../../src/store/runtime-rows.ts";
import { ENGINES } from "../engine/engines.ts";

const R = "agent";
const HEADS = "runtime_heads";
const LOST = { code: "corrupt_record", row: { table: HEADS, key: [R] } };
const turns = (n: number, count: number) => conversation(sessionId(n), ...Array<string>(count).fill("turn"));

/** A runtime of four commits. */
async function fourCommits(engine: Engine): Promise<BurrowStore> {
  const store = createStore(engine);
  for (const n of [1, 2, 3, 4]) {
    const inputUpdates = [inputState(n)];
    await store.commitSessionBoundary(
      R,
      boundary({ runId: runId(n), inputUpdates, sessionDelta: delta(turns(1, n)), operationId: `operation ${n}` }),
    );
  }
  return store;
}

const edit = (engine: Engine, change: (row: Row) => Row | undefined) =>
  engine.transact("readwrite", [HEADS], async (transaction) => {
    const changed = change((await transaction.get(HEADS, [R])) ?? {});
    if (changed) transaction.put(HEADS, changed);
    else transaction.delete(HEADS, [R]);
  });

const lose = (engine: Engine) => edit(engine, () => undefined);

const everyRow = (engine: Engine) =>
  engine.transact("readonly", EVERYTHING, async (transaction) => {
    const tables = Object.keys(TABLES) as TableName[];
    const rows = await Promise.all(tables.map((table) => transaction.list(table, { prefix: [] })));
    return [rows, await transaction.listBodies()];
  });

describe.each(ENGINES)("in the %s engine, a runtime whose head row is lost", (_, create) => {
  test.each<[string, (store: BurrowStore) => Promise<unknown>]>([
    ["loadRuntime", (store) => store.loadRuntime(R)],
    ["loadRuntimeHead", (store) => store.loadRuntimeHead(R)],
    ["loadSessionSnapshot", (store) => store.loadSessionSnapshot(R)],
    ["dumpRuntime", (store) => store.dumpRuntime(R)],
    ["a commit", (store) => store.commitSessionBoundary(R, boundary({ runId: runId(9), expectedRevision: 0 }))],
    ["a commit without a revision", (store) => store.commitSessionBoundary(R, boundary({ runId: runId(9) }))],
    ["atomicApply", (store) => store.atomicApply(R, { receipt: receipt({ run_id: runId(9) }), inputUpdates: [] })],
    ["persistInputState", (store) => store.persistInputState(R, inputState(9))],
    ["persistRuntimeState", (store) => store.persistRuntimeState(R, "idle")],
  ])("is damage to %s, which changes nothing", async (_, call) => {
    const engine = create();
    const store = await fourCommits(engine);
    await lose(engine);
    const before = await everyRow(engine);
    await expect(call(store)).rejects.toMatchObject(LOST);
    expect(await everyRow(engine)).toEqual(before);
  });

  test("keeps what is left of it, its snapshot too, whoever writes its session", async () => {
    const engine = create();
    const store = await fourCommits(engine);
    await lose(engine);
    const [, [body]] = (await everyRow(engine)) as [unknown, string[]];
    await store.sessions.save(turns(1, 9));
    await store.sessions.delete(sessionId(1));
    const [, bodies] = await everyRow(engine);
    expect(bodies).toEqual([body]);
    expect(await store.listBoundaryReceipts(R)).toHaveLength(4);
    expect(await store.listInputStates(R)).toHaveLength(4);
  });

  test("can be deleted, and its revision goes on", async () => {
    const engine = create();
    const store = await fourCommits(engine);
    await lose(engine);
    await store.deleteRuntime(R, { withSessions: true });
    expect(await store.loadRuntime(R)).toEqual({ revision: 4, pendingInputs: [] });
    expect(await store.verifyRuntime(R)).toEqual([]);
    expect(await store.sessions.list()).toEqual([]);
    await store.commitSessionBoundary(R, boundary({ expectedRevision: 4 }));
    expect(await store.listBoundaryReceipts(R)).toMatchObject([{ revision: 5 }]);
  });

  test("can be deleted also if nothing but an input, or its session, is left of it", async () => {
    const engine = create();
    const store = createStore(engine);
    await store.persistInputState(R, inputState(1));
    await lose(engine);
    await store.deleteRuntime(R);
    expect(await store.listInputStates(R)).toEqual([]);
    await store.commitSessionBoundary(R, boundary({ sessionDelta: delta(turns(1, 1)) }));
    await engine.transact("readwrite", EVERYTHING, (transaction) => {
      for (const table of [HEADS, "runtime_revisions", "runtime_boundary_receipts"] as const) {
        transaction.delete(table, [R]);
      }
      return Promise.resolve();
    });
    await store.deleteRuntime(R, { withSessions: true });
    expect(await store.sessions.list()).toEqual([]);
  });
});

describe("a deleted runtime whose head was damaged goes on", () => {
  const revisionAfter = async (revision: unknown) => {
    const [, create] = ENGINES[0] ?? [];
    const engine = create?.();
    if (!engine) throw new Error("no engine");
    const store = await fourCommits(engine);
    await edit(engine, (head) => ({ ...head, revision: revision as number, extra: true }));
    await store.deleteRuntime(R);
    return (await store.loadRuntime(R)).revision;
  };

  test("at the revision that it still tells, where that is the greater one", async () => {
    expect(await revisionAfter(7)).toBe(7);
  });

  test.each([3, -1, 4.5, 2 ** 53, Number.NaN, 9n, "9", null, undefined, {}])(
    "at the last receipt's where it tells %o",
    async (revision) => {
      expect(await revisionAfter(revision)).toBe(4);
    },
  );
});

test.each(ENGINES)("in the %s engine, a head of an earlier time is damage to a commit", async (_, create) => {
  const engine = create();
  const store = createStore(engine);
  await store.commitSessionBoundary(R, boundary({ runId: runId(1) }));
  let earlier: Row = {};
  await edit(engine, (head) => (earlier = head));
  await store.commitSessionBoundary(R, boundary({ runId: runId(2) }));
  await edit(engine, () => earlier);
  const before = await everyRow(engine);
  await expect(store.commitSessionBoundary(R, boundary({ runId: runId(3) }))).rejects.toMatchObject(LOST);
  const applied = { receipt: receipt({ run_id: runId(3) }), inputUpdates: [] };
  await expect(store.atomicApply(R, applied)).rejects.toMatchObject(LOST);
  expect(await everyRow(engine)).toEqual(before);
});
