import { describe, expect, test } from "vitest";
import { boundary, conversation, delta, inputId, inputState, runId, sessionId } from "../../src/conformance/samples.ts";
import type { BurrowStore, OnCorrupt } from "../../src/contract/index.ts";
import { type Engine, type Row, TABLES, type TableName, type Transaction } from "../../src/engine/index.ts";
import { MemoryEngine } from "../../src/memory/memory-engine.ts";
import { createStore } from "../../src/store/index.ts";

const R = "agent";
const NAMES = Object.keys(TABLES) as TableName[];

type Odd = (row: Row, table: TableName) => unknown;

/** A runtime of three commits on an engine that gives back something else for the first row of a table, once it is told what. */
async function oddStore() {
  const memory = new MemoryEngine();
  let at: { table: TableName; odd: Odd } | undefined;
  const oddly = (transaction: Transaction): Transaction =>
    Object.assign(Object.create(transaction) as Transaction, methodsOf(transaction), {
      get: async (table, key) => {
        const row = await transaction.get(table, key);
        const odd = row && at?.table === table ? at.odd(row, table) : undefined;
        return odd === undefined ? row : (odd as Row); // who asks for one row takes undefined for none
      },
      list: async (table, range) => {
        const [first, ...rest] = await transaction.list(table, range);
        if (!first) return [];
        return [at?.table === table ? (at.odd(first, table) as Row) : first, ...rest];
      },
    } satisfies Partial<Transaction>);
  const engine: Engine = {
    blockSizes: memory.blockSizes,
    transact: (mode, scope, work) => memory.transact(mode, scope, (transaction) => work(oddly(transaction))),
    close: () => memory.close(),
  };
  const store = createStore(engine);
  for (const n of [1, 2, 3]) {
    const sessionDelta = delta(conversation(sessionId(n), "hi"));
    const inputUpdates = [inputState(n, { current_state: "consumed" })];
    await store.commitSessionBoundary(
      R,
      boundary({ runId: runId(n), sessionDelta, inputUpdates, operationId: `operation ${n}` }),
    );
  }
  await store.atomicLifecycleCommit(R, { runtimeState: "idle", inputStates: [] });
  return { store, give: (table: TableName, odd: Odd) => (at = { table, odd }) };
}

/** Methods of a class with private members have to be called on its own instance. */
const methodsOf = (transaction: Transaction): Partial<Transaction> =>
  Object.fromEntries(
    (["lastKey", "insert", "put", "delete", "readBody", "writeBody", "deleteBody", "listBodies", "tally"] as const).map(
      (name) => [name, (transaction[name] as (...given: unknown[]) => unknown).bind(transaction)],
    ),
  );

const withKey =
  (value: unknown): Odd =>
  (row, table) => ({ ...row, [TABLES[table].at(-1) ?? ""]: value });

const ODD: readonly (readonly [string, Odd])[] = [
  ["null", () => null],
  ["undefined", () => undefined],
  ["text", () => "text"],
  ["a number", () => 5],
  ["an array", () => []],
  ["no member", () => ({})],
  ["a bigint in its key", withKey(1n)],
  ["an object in its key", withKey({ toString: "none" })],
  ["NaN in its key", withKey(Number.NaN)],
  ["no key", withKey(undefined)],
  ["every member a bigint", (row) => Object.fromEntries(Object.keys(row).map((name) => [name, 1n]))],
];

/** What tells of damage instead of failing. */
const TELLING: Readonly<Record<string, (store: BurrowStore) => Promise<unknown>>> = {
  ...Object.fromEntries(
    (["skip", "mark"] as const).flatMap((onCorrupt) =>
      Object.entries(listsOf(onCorrupt)).map(([name, list]) => [`${name}, ${onCorrupt}`, list]),
    ),
  ),
  verifyRuntime: (store) => store.verifyRuntime(R),
  "verifyRuntime of another": (store) => store.verifyRuntime("another"),
  measureRuntimes: (store) => store.measureRuntimes(),
  pruneInputs: (store) => store.pruneInputs(R, { before: 0 }),
};

/** What fails, and names the row. */
const FAILING: Readonly<Record<string, (store: BurrowStore) => Promise<unknown>>> = {
  ...listsOf("throw"),
  loadRuntime: (store) => store.loadRuntime(R),
  loadRuntimeHead: (store) => store.loadRuntimeHead(R),
  dumpRuntime: (store) => store.dumpRuntime(R),
  loadRuntimeState: (store) => store.loadRuntimeState(R),
  loadInputState: (store) => store.loadInputState(R, inputId(1)),
  loadBoundaryReceipt: (store) => store.loadBoundaryReceipt(R, runId(1), 0),
  findBoundaryReceipt: (store) => store.findBoundaryReceipt(R, "operation 1"),
  "sessions.load": (store) => store.sessions.load(sessionId(1)),
  "a commit": (store) =>
    store.commitSessionBoundary(R, boundary({ runId: runId(1), sessionDelta: delta(conversation(sessionId(1))) })),
  "sessions.save": (store) => store.sessions.save(conversation(sessionId(1))),
  deleteRuntime: (store) => store.deleteRuntime(R, { withSessions: true }),
};

