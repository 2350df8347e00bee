import { test } from "vitest";
import { BROWSER_KINDS, type BrowserKind, isStartable } from "../crash/browser-launch.ts";
import type { BenchRun } from "./bench-run.ts";
import { BenchServer } from "./bench-server.ts";
import { type Contender, LAYOUTS, YARDSTICK } from "./contender.ts";
import { digits, medianOf, samplesOf } from "./figures.ts";
import type { Case } from "./plan.ts";
import { runPlan } from "./run-plan.ts";

const LAYOUT_NAMES = Object.keys(LAYOUTS) as (keyof typeof LAYOUTS)[];
const ROUNDS = Number(process.env.BURROW_BENCH_ROUNDS ?? 12);
/** What is told of each layout: what is written first, two appends of 2 KB, and reading it back. */
const COLUMNS: readonly (readonly [title: string, name: Case, bytes: number])[] = [
  ["write 10 MB", "cold", 10_000_000],
  ["append to 10 MB", "warm", 10_000_000],
  ["append to 1 MB", "warm", 1_000_000],
  ["load 10 MB", "load", 10_000_000],
];

test.runIf(isStartable(BROWSER_KINDS[0]))("what the layout of a snapshot costs is told", async () => {
  await using server = await BenchServer.start();
  const series: BenchRun["series"][number][] = [];
  const browsers = BROWSER_KINDS.filter(isStartable);
  for (const browser of browsers) {
    const outcome = await runPlan(server, browser, {
      plan: "time",
      contenders: [YARDSTICK, ...LAYOUT_NAMES],
      sizes: [
        { bytes: 1_000_000, rounds: ROUNDS },
        { bytes: 10_000_000, rounds: ROUNDS },
      ],
    });
    series.push(...outcome.series.map((one) => ({ browser, ...one })));
  }
  const medianIn = (browser: BrowserKind, contender: Contender, name: Case, bytes: number) =>
    medianOf(samplesOf({ series }, { browser, contender, bytes, measure: `time ${name}` }));
  const ratios = (layout: Contender, name: Case, bytes: number) =>
    browsers.map((browser) =>
      digits(medianIn(browser, layout, name, bytes) / medianIn(browser, YARDSTICK, name, bytes)),
    );
  const rows = [
    ["blocks", ...COLUMNS.map(([title]) => title)],
    ["---", ...COLUMNS.map(() => "---")],
    ...LAYOUT_NAMES.map((layout) => [
      layout,
      ...COLUMNS.map(([, name, bytes]) => ratios(layout, name, bytes).join(", ")),
    ]),
  ];
  console.log(`\n${browsers.join(", ")}, as ratios to one whole value:\n`);
  console.log(rows.map((row) => `| ${row.join(" | ")} |`).join("\n"));
});
