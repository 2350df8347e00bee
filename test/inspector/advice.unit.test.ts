import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { RuntimeStoreErrorCode } from "../../src/index.ts";
import { adviceFor } from "../../src/inspector/advice.ts";

const README = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
const [, table = ""] = README.split(/## Errors|\*\*Damage\.\*\*/);
const codes = [...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, code]) => code as RuntimeStoreErrorCode);

test("every code that the README lists has an advice of its own, in whole sentences", () => {
  const advice = codes.map(adviceFor);
  expect(codes.length).toBeGreaterThan(20);
  expect(new Set([...advice, adviceFor()]).size).toBe(codes.length + 1);
  expect(advice.filter((text) => !/^[A-Z].*\.$/.test(text))).toEqual([]);
});

test("a failure without a code, or with one of a newer version, has a general advice", () => {
  expect(adviceFor("not_known_yet" as RuntimeStoreErrorCode)).toBe(adviceFor());
});
