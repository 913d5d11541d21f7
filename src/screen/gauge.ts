import type { Row, Tone } from './spans.ts';

/**
 * A share of something as a thin line of exactly `columns` columns, to half a column.
 * A line, not a block: rows of blocks grow together to one loud patch.
 */
export function gauge(share: number | null, columns: number, tone: Tone): Row {
  if (share === null || Number.isNaN(share)) return [{ text: '╌'.repeat(columns), tone: 'border' }];
  const halves = Math.round(Math.min(1, Math.max(0, share)) * columns * 2);
  const full = Math.floor(halves / 2);
  const half = halves % 2 === 1 ? '╸' : '';
  return [
    { text: '━'.repeat(full) + half, tone },
    { text: '─'.repeat(columns - full - half.length), tone: 'border' },
  ];
}
