import { test } from "vitest";
import { BROWSER_KINDS, isStartable } from "../crash/browser-launch.ts";
import { BenchServer } from "./bench-server.ts";
import { type Contender, LAYOUTS, YARDSTICK } from "./contender.ts";
import { medianOf } from "./figures.ts";
import type { Case, Series } from "./plan.ts";
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
  const ratios = new Map<Contender, string[]>();
  const browsers = BROWSER_KINDS.filter(isStartable);
  for (const browser of browsers) {
    const { series } = await runPlan(server, browser, {
      plan: "time",
      contenders: [YARDSTICK, ...LAYOUT_NAMES],
      sizes: [
        { bytes: 1_000_000, rounds: ROUNDS },
        { bytes: 10_000_000, rounds: ROUNDS },
      ],
    });
    for (const layout of LAYOUT_NAMES) {
      const told = COLUMNS.map(([, name, bytes]) => ratio(series, layout, name, bytes));
      ratios.set(layout, [...(ratios.get(layout) ?? []), ...told]);
    }
  }
  const perColumn = (cells: readonly string[]) =>
    COLUMNS.map((_, column) => browsers.map((_, n) => cells[n * COLUMNS.length + column]).join(", "));
  const rows = [
    ["blocks", ...COLUMNS.map(([title]) => title)],
    ["---", ...COLUMNS.map(() => "---")],
    ...LAYOUT_NAMES.map((layout) => [layout, ...perColumn(ratios.get(layout) ?? [])]),
  ];
  console.log(`\n${browsers.join(", ")}, as ratios to one whole value:\n`);
  console.log(rows.map((row) => `| ${row.join(" | ")} |`).join("\n"));
});

function ratio(series: readonly Series[], contender: Contender, name: Case, bytes: number): string {
  const median = (of: Contender) =>
    medianOf(
      series.find((one) => one.contender === of && one.bytes === bytes && one.measure === `time ${name}`)?.samples ??
        [],
    );
  const value = median(contender) / median(YARDSTICK);
  return value.toFixed(value < 1 ? 2 : 1);
}
