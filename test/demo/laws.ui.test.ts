import { expect, test, vi } from "vitest";
import { type LawResult, putToLaws } from "../../demo/law-runs.ts";
import { countsOf, LawRunView } from "../../demo/law-runs-view.ts";
import { type Harness, laws } from "../../src/conformance/index.ts";

/** A browser in which no store opens. */
const broken: Harness = {
  capabilities: new Set(["one connection", "rich values"]),
  open: () => Promise.reject(new Error("<b>no store here</b>")),
  destroy: () => Promise.resolve(),
};

test("every law has its result: those that fail say why, those that do not apply what they need", async () => {
  const results: LawResult[] = [];
  for await (const result of putToLaws(broken)) results.push(result);
  expect(results.map(({ law }) => law)).toEqual(laws);
  const failed = results.filter(({ outcome }) => outcome === "failed");
  const idle = results.filter(({ outcome }) => outcome === "does not apply");
  expect(failed.length + idle.length).toBe(laws.length);
  expect(new Set(failed.map(({ reason }) => reason))).toEqual(new Set(["Error: <b>no store here</b>"]));
  expect(idle.every(({ reason = "" }) => /^needs: .*(?:reopen|open twice|leases)/.test(reason))).toBe(true);
  expect(countsOf(results)).toBe(`0 passed, ${failed.length} failed, ${idle.length} not applicable`);
});

test("a law that does not come to an end fails, and those behind it are run", async () => {
  vi.useFakeTimers();
  try {
    const hanging: Harness = { ...broken, open: () => new Promise(() => undefined) };
    const run = putToLaws(hanging);
    for (let count = 0; count < 2; count++) {
      const next = run.next();
      await vi.advanceTimersByTimeAsync(30_000);
      const reason = expect.stringContaining("30 seconds") as string;
      expect(await next).toMatchObject({ value: { outcome: "failed", reason } });
    }
  } finally {
    vi.useRealTimers();
  }
});

test("results show one by one, as text", () => {
  const [law] = laws;
  if (!law) throw new Error("there are no laws");
  const view = new LawRunView("Some store", 2);
  view.add({ law, outcome: "passed", milliseconds: 1.25 });
  expect(view.element.querySelector("progress")).toMatchObject({ value: 1, max: 2 });
  view.add({ law, outcome: "failed", milliseconds: 1000, reason: "<b>bad</b>" });
  const rows = [...view.element.querySelectorAll("tbody tr")].map((row) => [row.className, row.textContent]);
  expect(rows).toEqual([
    ["passed", `✓ passed${law.name}1.3 ms`],
    ["failed", `✗ failed${law.name}<b>bad</b>1000.0 ms`],
  ]);
  expect(view.element.querySelector(".facts")?.textContent).toBe("1 passed, 1 failed · 1.0 s");
});
