import "fake-indexeddb/auto";
import { putToFaults } from "./put-to-faults.ts";
import { OPERATIONS } from "./operations.ts";
import { FAULTS } from "./faults.ts";

putToFaults({ operations: OPERATIONS, faults: FAULTS, lanes: 8 });
