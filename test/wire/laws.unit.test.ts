import { memoryHarness } from "../conformance/harnesses.ts";
import { putToLaws } from "../conformance/put-to-laws.ts";
import { overWire } from "./over-wire.ts";

putToLaws("memory, over the wire", overWire(memoryHarness));
