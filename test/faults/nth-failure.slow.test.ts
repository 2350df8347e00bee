import "fake-indexeddb/auto";
import { FAULTS } from "./faults.ts";
import { OPERATIONS } from "./operations.ts";
import { putToFaults } from "./put-to-faults.ts";

putToFaults({ operations: OPERATIONS, faults: FAULTS, lanes: 16 });
