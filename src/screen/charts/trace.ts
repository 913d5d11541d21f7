import type { DotCanvas } from './dot-canvas.ts';
import { heightOf, type YScale } from './y-scale.ts';

/** A point of a curve: x is a step or a time, y the value there. */
export interface XY {
  x: number;
  y: number;
}

/**
 * Draws a curve: in each dot column the whole reach from its smallest to its largest value, so that no spike is lost
 * however many points share the column, and a line to the column before. A value that is not finite breaks the line.
 */
export function drawTrace(
  canvas: DotCanvas,
  points: readonly XY[],
  scale: YScale,
  xLow: number,
  xHigh: number,
): void {
  const bottom = canvas.height - 1;
  // One row beyond the edges stands for everything outside: a clipped curve leaves the chart instead of hugging its edge.
  const rowOf = (y: number) =>
    Math.min(bottom + 1, Math.max(-1, Math.round((1 - heightOf(scale, y)) * bottom)));
  const perX = (canvas.width - 1) / (xHigh - xLow || 1);
  let before = null as Dot | null;
  // The reach of the values in the current column, drawn when the column is left.
  let [top, low] = [0, 0];
  for (const { x, y } of points) {
    if (!Number.isFinite(y) || !Number.isFinite(x) || (scale.log && y <= 0)) {
      if (before) canvas.fillColumn(before.column, top, low);
      before = null;
      continue;
    }
    const column = Math.round((x - xLow) * perX);
    const row = rowOf(y);
    if (before?.column === column) {
      if (row < top) top = row;
      else if (row > low) low = row;
      before.row = row;
      continue;
    }
    if (before) {
      canvas.fillColumn(before.column, top, low);
      if (column > before.column) connect(canvas, before, { column, row });
    }
    [top, low] = [row, row];
    before = { column, row };
  }
  if (before) canvas.fillColumn(before.column, top, low);
}

interface Dot {
  column: number;
  row: number;
}

function connect(canvas: DotCanvas, from: Dot, to: Dot): void {
  const width = to.column - from.column;
  let last = from.row;
  for (let column = from.column + 1; column <= to.column; column++) {
    const row = Math.round(from.row + ((to.row - from.row) * (column - from.column)) / width);
    // Start beside the dot before, not level with it, where the line is steep.
    const start = Math.abs(row - last) > 1 ? last + Math.sign(row - last) : row;
    canvas.fillColumn(column, start, row);
    last = row;
  }
}
