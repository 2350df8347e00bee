import type { BrowserKind } from "../crash/browser-launch.ts";
import { APPENDED_TO, type BenchRun, MAIN_BROWSER, SMALL } from "./bench-run.ts";
import { type Contender, DURABILITY, OURS, YARDSTICK } from "./contender.ts";
import { digits, medianOf, p95Of, samplesOf } from "./figures.ts";
import { PHASES } from "./phases.ts";
import type { Case, Series } from "./plan.ts";

/** The plot, as the README links to it. */
export const PLOT = "docs/commit-time.svg";

const ENDS = 100;

/** The section that the README has on speed: nothing in it is written by hand. */
export function reportOn(run: BenchRun): string {
  return [
    "## Speed",
    "",
    `![Time of a commit against the length of the conversation](${PLOT})`,
    "",
    tableOf(run),
    "",
    ...notesOn(run),
    "",
  ].join("\n");
}

function tableOf(run: BenchRun): string {
  const { otherBrowsers, sizes } = run.extent;
  const appends = run.extent.appends.toLocaleString("en");
  const rows = [
    ["", ...sizes.map(lengthText), `${appends} appends: time, disk`],
    ["---", ...sizes.map(() => "---:"), "---"],
    commitRow(run, YARDSTICK, "warm"),
    commitRow(run, OURS, "warm"),
    commitRow(run, OURS, "cold"),
    ...(["burrow-store, relaxed", "dexie", "localforage", "@sqlite.org/sqlite-wasm"] as const).map((contender) =>
      commitRow(run, contender, "warm"),
    ),
    ...([YARDSTICK, OURS, "@sqlite.org/sqlite-wasm"] as const).map((contender) => [
      `load: ${nameOf(run, contender)}${contender === OURS ? ", checked" : ""}`,
      ...sizes.map((bytes) => timeCell(run, { browser: MAIN_BROWSER, contender, bytes, name: "load" })),
      "",
    ]),
    [
      "longest block of burrow-store: warm, cold, load",
      ...sizes.map((bytes) =>
        (["warm", "cold", "load"] as const).map((name) => blockText(run, bytes, name)).join(", "),
      ),
      "",
    ],
    ...otherBrowsers.map((browser) => [
      `${browser}: burrow-store`,
      ...sizes.map((bytes) => timeCell(run, { browser, contender: OURS, bytes, name: "warm" })),
      "",
    ]),
  ];
  return rows.map((row) => `| ${row.join(" | ")} |`).join("\n");
}

function commitRow(run: BenchRun, contender: keyof typeof DURABILITY, name: "warm" | "cold"): string[] {
  const { sizes } = run.extent;
  const times = sizes.map((bytes) => timeCell(run, { browser: MAIN_BROWSER, contender, bytes, name }));
  const title = `${nameOf(run, contender)}, ${DURABILITY[contender]}${name === "cold" ? ", first commit" : ""}`;
  return [title, ...times, name === "cold" ? "" : growthText(run, contender)];
}

/** Median and 95th percentile, and how many times the yardstick's median the first of them is. */
function timeCell(
  run: BenchRun,
  { browser, contender, bytes, name }: { browser: BrowserKind; contender: Contender; bytes: number; name: Case },
): string {
  const measure = `time ${name}` as const;
  const samples = samplesOf(run, { browser, contender, bytes, measure });
  if (samples.length === 0) return "";
  const [median, bare] = [samples, samplesOf(run, { browser, contender: YARDSTICK, bytes, measure })].map(medianOf);
  const times = `${digits(median)} / ${digits(p95Of(samples))}`;
  return contender === YARDSTICK ? times : `${times} (${digits((median ?? 0) / (bare ?? 0))}×)`;
}

const blockText = (run: BenchRun, bytes: number, name: Case): string =>
  digits(medianOf(samplesOf(run, { browser: MAIN_BROWSER, contender: OURS, bytes, measure: `block ${name}` })));

/** How the last appends compare with the first, and what is on the disk with what can still be read of it. */
function growthText(run: BenchRun, contender: Contender): string {
  const times = samplesOf(run, { browser: MAIN_BROWSER, contender, bytes: APPENDED_TO, measure: "append" });
  const disk = run.disk.find((one) => one.contender === contender);
  if (!disk) return "";
  const slower = medianOf(times.slice(-ENDS)) / medianOf(times.slice(0, ENDS));
  return `${digits(slower)}×, ${digits(disk.diskBytes / disk.liveBytes)}×`;
}

function notesOn(run: BenchRun): string[] {
  const { machine, date } = run;
  const browsers = new Map(Object.entries(machine.browsers).map(([kind, version]) => [kind.split(" ")[0], version]));
  return [
    "Milliseconds: median / 95th percentile (median by that of bare IndexedDB, which puts snapshot, receipt and four inputs whole, unchecked);",
    `each commit adds 2 KB. Appends to 1 MB: the last ${ENDS} by the first, the disk by what is live.`,
    partsText(run),
    `\`npm run bench\` on ${date.slice(0, 10)}: ${[...browsers].map((one) => one.join(" ")).join(", ")}; ${machine.processor}, ${machine.cores} cores, ${machine.system}; 4 KiB are on the disk in ${digits(machine.syncMs)} ms.`,
  ];
}

/** Where the time of a small commit goes. */
function partsText(run: BenchRun): string {
  const median = (contender: Contender, measure: Series["measure"]) =>
    digits(medianOf(samplesOf(run, { browser: MAIN_BROWSER, contender, bytes: SMALL, measure })));
  const phases = (contender: Contender) => PHASES.map((phase) => median(contender, `phase ${phase}`)).join(" + ");
  const [undefended, inMemory] = (["burrow-store, no defence", "burrow-store, in memory"] as const).map((contender) =>
    median(contender, "time warm"),
  );
  return `A commit of 10 KB: ${phases(OURS)} before its transaction, on requests, until \`complete\`, and after it (bare: ${phases(YARDSTICK)}); undefended ${undefended}, in memory ${inMemory}.`;
}

/** With its version, if it has one of its own, and without what tells it from others of the package. */
function nameOf({ machine }: BenchRun, contender: Contender): string {
  const [name = contender] = contender.split(",");
  const version = machine.packages[name];
  return version === undefined ? name : `${name} ${version}`;
}

function lengthText(bytes: number): string {
  return bytes < 1_000_000 ? `${bytes / 1000} KB` : `${bytes / 1_000_000} MB`;
}
