import type { Spot } from './bucket-points.ts';
import type { CellGrid } from './cell-grid.ts';
import { pointRank, pointTones, standsBelow } from './experiment-point.ts';
import type { ChartGlyphs } from './glyphs.ts';
import { place, type YScale } from './y-scale.ts';

/** Where points may stand: the plot's left edge, the row of those without a value, the running one's waiting place. */
export interface PointSpace {
  left: number;
  noneRow: number | null;
  glyphs: ChartGlyphs;
  /** The running best at the end: where a point without a value of its own is shown. */
  level: number | undefined;
}

/** Draws the markers and returns the row of each, null for one that could not be placed. */
export function drawMarks(
  grid: CellGrid,
  spots: readonly Spot[],
  scale: YScale,
  { left, noneRow, glyphs, level }: PointSpace,
): (number | null)[] {
  const taken = new Map<number, { rank: number; count: number }>();
  return spots.map(({ point, column, count: stands, middle }) => {
    const { kind, metric } = point;
    const x = left + column;
    let row: number;
    let mark = glyphs.marks[kind];
    if (standsBelow(point)) {
      if (noneRow === null) return null;
      row = noneRow;
    } else {
      // The running one waits at the best; before anything is measured there is no place for it.
      const value = Number.isFinite(metric) ? (metric as number) : level;
      if (value === undefined) return null;
      let { row: at, clipped } = place(scale, value);
      // A crowd would bury the line under beads: it gives way, to its middle or altogether.
      const onLine = () => !grid.isFree(x, at) && !taken.has(at * 4096 + x);
      if (middle !== undefined && onLine()) {
        ({ row: at, clipped } = place(scale, middle));
        if (onLine()) return null;
      }
      row = at;
      if (clipped && kind !== 'kept') mark = clipped === 'above' ? glyphs.above : glyphs.below;
    }
    const key = row * 4096 + x;
    const before = taken.get(key);
    const count = (before?.count ?? 0) + stands;
    const rank = pointRank[kind];
    if (!before || rank >= before.rank) {
      if (mark === glyphs.marks.discarded) mark = glyphs.density[count < 2 ? 0 : count < 5 ? 1 : 2];
      grid.put(x, row, mark, { tone: pointTones[kind], bold: rank >= pointRank.baseline });
    }
    taken.set(key, { rank: Math.max(rank, before?.rank ?? 0), count });
    return row;
  });
}
