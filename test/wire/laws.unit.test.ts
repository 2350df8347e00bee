import "fake-indexeddb/auto";
import { indexedDbHarness } from "../conformance/harnesses.ts";
import { putToLaws } from "../conformance/put-to-laws.ts";
import { overWire } from "./over-wire.ts";

putToLaws("fake-indexeddb, over the wire", overWire(indexedDbHarness(indexedDB)));
