import type { GlyphSet } from './glyphs.ts';

const COLUMNS = { unicode: '▁▂▃▄▅▆▇█', ascii: '_.-=+*%#' } as const;

/** Ends of a sparkline's scale; what is not given comes from the values. */
export interface SparklineRange {
  min?: number;
  max?: number;
  glyphs?: GlyphSet;
}

/**
 * Values as one row of columns of eight heights, exactly `width` cells, the newest at the right end. More values than
 * cells share cells, and the largest shows (a spike matters more than a mean); missing values leave a gap.
 */
export function sparkline(
  values: readonly (number | null)[],
  width: number,
  range: SparklineRange = {},
): string {
  const cells = inCells(values, Math.max(0, Math.floor(width)));
  const finite = cells.filter((value) => value !== null);
  const min = range.min ?? Math.min(...finite);
  const max = range.max ?? Math.max(...finite);
  const columns = COLUMNS[range.glyphs ?? 'unicode'];
  return cells
    .map((value) => {
      if (value === null) return ' ';
      const height = max > min ? (value / 2 - min / 2) / (max / 2 - min / 2) : 0;
      return columns[Math.min(7, Math.max(0, Math.floor(height * 8)))] ?? ' ';
    })
    .join('');
}

function inCells(values: readonly (number | null)[], width: number): (number | null)[] {
  const finite = (value: number | null | undefined) => (Number.isFinite(value) ? (value as number) : null);
  if (values.length <= width) {
    return [...Array<null>(width - values.length).fill(null), ...values.map(finite)];
  }
  const cells: (number | null)[] = Array<null>(width).fill(null);
  values.forEach((raw, i) => {
    const value = finite(raw);
    const cell = Math.floor((i * width) / values.length);
    const before = cells[cell];
    if (value !== null && cell < width && (before === null || before === undefined || value > before))
      cells[cell] = value;
  });
  return cells;
}
