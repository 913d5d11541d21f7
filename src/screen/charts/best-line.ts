import type { CellGrid } from './cell-grid.ts';
import type { ExperimentPoint } from './experiment-point.ts';
import type { ChartGlyphs } from './glyphs.ts';
import { heightOf, place, type YScale } from './y-scale.ts';

/** A stretch of the running best: from this column on, the best is `value`. */
export interface BestStep {
  column: number;
  value: number;
}

/**
 * The running best over the kept points (and the baseline), in the order of the points; without columns by index.
 * A number that nothing was judged by has no best: with `direction` null the line follows the champion's values.
 */
export function bestSteps(
  points: readonly ExperimentPoint[],
  columns: readonly number[],
  direction: 'minimize' | 'maximize' | null,
): BestStep[] {
  const steps: BestStep[] = [];
  for (let i = 0; i < points.length; i++) {
    const { kind, metric } = points[i]!;
    if ((kind !== 'kept' && kind !== 'baseline') || metric === null || !Number.isFinite(metric)) continue;
    const best = steps.at(-1)?.value;
    const wanted =
      best === undefined || direction === null || (direction === 'minimize' ? metric < best : metric > best);
    if (wanted) steps.push({ column: columns[i] ?? i, value: metric });
  }
  return steps;
}

/**
 * Shades the cells within one sigma of the running best, as decoration that points and labels may cover: a point in
 * there may be luck. A band of less than a row says nothing, and one that fills the chart says it too loudly.
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
  steps.forEach(({ column, value }, i) => {
    const reach = Math.abs(heightOf(scale, value + sigma) - heightOf(scale, value)) * (scale.rows - 1);
    // As far up as down, or one side would look like a thing of its own.
    const rows = Math.round(reach);
    if (reach < 0.7 || !(rows <= scale.rows * 0.3)) return;
    const line = place(scale, value).row;
    const end = steps[i + 1]?.column ?? last + 1;
    for (let x = column + 1; x < end; x++)
      for (let row = Math.max(0, line - rows); row <= Math.min(scale.rows - 1, line + rows); row++)
        if (row !== line) grid.decorate(left + x, row, glyphs.band, { tone: 'band' });
  });
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
