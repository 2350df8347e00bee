import { alternating, reopening } from "../../src/conformance/index.ts";
import { indexedDbHarness } from "./harnesses.ts";
import { putToLaws } from "./put-to-laws.ts";
import { compareWithMemory } from "./same-answers.ts";

const harness = indexedDbHarness(indexedDB);

const variants = {
  IndexedDB: harness,
  "IndexedDB, reopened before every read": reopening(harness),
  "IndexedDB, two connections taking turns": alternating(harness),
};

for (const [title, variant] of Object.entries(variants)) {
  putToLaws(title, variant);
  compareWithMemory(title, variant, 25);
}