function listsOf(onCorrupt: OnCorrupt): Record<string, (store: BurrowStore) => Promise<unknown>> {
  return {
    listRuntimes: (store) => store.listRuntimes({ onCorrupt }),
    listInputStates: (store) => store.listInputStates(R, { onCorrupt }),
    listBoundaryReceipts: (store) => store.listBoundaryReceipts(R, { onCorrupt }),
    "listBoundaryReceipts, two": (store) => store.listBoundaryReceipts(R, { onCorrupt, limit: 2 }),
    "listBoundaryReceipts, all": (store) => store.listBoundaryReceipts(R, { onCorrupt, limit: 9 }),
    "sessions.list": (store) => store.sessions.list({ onCorrupt }),
  };
}

describe.each(NAMES)("when a row of %s comes back as", (table) => {
  test.each(ODD)("%s, it is damage that is told or named, and nothing else fails", async (_, odd) => {
    for (const call of Object.values(TELLING)) {
      const { store, give } = await oddStore();
      give(table, odd);
      await call(store);
    }
    for (const call of Object.values(FAILING)) {
      const { store, give } = await oddStore();
      give(table, odd);
      const failure = await call(store).then(
        () => undefined,
        (error: unknown) => error,
      );
      if (failure !== undefined) expect(failure).toMatchObject({ code: "corrupt_record", row: { table } });
      expect(() => JSON.stringify(failure)).not.toThrow();
    }
  });
});

test("the sound receipts are listed behind a revision that does not tell where the next page begins", async () => {
  const { store, give } = await oddStore();
  for (const odd of [withKey(1n), withKey(-1), () => null]) {
    give("runtime_revisions", odd);
    const skipped = await store.listBoundaryReceipts(R, { limit: 1, onCorrupt: "skip" });
    expect(skipped).toMatchObject([{ revision: 2 }]);
    const marked = await store.listBoundaryReceipts(R, { limit: 9, onCorrupt: "mark" });
    expect(marked).toMatchObject([{ revision: 2 }, { revision: 3 }, { corrupt: { code: "corrupt_record" } }]);
  }
});

test("a row that stands under another's key is damage, be its checksum right", async () => {
  const memory = new MemoryEngine();
  const store = createStore(memory);
  for (const id of ["a", "b"]) {
    for (const n of [1, 2]) await store.persistInputState(id, inputState(n));
    await store.commitSessionBoundary(
      id,
      boundary({ runId: runId(1), sessionDelta: delta(conversation(sessionId(1))) }),
    );
  }
  /** Every row of `b` is given for one of `a`. */
  const engine: Engine = {
    blockSizes: memory.blockSizes,
    transact: (mode, scope, work) =>
      memory.transact(mode, scope, (transaction) => {
        const other = <T>(key: readonly T[]): T[] => key.map((member) => (member === "a" ? ("b" as T) : member));
        const swapped: Partial<Transaction> = {
          get: (table, key) => transaction.get(table, other(key)),
          list: (table, range) => transaction.list(table, { ...range, prefix: other(range.prefix) }),
        };
        return work(Object.assign(Object.create(transaction) as Transaction, methodsOf(transaction), swapped));
      }),
    close: () => memory.close(),
  };
  const swapped = createStore(engine);
  const named = (table: TableName, key: unknown[]) => ({ code: "corrupt_record", row: { table, key } });
  await expect(swapped.loadInputState("a", inputId(1))).rejects.toMatchObject(
    named("runtime_input_states", ["a", inputId(1)]),
  );
  await expect(swapped.loadRuntimeHead("a")).rejects.toMatchObject(named("runtime_heads", ["a"]));
  await expect(swapped.loadBoundaryReceipt("a", runId(1), 0)).rejects.toMatchObject(
    named("runtime_boundary_receipts", ["a", runId(1), 0]),
  );
  await expect(swapped.listInputStates("a")).rejects.toMatchObject(named("runtime_input_states", ["a"]));
  expect(await swapped.listInputStates("a", { onCorrupt: "skip" })).toEqual([]);
  expect(await swapped.listInputStates("b")).toHaveLength(2);
});
