import "fake-indexeddb/auto";
import { forceCloseDatabase } from "fake-indexeddb";
import { FAULTS, type FaultRow } from "./faults.ts";
import { Random } from "./fuzz-random.ts";
import { OPERATIONS } from "./operations.ts";
import { putToFaults } from "./put-to-faults.ts";

const seed = process.env.BURROW_SEED ?? String(Date.now() % 2 ** 31);
console.log(`n-th failure: BURROW_SEED=${seed}`);

const forcedClose: FaultRow = {
  name: "a transaction comes after a forced close",
  at: "transaction",
  strike(call, database) {
    forceCloseDatabase(database as never); // its type asks for the class
    return call();
  },
  once: "resolved",
  persistent: "database_unavailable",
};

putToFaults({
  operations: OPERATIONS,
  faults: [...FAULTS, forcedClose],
  lanes: 16,
  between: (points, scenario) => new Random(`${seed}/${scenario}`).pick(points),
});
