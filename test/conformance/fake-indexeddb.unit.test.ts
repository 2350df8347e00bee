import { IDBFactory } from "fake-indexeddb";
import { alternating, reopening } from "../../src/conformance/index.ts";
import { indexedDbHarness } from "./harnesses.ts";
import { putToLaws } from "./put-to-laws.ts";

const harness = indexedDbHarness(new IDBFactory());

putToLaws("fake-indexeddb", harness);
putToLaws("fake-indexeddb, reopened before every read", reopening(harness));
putToLaws("fake-indexeddb, two connections taking turns", alternating(harness));
