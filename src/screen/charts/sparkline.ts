import { chartGlyphs, type GlyphSet } from './glyphs.ts';

const COLUMNS = { unicode: '▁▂▃▄▅▆▇█', ascii: '_.-=+*%#' } as const;
const EIGHTHS = ' ▏▎▍▌▋▊▉█';

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

/** A horizontal bar of exactly `width` cells, to an eighth of a cell; unknown is a dashed line. */
export function bar(fraction: number | null, width: number, glyphs: GlyphSet = 'unicode'): string {
  const cells = Math.max(0, Math.floor(width));
  if (fraction === null || Number.isNaN(fraction)) return (glyphs === 'ascii' ? '.' : '╌').repeat(cells);
  const share = Math.min(1, Math.max(0, fraction));
  if (glyphs === 'ascii') return '#'.repeat(Math.round(share * cells)).padEnd(cells, chartGlyphs.ascii.band);
  const eighths = Math.round(share * cells * 8);
  const full = Math.floor(eighths / 8);
  const rest = full < cells ? EIGHTHS[eighths % 8]! : '';
  return ('█'.repeat(full) + rest).padEnd(cells, ' ').slice(0, cells);
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
