import { alternating, reopening } from "../../src/conformance/index.ts";
import { indexedDbHarness } from "./harnesses.ts";
import { putToLaws } from "./put-to-laws.ts";

const harness = indexedDbHarness(indexedDB);

putToLaws("IndexedDB", harness);
putToLaws("IndexedDB, reopened before every read", reopening(harness));
putToLaws("IndexedDB, two connections taking turns", alternating(harness));
