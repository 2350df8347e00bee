import { expect, test } from "vitest";
import type { Row, Transaction } from "../../src/engine/index.ts";
import { isIntact, putRow } from "../../src/store/rows.ts";

/** A row as it comes to be stored. */
function written(members: Row): Row {
  let stored: Row = {};
  const transaction: Partial<Transaction> = {
    put: (_, row) => {
      stored = row;
    },
  };
  putRow(transaction as Transaction, "runtime_heads", members);
  return stored;
}

const ROW = written({ runtime_id: "agent", revision: 0, isText: false, text: "" });

test("a row is intact as it was written", () => {
  expect(isIntact(ROW)).toBe(true);
});

test.each([
  ["a boxed number", { revision: Object(0) as number }],
  ["a boxed text", { text: Object("") as string }],
  ["a boxed boolean", { isText: Object(false) as boolean }],
  ["a negative zero", { revision: -0 }],
  ["a bigint", { revision: 0n as never }],
  ["another number", { revision: 1 }],
])("a row with %s in it is not", (_, members) => {
  expect(isIntact({ ...ROW, ...members })).toBe(false);
});
