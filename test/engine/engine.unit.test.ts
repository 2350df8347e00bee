import { describe, expect, test } from "vitest";
import { RuntimeStoreError } from "../../src/core/errors.ts";
import { BODIES, type Body, cutBody, type Engine, type Key } from "../../src/engine/index.ts";
import { ENGINES } from "./engines.ts";

const KIB = 1024;

const TABLE = "runtime_input_states";
const row = (runtime_id: string, input_id: string, record = "x") => ({ runtime_id, input_id, record });

const write = (engine: Engine, rows: readonly ReturnType<typeof row>[]) =>
  engine.transact("readwrite", [TABLE], (transaction) => {
    for (const each of rows) transaction.put(TABLE, each);
    return Promise.resolve();
  });

const keys = async (engine: Engine, range: { prefix: Key; after?: Key; limit?: number }) =>
  (await engine.transact("readonly", [TABLE], (transaction) => transaction.list(TABLE, range))).map(
    (each) => `${String(each.runtime_id)}/${String(each.input_id)}`,
  );

/** Comparing megabytes by `toEqual` takes seconds. */
const sameBytes = (a: Body | undefined, b: Uint8Array) => a !== undefined && Buffer.compare(a.bytes(), b) === 0;

const bytes = (length: number, seed = 0) => Uint8Array.from({ length }, (_, index) => (index * 31 + seed) & 0xff);

