import type { CellGrid } from './cell-grid.ts';
import type { ExperimentPoint } from './experiment-point.ts';
import type { ChartGlyphs } from './glyphs.ts';
import { place, type YScale } from './y-scale.ts';

/** A stretch of the running best: from this column on, the best is `value`. */
export interface BestStep {
  column: number;
  value: number;
}

/** The running best over the kept points (and the baseline), in the order of the points; without columns by index. */
export function bestSteps(
  points: readonly ExperimentPoint[],
  columns: readonly number[],
  direction: 'minimize' | 'maximize',
): BestStep[] {
  const steps: BestStep[] = [];
  points.forEach(({ kind, metric }, i) => {
    if ((kind !== 'kept' && kind !== 'baseline') || metric === null || !Number.isFinite(metric)) return;
    const best = steps.at(-1)?.value;
    const better = best === undefined || (direction === 'minimize' ? metric < best : metric > best);
    if (better) steps.push({ column: columns[i] ?? i, value: metric });
  });
  return steps;
}

/**
 * Shades the cells within one sigma of the best as it is now: a point in there may be luck. Drawn last, and only where
 * it is one piece along the line: single boxes between points and labels say nothing.
 */
export function drawNoiseBand(
  grid: CellGrid,
  steps: readonly BestStep[],
  sigma: number,
  scale: YScale,
  left: number,
  last: number,
  glyphs: ChartGlyphs,
): void {
  const now = steps.at(-1);
  if (!now) return;
  const [top, bottom] = [place(scale, now.value + sigma).row, place(scale, now.value - sigma).row];
  const line = place(scale, now.value).row;
  // A band of the line's own row says nothing, one on a single side looks like a thing of its own, and one that fills
  // the chart says it too loudly.
  if (top === line || bottom === line || bottom - top > scale.rows * 0.6) return;
  const cells: [x: number, row: number][] = [];
  for (let x = now.column + 1; x <= last; x++)
    for (let row = top; row <= bottom; row++) if (row !== line) cells.push([left + x, row]);
  if (!cells.every(([x, row]) => grid.isFree(x, row))) return;
  for (const [x, row] of cells)
    if (grid.isBlank(x, row)) grid.decorate(x, row, glyphs.band, { tone: 'band' });
}

/** Draws the running best as a step line that ends at column `last`. */
export function drawBestLine(
  grid: CellGrid,
  steps: readonly BestStep[],
  scale: YScale,
  left: number,
  last: number,
  glyphs: ChartGlyphs,
): void {
  const style = { tone: 'kept' } as const;
  steps.forEach(({ column, value }, i) => {
    const row = place(scale, value).row;
    const next = steps[i + 1];
    const end = next ? next.column : last + 1;
    for (let x = column; x < end; x++) {
      // Several steps in one column have drawn their vertical there already.
      if (grid.isFree(left + x, row)) grid.put(left + x, row, glyphs.horizontal, style);
    }
    if (!next) return;
    const target = place(scale, next.value).row;
    if (target === row) return;
    const [leave, arrive] =
      target > row ? [glyphs.leaveDown, glyphs.arriveDown] : [glyphs.leaveUp, glyphs.arriveUp];
    const x = left + next.column;
    grid.put(x, row, next.column > column ? leave : glyphs.vertical, style);
    for (let y = Math.min(row, target) + 1; y < Math.max(row, target); y++)
      grid.put(x, y, glyphs.vertical, style);
    grid.put(x, target, arrive, style);
  });
}
