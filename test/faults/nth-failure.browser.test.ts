import { FAULTS } from "./faults.ts";
import { fullCommit } from "./operations.ts";
import { putToFaults, someOf } from "./put-to-faults.ts";

/** Makes a snapshot of two blocks. */
const LONG = "x".repeat(270_000);

const seed = Date.now() % 2 ** 31;
console.log(`n-th failure: seed ${seed}`);

putToFaults({
  operations: { commitSessionBoundary: fullCommit(LONG) },
  faults: FAULTS,
  lanes: 8,
  some: someOf(seed),
});
