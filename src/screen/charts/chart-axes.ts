import type { CellGrid } from './cell-grid.ts';
import type { ChartGlyphs } from './glyphs.ts';
import { shortNumber, tickLabels } from './ticks.ts';
import { scaleTicks, type YScale } from './y-scale.ts';

const LONGEST_LABEL = 7;

/** The y axis ready to draw: `gutter` cells of labels and a line. */
export interface YAxis {
  gutter: number;
  labels: { row: number; text: string }[];
}

/** Chooses the labels of the y axis. `least` keeps room for other words in the gutter, such as `none`. */
export function yAxis(scale: YScale, least = 0): YAxis {
  const ticks = scaleTicks(scale);
  const texts = tickLabels(
    ticks.map(({ value }) => value),
    LONGEST_LABEL,
  );
  const labels = ticks.map(({ row }, i) => ({ row, text: texts[i]! }));
  return { gutter: Math.max(least, ...texts.map((text) => text.length)) + 1, labels };
}

/** Draws the y axis into the left of the grid. */
export function drawYAxis(grid: CellGrid, axis: YAxis, rows: number, glyphs: ChartGlyphs): void {
  const x = axis.gutter - 1;
  for (let row = 0; row < rows; row++) grid.put(x, row, glyphs.axis, { tone: 'border' });
  for (const { row, text } of axis.labels) {
    grid.write(x - text.length, row, text, { tone: 'dim' });
    grid.put(x, row, glyphs.tick, { tone: 'border' });
  }
}

/** A label of the x axis: centred at a column of the grid, left out if it would touch one drawn before. */
export interface XLabel {
  column: number;
  text: string;
  strong?: boolean;
}

/** Draws labels under the plot, in the order given: the important ones come first. */
export function drawXLabels(grid: CellGrid, labels: readonly XLabel[], row: number, from: number): void {
  for (const { column, text, strong } of labels) {
    const start = Math.min(
      Math.max(from, column - Math.floor((text.length - 1) / 2)),
      grid.width - text.length,
    );
    const left = Math.max(from, start - 1);
    const right = Math.min(grid.width, start + text.length + 1);
    if (start < from || !grid.isRunFree(left, row, right - left)) continue;
    grid.write(start, row, text, strong ? { tone: 'focus', bold: true } : { tone: 'dim' });
  }
}

/** A whole number or a short form of it: 953, 12.5k. */
export function countLabel(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e5 ? String(value) : shortNumber(value, 6);
}
