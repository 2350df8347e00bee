import type { JSX } from "preact";
import type { CommittedReceipt } from "../contract/index.ts";
import { formatBytes } from "./formats.ts";

/** A place in the plot: a revision, and the length of the snapshot that it stored. */
export interface PlotPoint {
  readonly revision: number;
  readonly bytes: number;
}

/** The revisions that stored a snapshot; at most about `most` points that keep the least and the greatest value of each stretch, so that no peak is lost. */
export function plotPoints(receipts: readonly CommittedReceipt[], most = 400): readonly PlotPoint[] {
  const points = receipts.flatMap(({ revision, byte_length: bytes }) =>
    bytes === undefined ? [] : { revision, bytes },
  );
  if (points.length <= most) return points;
  const stretch = Math.ceil((points.length * 2) / most);
  const kept: PlotPoint[] = [];
  for (let at = 0; at < points.length; at += stretch) {
    const part = points.slice(at, at + stretch).sort((a, b) => a.bytes - b.bytes);
    const [least, greatest] = [part[0], part.at(-1)];
    if (least && greatest) kept.push(...[...new Set([least, greatest])].sort((a, b) => a.revision - b.revision));
  }
  return kept;
}

const WIDTH = 600;
const HEIGHT = 96;

/** How the session grew with the runtime's revisions. */
export function SizePlot({ receipts }: { readonly receipts: readonly CommittedReceipt[] }): JSX.Element | null {
  const points = plotPoints(receipts);
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || points.length < 2) return null;
  const most = Math.max(1, ...points.map(({ bytes }) => bytes));
  const place = ({ revision, bytes }: PlotPoint): string => {
    const x = ((revision - first.revision) / (last.revision - first.revision)) * WIDTH;
    return `${x.toFixed(1)},${(HEIGHT - (bytes / most) * HEIGHT).toFixed(1)}`;
  };
  const line = points.map(place);
  const words = `The session, from ${formatBytes(first.bytes)} at revision ${first.revision} to ${formatBytes(last.bytes)} at revision ${last.revision}; at most ${formatBytes(most)}.`;
  return (
    <figure class="plot">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={words}>
        <polygon points={`0,${HEIGHT} ${line.join(" ")} ${WIDTH},${HEIGHT}`} />
        <polyline points={line.join(" ")} />
      </svg>
      <figcaption>{words}</figcaption>
    </figure>
  );
}
