import { describe, test } from "vitest";
import { laws, lawsFor } from "../../src/conformance/index.ts";
import type { Harness } from "../../src/conformance/index.ts";

/** Registers a test for each law that the harness can be put to, and says how many there are. */
export function putToLaws(title: string, harness: Harness): void {
  const binding = lawsFor(harness);
  console.log(`${title}: ${binding.length} laws, ${laws.length - binding.length} do not apply`);
  describe(title, () => {
    for (const law of binding) test(law.name, () => law.run(harness));
  });
}
