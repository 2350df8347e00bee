import { test } from "vitest";
import { casesOf, fuzz } from "./fuzz-run.ts";
import { TARGETS } from "./fuzz-targets.ts";

test.each(TARGETS)("mutated $name are answered or refused, the same way twice", async (target) => {
  await fuzz(target, casesOf(target, 3000));
});
