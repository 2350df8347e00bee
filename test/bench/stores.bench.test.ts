import { readFileSync, writeFileSync } from "node:fs";
import { test } from "vitest";
import { BROWSER_KINDS, isStartable } from "../crash/browser-launch.ts";
import { type BenchRun, type Extent, MAIN_BROWSER, measureAll } from "./bench-run.ts";
import { BenchServer } from "./bench-server.ts";
import { commitPlot } from "./commit-plot.ts";
import { PLOT, reportOn } from "./report.ts";

const ROOT = new URL("../../", import.meta.url);
const { BURROW_BENCH_BROWSERS, BURROW_BENCH_SIZES, BURROW_BENCH_ROUNDS, BURROW_BENCH_APPENDS } = process.env;
const { BURROW_BENCH_JSON, BURROW_BENCH_FROM, BURROW_BENCH_README } = process.env;

const EXTENT: Extent = {
  otherBrowsers: BROWSER_KINDS.filter(
    (kind) => kind !== MAIN_BROWSER && isStartable(kind) && (BURROW_BENCH_BROWSERS ?? kind).includes(kind),
  ),
  sizes: (BURROW_BENCH_SIZES ?? "10,100,1000,10000").split(",").map((kilobytes) => Number(kilobytes) * 1000),
  rounds: Number(BURROW_BENCH_ROUNDS ?? 30),
  appends: Number(BURROW_BENCH_APPENDS ?? 1000),
};

// No time is ever a failure: what fails is a browser, or a store that does not give back what it was given.
test.runIf(isStartable(MAIN_BROWSER))("what commits and loads take is told", async () => {
  const run = BURROW_BENCH_FROM === undefined ? await measure() : readRun(BURROW_BENCH_FROM);
  const report = reportOn(run);
  console.log(`\n${report}`);
  if (BURROW_BENCH_README) {
    writeFileSync(new URL(PLOT, ROOT), commitPlot(run));
    replaceSection(new URL("README.md", ROOT), report);
  }
});

async function measure(): Promise<BenchRun> {
  await using server = await BenchServer.start();
  return await measureAll(server, EXTENT, (run) => {
    if (BURROW_BENCH_JSON) writeFileSync(BURROW_BENCH_JSON, JSON.stringify(run));
  });
}

/** A run that was measured before, to be printed once more. */
const readRun = (file: string): BenchRun => JSON.parse(readFileSync(file, "utf8")) as BenchRun;

/** Puts a section in place of the one that has its heading, up to the next. */
function replaceSection(file: URL, section: string): void {
  const text = readFileSync(file, "utf8");
  const [heading = ""] = section.split("\n");
  const start = text.indexOf(`${heading}\n`);
  if (start < 0) throw new Error(`there is no "${heading}" to be replaced`);
  writeFileSync(file, text.slice(0, start) + section + text.slice(text.indexOf("\n## ", start)));
}
