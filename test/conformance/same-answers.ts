import fc from "fast-check";
import { describe, test } from "vitest";
import { expectEqual } from "../../src/conformance/expectation.ts";
import type { Harness } from "../../src/conformance/index.ts";
import { memoryHarness } from "./harnesses.ts";
import { answersOf, programs } from "./random-programs.ts";

/** Registers a test that puts random programs to a harness's store and to the one in memory, whose answers must be the same. */
export function compareWithMemory(title: string, harness: Harness, numRuns: number): void {
  const seed = Date.now() % 2 ** 31;
  const maxBurst = harness.capabilities.has("one connection") ? 4 : 1;
  console.log(`${title}: ${numRuns} random programs from seed ${seed}`);
  describe(title, () => {
    test("Random programs get the same answers as from memory", async () => {
      const property = fc.asyncProperty(programs(maxBurst), async (program) => {
        const expected = await answersFrom(memoryHarness, program);
        expectEqual(await answersFrom(harness, program), expected, "the answers");
      });
      await fc.assert(property, { seed, numRuns });
    }, 120_000);
  });
}

let databases = 0;

async function answersFrom(harness: Harness, program: Parameters<typeof answersOf>[1]): Promise<unknown> {
  const name = `random program ${databases++}`;
  await harness.destroy(name);
  const store = await harness.open(name);
  try {
    return await answersOf(store, program);
  } finally {
    await store.close();
    await harness.destroy(name);
  }
}
