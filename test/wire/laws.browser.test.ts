import { memoryHarness } from "../conformance/harnesses.ts";
import { putToLaws } from "../conformance/put-to-laws.ts";
import { overWire } from "./over-wire.ts";

// What an engine may do differently here is the wire; a store on disk is put to the laws by itself.
putToLaws("memory, over the wire", overWire(memoryHarness));
