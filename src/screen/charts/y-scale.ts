import { logTicks } from './ticks.ts';

/** From values to rows of a chart. Row 0 is the top; a value beyond an end is told by `above` and `below`. */
export interface YScale {
  low: number;
  high: number;
  log: boolean;
  rows: number;
  /** Values that deserve a label, ascending. */
  ticks: number[];
}

/** A row for a value, and whether it really lies there or beyond that edge. */
export interface Placed {
  row: number;
  clipped: 'above' | 'below' | null;
}

/**
 * A scale that holds [low, high]. A linear one is widened a little, so that its round values fall exactly on rows, at
 * equal distances. Equal or missing ends are spread; a log scale needs positive ones, else the scale is linear.
 */
export function yScale(low: number, high: number, rows: number, log = false): YScale {
  const height = Math.max(1, rows);
  let [bottom, top] = low <= high ? [low, high] : [high, low];
  if (!Number.isFinite(bottom) || !Number.isFinite(top)) [bottom, top] = [0, 1];
  if (!(top > bottom)) {
    const spread = Math.max(Math.abs(top) * 0.01, 1e-9);
    [bottom, top] = [bottom - spread, top + spread];
  }
  if (log && bottom > 0) {
    const ticks = logTicks(bottom, top, Math.max(2, Math.min(5, Math.floor((height + 1) / 2))));
    return { low: bottom, high: top, log: true, rows: height, ticks };
  }
  return (
    evenScale(bottom, top, height) ?? {
      low: bottom,
      high: top,
      log: false,
      rows: height,
      ticks: [bottom, top],
    }
  );
}

/** How far up a value lies: 0 at the low end, 1 at the high end, outside of that beyond them. */
export function heightOf(scale: YScale, value: number): number {
  const { low, high, log } = scale;
  if (log) return value > 0 ? Math.log(value / low) / Math.log(high / low) : Number.NEGATIVE_INFINITY;
  // Halved first: the span of two huge ends overflows.
  return (value / 2 - low / 2) / (high / 2 - low / 2);
}

/** The row of a value. Half a row beyond an end still counts as inside. */
export function place(scale: YScale, value: number): Placed {
  const last = scale.rows - 1;
  const exact = (1 - heightOf(scale, value)) * last;
  if (exact < -0.5) return { row: 0, clipped: 'above' };
  if (exact > last + 0.5) return { row: last, clipped: 'below' };
  return { row: Math.min(last, Math.max(0, Math.round(exact))), clipped: null };
}

/** The scale's labelled values with their rows, each row once, from the top. */
export function scaleTicks(scale: YScale): { value: number; row: number }[] {
  const byRow = new Map<number, number>();
  for (const value of scale.ticks) byRow.set(place(scale, value).row, value);
  return [...byRow].map(([row, value]) => ({ row, value })).sort((a, b) => a.row - b.row);
}

// Tries round steps that span a whole number of rows, and takes the one that widens the scale least.
function evenScale(low: number, high: number, rows: number): YScale | null {
  if (rows < 4) return null;
  const least = high / (rows - 1) - low / (rows - 1);
  const rowsPerStep = rows < 8 ? [2] : rows < 12 ? [2, 3] : rows < 16 ? [3, 4] : [3, 4, 5, 6];
  let best: { unit: number; step: number } | null = null;
  for (const perStep of rowsPerStep) {
    const power = 10 ** Math.floor(Math.log10(least * perStep));
    for (const factor of [1, 2, 2.5, 5, 10, 20]) {
      const step = factor * power;
      const unit = step / perStep;
      const first = Math.floor(low / unit + 1e-9);
      const holds = (first + rows - 1) * unit >= high - unit * 1e-6;
      if (holds && (!best || unit < best.unit * 0.999)) best = { unit, step };
    }
  }
  if (!best || !Number.isFinite(best.unit) || best.unit === 0) return null;
  const { unit, step } = best;
  // What the widening adds is shared between both ends; a positive quantity keeps zero as its floor.
  const over = Math.floor(low / unit + 1e-9) + rows - 1 - Math.ceil(high / unit - 1e-9);
  // A hair beyond the last row counts as held, and is no spare row the other way.
  const spare = Math.max(0, over);
  let first = Math.floor(low / unit + 1e-9) - Math.floor(spare / 2);
  if (low >= 0 && first < 0) first = 0;
  const bottom = first * unit;
  const top = (first + rows - 1) * unit;
  // Values so close together that doubles cannot tell the rows apart.
  if (!(top > bottom) || bottom + unit === bottom) return null;
  const ticks: number[] = [];
  const from = Math.ceil(bottom / step - 1e-6);
  for (let i = 0; i <= rows && (from + i) * step <= top + unit * 1e-6; i++) ticks.push((from + i) * step);
  return { low: bottom, high: top, log: false, rows, ticks };
}
