import { memoryHarness } from "./harnesses.ts";
import { putToLaws } from "./put-to-laws.ts";

putToLaws("memory", memoryHarness);
