import type { ExperimentPoint } from './experiment-point.ts';

/** What the y axis should span, in the metric's units. */
export interface ValueRange {
  low: number;
  high: number;
}

/**
 * The span from the best value ever kept (also one that was reverted) to the baseline, with a margin: that is where the
 * story is. A discard far beyond the
 * baseline must not squeeze it, so it is clipped; before anything is kept, the discards near the baseline set the scale.
 */
export function experimentsRange(
  points: readonly ExperimentPoint[],
  direction: 'minimize' | 'maximize',
  sigma: number | null,
): ValueRange | null {
  const finite = points.filter((point) => Number.isFinite(point.metric));
  if (finite.length === 0) return null;
  const values = finite.map((point) => point.metric as number);
  const anchors = finite
    .filter(({ kind }) => kind === 'kept' || kind === 'baseline' || kind === 'reverted')
    .map(({ metric }) => metric as number);
  const shown = anchors.length > 0 ? anchors : [median(values)];
  let low = smallest(shown);
  let high = largest(shown);
  const noise = sigma !== null && Number.isFinite(sigma) ? Math.abs(sigma) : 0;
  const span = Math.max(high - low, 3 * noise);

  // Near misses say more than empty space: the edges follow the points that lie not far outside of the story.
  const beyond = (value: number) => Math.max(0, direction === 'minimize' ? value - high : low - value);
  const usual = 1.1 * quantile(values.map(beyond), 0.7);
  const worse = Math.max(0.35 * span, anchors.length > 2 ? Math.min(usual, 2 * span) : usual);
  const better = 0.4 * span;
  const [below, above] = direction === 'minimize' ? [better, worse] : [worse, better];
  const near = values.filter((value) => value >= low - below && value <= high + above);
  low = Math.min(low, smallest(near));
  high = Math.max(high, largest(near));
  const margin = 0.06 * Math.max(high - low, span) || Math.abs(high) * 0.01 || 1e-9;
  return { low: low - margin, high: high + margin };
}

// Spreading the arguments of Math.min overflows the stack for long runs' arrays.
function smallest(values: readonly number[]): number {
  return values.reduce((least, value) => Math.min(value, least), Number.POSITIVE_INFINITY);
}

function largest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(value, most), Number.NEGATIVE_INFINITY);
}

function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
}
