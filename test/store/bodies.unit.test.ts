import { IDBFactory } from "fake-indexeddb";
import "fake-indexeddb/auto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BODIES, type Engine } from "../../src/engine/index.ts";
import { Connection } from "../../src/indexeddb/connection.ts";
import { IndexedDbEngine } from "../../src/indexeddb/indexeddb-engine.ts";
import { Witness } from "../../src/indexeddb/witness.ts";
import { createStore } from "../../src/store/index.ts";
import { answersOf, programs } from "../conformance/random-programs.ts";

/** The ids of the bodies that heads and catalog rows name, and of those that are stored. */
async function bodiesIn(engine: Engine, connection: Connection) {
  const rows = await engine.transact("readonly", ["runtime_heads", "sessions"], async (transaction) => [
    ...(await transaction.list("runtime_heads", { prefix: [] })),
    ...(await transaction.list("sessions", { prefix: [] })),
  ]);
  const named = rows.flatMap(({ body_id }) => (body_id === undefined ? [] : [String(body_id)]));
  const keys = (await (await connection.database()).getAllKeys(BODIES)) as unknown as [string, number][];
  return { named: [...new Set(named)].sort(), stored: [...new Set(keys.map(([id]) => id))].sort() };
}

describe("whatever was committed, saved and deleted", () => {
  test("every stored body is named by a head or a catalog row, every named body is stored, and no row is missed", async () => {
    await fc.assert(
      fc.asyncProperty(programs(3), async (program) => {
        const address = { factory: new IDBFactory(), name: "bodies", openTimeout: 10_000 };
        const connection = new Connection(address, new Witness(address.name, false));
        const engine = new IndexedDbEngine(connection, { durability: "strict", operationTimeout: 60_000 });
        const store = createStore(engine);
        await answersOf(store, program);
        for (const { runtime } of program) {
          const findings = await store.verifyRuntime(runtime);
          expect(findings.filter(({ code }) => code === "missing_row")).toEqual([]);
        }
        const { named, stored } = await bodiesIn(engine, connection);
        expect(stored).toEqual(named);
        connection.close().catch(() => undefined);
      }),
      { numRuns: 100 },
    );
  });
});
