import { memoryHarness } from "../conformance/harnesses.ts";
import { putToLaws } from "../conformance/put-to-laws.ts";
import { compareWithMemory } from "../conformance/same-answers.ts";
import { overChannel } from "./over-channel.ts";

const harness = overChannel(memoryHarness);

putToLaws("memory, over a port", harness);
compareWithMemory("memory, over a port", harness, 50);
