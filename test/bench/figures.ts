import type { BrowserKind } from "../crash/browser-launch.ts";
import type { BenchRun } from "./bench-run.ts";
import type { Contender } from "./contender.ts";
import type { Series } from "./plan.ts";

export const medianOf = (samples: readonly number[]): number => quantile(samples, 0.5);
export const p95Of = (samples: readonly number[]): number => quantile(samples, 0.95);

/** All samples of one thing in a run; none, if it was not measured. */
export function samplesOf(
  { series }: Pick<BenchRun, "series">,
  wanted: { browser: BrowserKind; contender: Contender; bytes: number; measure: Series["measure"] },
): readonly number[] {
  const keys = Object.keys(wanted) as (keyof typeof wanted)[];
  return series.find((one) => keys.every((key) => one[key] === wanted[key]))?.samples ?? [];
}

function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? Number.NaN;
}

/** Two digits that count, three from 100 on; a dash for what was not measured. */
export function digits(value = Number.NaN): string {
  if (Number.isNaN(value)) return "-";
  return value >= 10 ? value.toFixed(0) : value.toFixed(value >= 1 ? 1 : 2);
}
