import { FAULTS } from "./faults.ts";
import { fullCommit } from "./operations.ts";
import { putToFaults } from "./put-to-faults.ts";

/** Makes a snapshot of two blocks. */
const LONG = "x".repeat(270_000);

/** No chance here: a page has no environment from which to take a seed. */
const middleOf = (points: readonly number[]) => points[Math.floor(points.length / 2)] ?? 0;

putToFaults({
  operations: { commitSessionBoundary: fullCommit(LONG) },
  faults: FAULTS,
  lanes: 8,
  between: middleOf,
});
