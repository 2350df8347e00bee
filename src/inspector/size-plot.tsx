import type { JSX } from "preact";
import type { CommittedReceipt } from "../contract/index.ts";
import { formatCount } from "./formats.ts";

/** A place in the plot: a revision, and the messages that the session had at it. */
export interface PlotPoint {
  readonly revision: number;
  readonly messages: number;
}

/** At most about `most` points that keep the least and the greatest value of each stretch, so that no peak is lost. */
export function plotPoints(receipts: readonly CommittedReceipt[], most = 400): readonly PlotPoint[] {
  const points = receipts.map(({ revision, receipt }) => ({ revision, messages: receipt.message_count }));
  if (points.length <= most) return points;
  const stretch = Math.ceil((points.length * 2) / most);
  const kept: PlotPoint[] = [];
  for (let at = 0; at < points.length; at += stretch) {
    const part = points.slice(at, at + stretch).sort((a, b) => a.messages - b.messages);
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
  const most = Math.max(1, ...points.map(({ messages }) => messages));
  const place = ({ revision, messages }: PlotPoint): string => {
    const x = ((revision - first.revision) / (last.revision - first.revision)) * WIDTH;
    return `${x.toFixed(1)},${(HEIGHT - (messages / most) * HEIGHT).toFixed(1)}`;
  };
  const line = points.map(place);
  const words = `From ${formatCount(first.messages, "message")} at revision ${first.revision} to ${formatCount(last.messages, "message")} at revision ${last.revision}; at most ${most.toLocaleString()}.`;
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