describe.each(ENGINES)("the %s engine", (_, create) => {
  const body = (length: number, seed = 0) => cutBody(bytes(length, seed), create().blockSizes).body;
  const read = (engine: Engine, id: string, seal: number) =>
    engine.transact("readonly", [BODIES], (transaction) => transaction.readBody(id, seal));

  test("keeps rows in the order of their keys, by UTF-16 code units", async () => {
    const engine = create();
    await write(engine, [
      row("b", "1"),
      row("a", "\u{10000}"),
      row("a", "\uffee"),
      row("", "z"),
      row("a", ""),
      row("ab", "0"),
    ]);
    expect(await keys(engine, { prefix: [] })).toEqual(["/z", "a/", "a/\u{10000}", "a/\uffee", "ab/0", "b/1"]);
  });

  test("lists by prefix, after a key, up to a limit", async () => {
    const engine = create();
    await write(
      engine,
      ["1", "2", "3"].flatMap((input) => [row("a", input), row("b", input)]),
    );
    expect(await keys(engine, { prefix: ["a"] })).toEqual(["a/1", "a/2", "a/3"]);
    expect(await keys(engine, { prefix: ["a"], after: ["a", "1"] })).toEqual(["a/2", "a/3"]);
    expect(await keys(engine, { prefix: ["a"], after: ["a", "11"], limit: 1 })).toEqual(["a/2"]);
    expect(await keys(engine, { prefix: ["a"], after: ["a", "3"] })).toEqual([]);
    expect(await keys(engine, { prefix: ["a"], limit: 0 })).toEqual([]);
    expect(await keys(engine, { prefix: ["c"] })).toEqual([]);
  });

  test("tells the greatest key under a prefix, by number", async () => {
    const engine = create();
    const table = "runtime_boundary_receipts";
    await engine.transact("readwrite", [table], async (transaction) => {
      for (const sequence of [2, 10, 9]) transaction.insert(table, { runtime_id: "r", run_id: "a", sequence });
      transaction.insert(table, { runtime_id: "r", run_id: "b", sequence: 99 });
      expect(await transaction.lastKey(table, ["r", "a"])).toEqual(["r", "a", 10]);
      expect(await transaction.lastKey(table, ["r", "c"])).toBeUndefined();
      expect(await transaction.lastKey(table, ["q"])).toBeUndefined();
    });
  });

  test("deletes by prefix, behind the head", async () => {
    const engine = create();
    await write(engine, [row("a", "1"), row("a", "2"), row("ab", "1")]);
    await engine.transact("readwrite", ["runtime_heads", TABLE], (transaction) => {
      transaction.delete("runtime_heads", ["a"]);
      transaction.delete(TABLE, ["a"]);
      return Promise.resolve();
    });
    expect(await keys(engine, { prefix: [] })).toEqual(["ab/1"]);
  });

  test("writes nothing when the work throws, and rejects with what it threw", async () => {
    const engine = create();
    await write(engine, [row("a", "1")]);
    const failure = new RuntimeStoreError("revision_conflict", "no");
    const failing = engine.transact("readwrite", [TABLE, BODIES], async (transaction) => {
      transaction.put(TABLE, row("a", "2"));
      transaction.delete(TABLE, ["a", "1"]);
      await transaction.writeBody("body", body(10));
      await transaction.get(TABLE, ["a", "2"]);
      throw failure;
    });
    await expect(failing).rejects.toBe(failure);
    expect(await keys(engine, { prefix: [] })).toEqual(["a/1"]);
    expect(await read(engine, "body", 0)).toBeUndefined();
  });

  test("writes nothing when a key is inserted twice, and names the row", async () => {
    const engine = create();
    await write(engine, [row("a", "1", "first")]);
    const failing = engine.transact("readwrite", [TABLE], (transaction) => {
      transaction.put(TABLE, row("a", "0"));
      transaction.insert(TABLE, row("a", "1", "second"));
      transaction.put(TABLE, row("a", "2"));
      return Promise.resolve("written");
    });
    await expect(failing).rejects.toMatchObject({ code: "receipt_conflict", row: { table: TABLE, key: ["a", "1"] } });
    expect(await keys(engine, { prefix: [] })).toEqual(["a/1"]);
    const stored = await engine.transact("readonly", [TABLE], (transaction) => transaction.get(TABLE, ["a", "1"]));
    expect(stored).toMatchObject({ record: "first" });
  });

  test("sees its own writes", async () => {
    const engine = create();
    await engine.transact("readwrite", [TABLE, BODIES], async (transaction) => {
      transaction.put(TABLE, row("a", "1", "one"));
      const seal = await transaction.writeBody("body", body(3));
      expect(await transaction.get(TABLE, ["a", "1"])).toMatchObject({ record: "one" });
      expect((await transaction.readBody("body", seal))?.bytes()).toEqual(bytes(3));
    });
  });

  const LENGTHS = [0, 1, 60 * KIB - 1, 60 * KIB, 60 * KIB + 1, 256 * KIB - 1, 256 * KIB, 256 * KIB + 1, 700 * KIB];

  test.each(LENGTHS)("keeps a body of %d bytes", async (length) => {
    const engine = create();
    const [seal, otherSeal] = await engine.transact("readwrite", [BODIES], async (transaction) => {
      const other = await transaction.writeBody("other", body(7));
      await transaction.writeBody("body", body(1000 * KIB, 1));
      return [await transaction.writeBody("body", body(length)), other] as const;
    });
    const first = await read(engine, "body", seal);
    if (length > 0 || first) expect(sameBytes(first, bytes(length))).toBe(true);
    first?.bytes().fill(0);
    if (length > 0) expect(sameBytes(await read(engine, "body", seal), bytes(length))).toBe(true);
    await engine.transact("readwrite", [BODIES], (transaction) => {
      transaction.deleteBody("body");
      return Promise.resolve();
    });
    expect(await read(engine, "body", seal)).toBeUndefined();
    expect((await read(engine, "other", otherSeal))?.bytes()).toEqual(bytes(7));
  });

  test.each(LENGTHS)("changes what is stored into a body of %d bytes, from every other one", async (length) => {
    const engine = create();
    const grown = bytes(700 * KIB);
    grown.fill(1, 300 * KIB, 300 * KIB + 1);
    for (const from of LENGTHS) {
      const { body: stored } = cutBody(bytes(from), engine.blockSizes);
      const { body: next } = cutBody(grown.subarray(0, length), engine.blockSizes, stored);
      const seal = await engine.transact("readwrite", [BODIES], async (transaction) => {
        await transaction.writeBody("body", stored);
        return transaction.writeBody("body", next, stored);
      });
      if (length > 0) expect(sameBytes(await read(engine, "body", seal), grown.subarray(0, length))).toBe(true);
    }
  });

  test("runs readwrite transactions over one table one after the other", async () => {
    const engine = create();
    const count = () =>
      engine.transact("readwrite", ["runtime_states"], async (transaction) => {
        const stored = await transaction.get("runtime_states", ["r"]);
        transaction.put("runtime_states", { runtime_id: "r", count: Number(stored?.count ?? 0) + 1 });
      });
    await Promise.all(Array.from({ length: 20 }, count));
    const stored = await engine.transact("readonly", ["runtime_states"], (tx) => tx.get("runtime_states", ["r"]));
    expect(stored?.count).toBe(20);
  });

  test("fails work that awaits anything but the transaction, and writes nothing of it", async () => {
    const engine = create();
    const failing = engine.transact("readwrite", [TABLE], async (transaction) => {
      await transaction.get(TABLE, ["a", "1"]);
      await new Promise((resolve) => setTimeout(resolve, 20));
      transaction.put(TABLE, row("a", "1"));
    });
    await expect(failing).rejects.toBeInstanceOf(RuntimeStoreError);
    expect(await keys(engine, { prefix: [] })).toEqual([]);
  });

  test("goes on after a failed transaction", async () => {
    const engine = create();
    await expect(engine.transact("readwrite", [TABLE], () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    await write(engine, [row("a", "1")]);
    expect(await keys(engine, { prefix: [] })).toEqual(["a/1"]);
  });
});
