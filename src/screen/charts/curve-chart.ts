import type { Row } from '../spans.ts';
import { CellGrid } from './cell-grid.ts';
import { countLabel, drawXLabels, drawYAxis, yAxis } from './chart-axes.ts';
import { type CurveRange, curveRange } from './curve-range.ts';
import { DotCanvas } from './dot-canvas.ts';
import { chartGlyphs, type GlyphSet } from './glyphs.ts';
import { niceTicks, shortNumber } from './ticks.ts';
import { drawTrace, type XY } from './trace.ts';
import { place, type YScale, yScale } from './y-scale.ts';

export interface CurveChartInput {
  /** The running trial's curve, x ascending, in seconds. */
  current: readonly XY[];
  /** The champion's curve, drawn dim under it. */
  reference: readonly XY[] | null;
  /** Where the x axis ends at least, such as the budget or the last step of the champion. */
  xMax?: number;
  /** Cells. */
  width: number;
  /** Rows. */
  height: number;
  log?: boolean;
  glyphs?: GlyphSet;
}

/** A live curve over the champion's. Exactly `height` rows of exactly `width` cells, for any input. */
export function curveChart(input: CurveChartInput): Row[] {
  const grid = new CellGrid(input.width, input.height);
  const set = input.glyphs ?? 'unicode';
  const numbersRow = grid.height >= 5 && grid.width >= 24;
  const rows = grid.height - Number(numbersRow);
  const range = curveRange(input.current, input.reference ?? [], input.xMax);
  if (!range || rows < 1 || grid.width < 1) return grid.rows();

  const scale = yScale(range.yLow, range.yHigh, rows, input.log);
  let left = 0;
  if (grid.width >= 24) {
    const axis = yAxis(scale);
    drawYAxis(grid, axis, rows, chartGlyphs[set]);
    left = axis.gutter;
  }
  const columns = grid.width - left;
  for (const [points, tone, mark] of [
    [input.reference ?? [], 'dim', '.'],
    [input.current, 'live', '*'],
  ] as const) {
    const canvas = new DotCanvas(columns, rows, set);
    drawTrace(canvas, points, scale, range.xLow, range.xHigh);
    canvas.paint(grid, left, tone, mark);
  }
  if (numbersRow) {
    const most = Math.max(2, Math.min(6, Math.floor(columns / 14)));
    const labels = niceTicks(range.xLow, range.xHigh, most).map((x) => ({
      column: left + Math.round(((x - range.xLow) / (range.xHigh - range.xLow)) * (columns - 1)),
      text: `${countLabel(x)}s`,
    }));
    drawXLabels(grid, labels, grid.height - 1, left);
  }
  writeLatest(grid, input, scale, range, left);
  return grid.rows();
}

// The latest value in words, right of the curve's end, on the first row near it that is free.
function writeLatest(
  grid: CellGrid,
  { current }: CurveChartInput,
  scale: YScale,
  { xLow, xHigh }: CurveRange,
  left: number,
): void {
  const latest = current.findLast(({ x, y }) => Number.isFinite(x) && Number.isFinite(y));
  if (!latest || left === 0) return;
  const text = shortNumber(latest.y, 7);
  const end = left + Math.round(((latest.x - xLow) / (xHigh - xLow)) * (grid.width - left - 1));
  const { row } = place(scale, latest.y);
  const x = Math.min(end + 2, grid.width - text.length);
  for (const y of [row, row - 1, row + 1, row - 2, row + 2]) {
    if (y < 0 || y >= scale.rows || !grid.isRunFree(x - 1, y, text.length + 1)) continue;
    grid.write(x, y, text, { tone: 'live', bold: true });
    return;
  }
}
