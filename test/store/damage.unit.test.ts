import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { furnish, FURNISHED } from "../../src/conformance/whole-store.ts";
import { BODIES, type Engine, keyOf, type Row, TABLES, type TableName } from "../../src/engine/index.ts";
import { createStore } from "../../src/store/index.ts";
import { putRow } from "../../src/store/rows.ts";
import { ENGINES } from "../engine/engines.ts";

const NAMES = Object.keys(TABLES) as TableName[];

/** The stored rows that a verification of the furnished runtime is about. */
const rowsIn = (engine: Engine) =>
  engine.transact("readonly", [...NAMES, BODIES], async (transaction) => {
    const lists = await Promise.all(
      NAMES.map(async (table) => (await transaction.list(table, { prefix: [] })).map((row) => ({ table, row }))),
    );
    return lists.flat().filter(({ row }) => row.runtime_id === FURNISHED);
  });

/** Values that no member was ever written with, as plain data or as only a structured clone keeps them. */
const value = fc.oneof(
  fc.constantFrom<unknown>(null, undefined, true, Number.NaN, -1, 2 ** 53, 1n, "", "[]", "{}", "null", "\ud800"),
  fc.constantFrom<unknown>([], {}, new Map(), new Date(0), new Uint8Array(3), Array<unknown>(3)),
  fc.jsonValue({ maxDepth: 2 }).map((json) => JSON.stringify(json)),
  fc.string(),
);

describe.each(ENGINES)("in the %s engine, whatever becomes of a member of a row,", (_, create) => {
  test("a verification tells that the row is damaged, and lists mark it", async () => {
    const property = fc.asyncProperty(fc.nat(), fc.nat(), value, async (nth, mth, wrong) => {
      const { engine, store, table, row, name } = await picked(create(), nth, mth);
      fc.pre(!Object.is(JSON.stringify(row[name]), JSON.stringify(wrong, plain)));
      await put(engine, { table, row: { ...row, [name]: wrong as never } });
      const at = { table, key: keyOf(table, row) };
      const damage = { code: "damaged_row", severity: "error", row: at };
      // The session of the furnished runtime, should it not be its writer's any more, is still its head's.
      expect(await store.verifyRuntime(FURNISHED)).toContainEqual(expect.objectContaining(damage));
      const lists = [
        ...(await store.listRuntimes({ onCorrupt: "mark" })),
        ...(await store.sessions.list({ onCorrupt: "mark" })),
        ...(await store.listInputStates(FURNISHED, { onCorrupt: "mark" })),
        ...(await store.listBoundaryReceipts(FURNISHED, { onCorrupt: "mark" })),
        ...(await store.listBoundaryReceipts(FURNISHED, { onCorrupt: "mark", limit: 9 })),
      ];
      const marked = lists.flatMap((listed) => ("corrupt" in listed ? [listed.corrupt.row] : []));
      for (const each of marked) expect(each).toEqual(at);
      expect(marked.length > 0).toBe(LISTED.has(table));
      await store.measureRuntimes();
    });
    await fc.assert(property, { numRuns: 150 });
  });

  test("a verification ends in findings even when the row's checksum is right", async () => {
    const property = fc.asyncProperty(fc.nat(), fc.nat(), value, async (nth, mth, wrong) => {
      const { engine, store, table, row, name } = await picked(create(), nth, mth);
      await putForged(engine, { table, row: { ...row, [name]: wrong as never } });
      await expect(store.verifyRuntime(FURNISHED)).resolves.toBeInstanceOf(Array);
      await expect(store.verifyRuntime("another")).resolves.toBeInstanceOf(Array);
    });
    await fc.assert(property, { numRuns: 150 });
  });
});

const LISTED: ReadonlySet<TableName> = new Set([
  "runtime_heads",
  "sessions",
  "runtime_input_states",
  "runtime_boundary_receipts",
  "runtime_revisions",
]);

/** A member besides its key of one of the rows of a furnished store. */
async function picked(engine: Engine, nth: number, mth: number) {
  const store = createStore(engine);
  await furnish(store);
  const rows = await rowsIn(engine);
  const { table, row } = rows[nth % rows.length] ?? { table: "runtime_heads", row: {} };
  const names = Object.keys(row).filter((name) => !(TABLES[table] as readonly string[]).includes(name));
  return { engine, store, table, row, name: names[mth % names.length] ?? "checksum" };
}

const put = (engine: Engine, { table, row }: { table: TableName; row: Row }) =>
  engine.transact("readwrite", [table], (transaction) => {
    transaction.put(table, row);
    return Promise.resolve();
  });

/** As `put`, with a checksum that fits, where there is one. */
const putForged = (engine: Engine, { table, row }: { table: TableName; row: Row }) =>
  engine.transact("readwrite", [table], (transaction) => {
    putRow(
      transaction,
      table,
      Object.fromEntries(Object.entries(row).filter(([, member]) => typeof member !== "bigint")),
    );
    return Promise.resolve();
  });

/** JSON as the checksum sees it. */
const plain = (_: string, member: unknown): unknown => (typeof member === "bigint" ? `${member}n` : member);
