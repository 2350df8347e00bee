import { beforeEach, describe, expect, test } from "vitest";
import { boundary, inputState, runId } from "../../src/conformance/samples.ts";
import type { BurrowStore } from "../../src/contract/index.ts";
import type { Engine, Key, Row, TableName, Transaction } from "../../src/engine/index.ts";
import { MemoryEngine } from "../../src/memory/memory-engine.ts";
import { createStore } from "../../src/store/index.ts";
import { EVERYTHING } from "../../src/store/runtime-rows.ts";

const R = "agent";
let engine: Engine;
let store: BurrowStore;

beforeEach(async () => {
  engine = new MemoryEngine();
  store = createStore(engine);
  for (const n of [1, 2, 3, 4]) await store.commitSessionBoundary(R, boundary({ runId: runId(n) }));
});

const write = (work: (transaction: Transaction) => void) =>
  engine.transact("readwrite", EVERYTHING, (transaction) => {
    work(transaction);
    return Promise.resolve();
  });

/** Removes revisions, and their receipts with them. */
const lose = (...revisions: number[]) =>
  write((transaction) => {
    for (const revision of revisions) {
      transaction.delete("runtime_revisions", [R, revision]);
      transaction.delete("runtime_boundary_receipts", [R, runId(revision)]);
    }
  });

const damage = (table: TableName, row: Row) => write((transaction) => transaction.put(table, { ...row, extra: 1 }));

const errors = async () =>
  (await store.verifyRuntime(R)).flatMap(({ code, severity, row: { table, key } }) =>
    severity === "error" ? [[code, table, ...key]] : [],
  );

const mismatch = (table: TableName, key: Key) => ["revision_mismatch", table, ...key];
const atRevision = (revision: number) => mismatch("runtime_revisions", [R, revision]);
const AT_HEAD = mismatch("runtime_heads", [R]);

describe("of a runtime of four commits", () => {
  test("the revision after a hole is found", async () => {
    await lose(2);
    expect(await errors()).toEqual([atRevision(3)]);
  });

  test("each hole is found once", async () => {
    await store.commitSessionBoundary(R, boundary({ runId: runId(5) }));
    await lose(2, 4);
    expect(await errors()).toEqual([atRevision(3), atRevision(5)]);
  });

  test("a damaged revision is no hole, the place next to it may be one", async () => {
    await damage("runtime_revisions", { runtime_id: R, revision: 2 });
    const damaged = ["damaged_row", "runtime_revisions", R, 2];
    expect(await errors()).toEqual([damaged]);
    await lose(3);
    expect(await errors()).toEqual([damaged, atRevision(4)]);
    await lose(4);
    expect(await errors()).toEqual([
      ["missing_receipt", "runtime_heads", R],
      ["revision_mismatch", "runtime_heads", R],
      damaged,
    ]);
  });

  test("damaged revisions alone prove nothing of the head", async () => {
    for (const revision of [1, 2, 3, 4]) await damage("runtime_revisions", { runtime_id: R, revision });
    expect((await errors()).map(([code]) => code)).toEqual(Array(4).fill("damaged_row"));
  });

  test("a head without any revision is found", async () => {
    await lose(1, 2, 3, 4);
    expect(await errors()).toEqual([["missing_receipt", "runtime_heads", R], AT_HEAD]);
  });
});

test("a deleted runtime that was only written to since has no revision, one that committed since has its own", async () => {
  await store.deleteRuntime(R);
  await store.persistInputState(R, inputState(1));
  expect(await errors()).toEqual([]);
  for (const n of [5, 6]) await store.commitSessionBoundary(R, boundary({ runId: runId(n) }));
  expect(await errors()).toEqual([]);
  await lose(6);
  expect(await errors()).toContainEqual(AT_HEAD);
});

test("a verification computes the checksum of each row once", async () => {
  const asked = new Map<object, number>();
  const counted = (row: Row): Row => {
    const target = { ...row };
    asked.set(target, 0);
    return new Proxy(target, {
      get: (object, name) => {
        if (name === "checksum") asked.set(target, (asked.get(target) ?? 0) + 1);
        return Reflect.get(object, name) as unknown;
      },
    });
  };
  const { transact } = engine;
  engine.transact = (mode, scope, work) =>
    transact.call(engine, mode, scope, async (transaction) => {
      const list = transaction.list.bind(transaction);
      transaction.list = async (table, range) => (await list(table, range)).map(counted);
      return work(transaction);
    }) as never;
  expect(await errors()).toEqual([]);
  const reads = [...asked.values()].filter((times) => times > 0);
  expect(reads.length).toBeGreaterThan(8);
  expect(Math.max(...reads)).toBe(Math.min(...reads));
});
