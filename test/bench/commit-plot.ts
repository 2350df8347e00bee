import { type BenchRun, MAIN_BROWSER } from "./bench-run.ts";
import { type Contender, OURS, YARDSTICK } from "./contender.ts";
import { medianOf, samplesOf } from "./figures.ts";
import type { Series } from "./plan.ts";

interface Line {
  readonly label: string;
  /** The name of its colour. */
  readonly look: string;
  readonly points: readonly Point[];
}

interface Point {
  readonly bytes: number;
  readonly ms: number;
}

const WIDTH = 760;
const HEIGHT = 420;
const FIELD = { left: 84, right: 580, top: 76, bottom: 364 };
const LABEL_HEIGHT = 17;

const LINES: readonly { contender: Contender; measure: Series["measure"]; label: string; look: string }[] = [
  { contender: OURS, measure: "time warm", label: "burrow-store", look: "ours" },
  { contender: OURS, measure: "time cold", label: "burrow-store, first", look: "ours cold" },
  { contender: YARDSTICK, measure: "time warm", label: "bare IndexedDB", look: "bare" },
  { contender: "dexie", measure: "time warm", label: "Dexie", look: "dexie" },
  { contender: "localforage", measure: "time warm", label: "localForage, relaxed", look: "localforage" },
  { contender: "@sqlite.org/sqlite-wasm", measure: "time warm", label: "sqlite-wasm, OPFS", look: "sqlite" },
];

/** Of a picture that a page shows by `img`, the scheme is that of the reader's system, which a page need not follow: it has its own ground. */
const STYLE = `
  svg { --ground: #fffdfa; --ink: #2a241d; --soft: #645a4e; --grid: #e4ddd2; --ours: #b3470c; --bare: #2a241d; --dexie: #1f6fb5; --localforage: #7c3fa8; --sqlite: #28764a; }
  @media (prefers-color-scheme: dark) {
    svg { --ground: #171412; --ink: #efe8df; --soft: #b3a798; --grid: #37302a; --ours: #f59a5c; --bare: #efe8df; --dexie: #74b4ee; --localforage: #c79be8; --sqlite: #7fcf9d; }
  }
  text { font: 13px system-ui, sans-serif; fill: var(--soft); }
  .title { font-size: 15px; font-weight: 600; fill: var(--ink); }
  .ground { fill: var(--ground); }
  .grid { stroke: var(--grid); }
  .ours { --look: var(--ours); } .bare { --look: var(--bare); } .dexie { --look: var(--dexie); }
  .localforage { --look: var(--localforage); } .sqlite { --look: var(--sqlite); }
  path { fill: none; stroke: var(--look); stroke-width: 2; stroke-linejoin: round; }
  .ours path { stroke-width: 3; } .cold path { stroke-dasharray: 7 5; stroke-width: 2; } .bare path { stroke-dasharray: 2 4; }
  circle { fill: var(--look); }
  .line text { fill: var(--look); } .ours text { font-weight: 600; }`;

/** Draws how long a commit takes by the length of the conversation, both on logarithmic scales. */
export function commitPlot(run: BenchRun): string {
  const lines = LINES.map(({ contender, measure, label, look }): Line => {
    const points = run.extent.sizes.map((bytes) => ({
      bytes,
      ms: medianOf(samplesOf(run, { browser: MAIN_BROWSER, contender, bytes, measure })),
    }));
    return { label, look, points: points.filter(({ ms }) => ms > 0) };
  }).filter(({ points }) => points.length > 0);
  const all = lines.flatMap(({ points }) => points);
  const x = logScale(
    all.map(({ bytes }) => bytes),
    FIELD.left,
    FIELD.right,
  );
  const y = logScale(
    all.map(({ ms }) => ms),
    FIELD.bottom,
    FIELD.top,
  );
  const place = ({ bytes, ms }: Point) => ({ x: round(x.at(bytes)), y: round(y.at(ms)) });
  const heights = apart(lines.map(({ points }) => y.at(points.at(-1)?.ms ?? 1)));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Time of a commit by length of the conversation">
<style>${STYLE}
</style>
<rect class="ground" width="${WIDTH}" height="${HEIGHT}" rx="10"/>
<text class="title" x="20" y="30">Time of a commit that adds 2 KB to a conversation</text>
<text x="20" y="50">Median, strict where a store lets one choose; Chromium ${run.machine.browsers[MAIN_BROWSER] ?? ""} on LevelDB, ${run.date.slice(0, 10)}</text>
${y.ticks.map((ms) => gridLine(round(y.at(ms)), `${ms.toLocaleString("en")} ms`)).join("\n")}
${x.ticks.map((bytes) => `<text x="${round(x.at(bytes))}" y="${FIELD.bottom + 22}" text-anchor="middle">${lengthText(bytes)}</text>`).join("\n")}
<text x="${(FIELD.left + FIELD.right) / 2}" y="${HEIGHT - 12}" text-anchor="middle">length of the conversation</text>
${lines.map((line, index) => drawn(line, line.points.map(place), heights[index] ?? 0)).join("\n")}
</svg>
`;
}

function drawn({ label, look }: Line, places: readonly { x: number; y: number }[], labelHeight: number): string {
  const path = places.map(({ x, y }, index) => `${index === 0 ? "M" : "L"}${x} ${y}`).join("");
  const dots = places.map(({ x, y }) => `<circle cx="${x}" cy="${y}" r="3.5"/>`).join("");
  const text = `<text x="${FIELD.right + 12}" y="${round(labelHeight + 4.5)}">${label}</text>`;
  return `<g class="line ${look}"><path d="${path}"/>${dots}${text}</g>`;
}

function gridLine(height: number, label: string): string {
  const line = `<line class="grid" x1="${FIELD.left}" x2="${FIELD.right}" y1="${height}" y2="${height}"/>`;
  return `${line}<text x="${FIELD.left - 8}" y="${height + 4.5}" text-anchor="end">${label}</text>`;
}

/** From the power of ten below the least value to the one above the greatest. */
function logScale(values: readonly number[], start: number, end: number) {
  const [first, last] = [Math.floor(Math.log10(Math.min(...values))), Math.ceil(Math.log10(Math.max(...values)))];
  const at = (value: number) => start + ((Math.log10(value) - first) / Math.max(last - first, 1)) * (end - start);
  const ticks = Array.from({ length: last - first + 1 }, (_, n) => Number((10 ** (first + n)).toPrecision(1)));
  return { at, ticks };
}

/** Heights of labels, each moved down as far as it takes not to lie on the one above. */
function apart(heights: readonly number[]): number[] {
  const moved = [...heights];
  const order = heights.map((_, index) => index).sort((a, b) => (heights[a] ?? 0) - (heights[b] ?? 0));
  let free = Number.NEGATIVE_INFINITY;
  for (const index of order) {
    const height = Math.max(heights[index] ?? 0, free);
    moved[index] = height;
    free = height + LABEL_HEIGHT;
  }
  return moved;
}

function lengthText(bytes: number): string {
  return bytes < 1_000_000 ? `${bytes / 1000} KB` : `${bytes / 1_000_000} MB`;
}

const round = (value: number): number => Number(value.toFixed(1));
