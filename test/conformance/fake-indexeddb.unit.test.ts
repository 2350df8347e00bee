import "fake-indexeddb/auto";
import { alternating, reopening } from "../../src/conformance/index.ts";
import { indexedDbHarness } from "./harnesses.ts";
import { putToLaws } from "./put-to-laws.ts";
import { compareWithMemory } from "./same-answers.ts";

const harness = indexedDbHarness(indexedDB);

const variants = {
  "fake-indexeddb": harness,
  "fake-indexeddb, reopened before every read": reopening(harness),
  "fake-indexeddb, two connections taking turns": alternating(harness),
};

for (const [title, variant] of Object.entries(variants)) {
  putToLaws(title, variant);
  compareWithMemory(title, variant, 100);
}
