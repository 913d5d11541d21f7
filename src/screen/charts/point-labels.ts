import { takeColumns, width as widthOf } from '../text/cut.ts';
import type { CellGrid, CellStyle } from './cell-grid.ts';

/** A text that belongs to a point of the grid. */
export interface PointLabel {
  x: number;
  y: number;
  text: string;
  style: CellStyle;
}

/** Where labels may go: the plot's corner in the grid, and which way better lies. */
export interface LabelSpace {
  left: number;
  right: number;
  rows: number;
  better: 1 | -1;
  ellipsis: string;
}

const LONGEST = 45;
const SHORTEST = 14;

/**
 * Writes each label near its point if there are free cells, cut if need be, else not at all. The first come first:
 * give the important ones first.
 */
export function placeLabels(grid: CellGrid, labels: readonly PointLabel[], space: LabelSpace): void {
  for (const label of labels) {
    for (const length of lengthsToTry(label.text)) {
      const text = shortened(label.text, length, space.ellipsis);
      const width = widthOf(text);
      const spot = candidates(label, width, space.better).find(({ x, y }) => fits(grid, x, y, width, space));
      if (!spot) continue;
      // The blanks on both sides also wipe single cells of the noise band, which would look like dirt.
      grid.write(spot.x - 1, spot.y, ` ${text} `, label.style);
      break;
    }
  }
}

function lengthsToTry(text: string): number[] {
  const full = Math.min(LONGEST, widthOf(text));
  const lengths = [full, 34, 24, 18, SHORTEST].filter((length) => length <= full);
  return full === 0 ? [] : [...new Set(lengths)];
}

// The better side of the best line is empty by nature, so the left of a new best is nearly always free; then under
// (over) the line on that side; then the worse side, right of the corner that the line makes.
function candidates({ x, y }: PointLabel, width: number, better: 1 | -1): { x: number; y: number }[] {
  return [
    { x: x - width - 1, y },
    { x: x + 1, y: y + better },
    { x: x - width - 1, y: y + better },
    { x: x + 2, y: y - better },
    { x: x + 2, y },
  ];
}

function fits(grid: CellGrid, x: number, y: number, width: number, space: LabelSpace): boolean {
  // A blank is kept on both sides, also from the axis; only the right edge may be touched.
  if (y < 0 || y >= space.rows || x <= space.left || x + width > space.right) return false;
  return grid.isRunFree(x - 1, y, Math.min(width + 2, space.right - x + 1));
}

function shortened(text: string, columns: number, ellipsis: string): string {
  return widthOf(text) <= columns ? text : takeColumns(text, columns - 1).trimEnd() + ellipsis;
}
