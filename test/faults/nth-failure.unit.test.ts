import "fake-indexeddb/auto";
import { FAULTS } from "./faults.ts";
import { OPERATIONS } from "./operations.ts";
import { putToFaults, someOf } from "./put-to-faults.ts";

const seed = Number(process.env.BURROW_SEED ?? Date.now() % 2 ** 31);
console.log(`n-th failure: BURROW_SEED=${seed}`);

putToFaults({ operations: OPERATIONS, faults: FAULTS, lanes: 16, some: someOf(seed) });
