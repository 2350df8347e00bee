import { test } from "vitest";
import { casesOf, fuzz } from "./fuzz-run.ts";
import { TARGETS } from "./fuzz-targets.ts";

const HOUR = 3_600_000;

test.each(TARGETS)(
  "a great many mutated $name are answered or refused, the same way twice",
  { timeout: HOUR },
  async (target) => {
    await fuzz(target, casesOf(target, 300_000));
  },
);
