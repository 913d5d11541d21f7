import type { ExperimentPoint } from './experiment-point.ts';

/** What the y axis should span, in the metric's units. */
export interface ValueRange {
  low: number;
  high: number;
}

const MOST_SAMPLES = 1000;

/**
 * The span from the best value ever kept (also one that was reverted) to the baseline, with a margin: that is where the
 * story is. A discard far beyond the baseline must not squeeze it, so it is clipped; before anything is kept, the
 * discards near the baseline set the scale.
 */
export function experimentsRange(
  points: readonly ExperimentPoint[],
  direction: 'minimize' | 'maximize',
  sigma: number | null,
): ValueRange | null {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let anchors = 0;
  let finite = 0;
  const values: number[] = [];
  for (const { kind, metric } of points) {
    if (!Number.isFinite(metric)) continue;
    const value = metric as number;
    finite += 1;
    values.push(value);
    if (kind !== 'kept' && kind !== 'baseline' && kind !== 'reverted') continue;
    anchors += 1;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (finite === 0) return null;
  const sample = spread(values);
  if (anchors === 0) low = high = quantile(sample, 0.5);
  const noise = sigma !== null && Number.isFinite(sigma) ? Math.abs(sigma) : 0;
  const span = Math.max(high - low, 3 * noise);

  // Near misses say more than empty space: the edges follow the points that lie not far outside of the story.
  const beyond = (value: number) => Math.max(0, direction === 'minimize' ? value - high : low - value);
  const usual = 1.1 * quantile(sample.map(beyond), 0.7);
  const worse = Math.max(0.35 * span, anchors > 2 ? Math.min(usual, 2 * span) : usual);
  const better = 0.4 * span;
  const [below, above] = direction === 'minimize' ? [better, worse] : [worse, better];
  const [least, most] = [low - below, high + above];
  for (const value of values) {
    if (value < least || value > most) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const margin = 0.06 * Math.max(high - low, span) || Math.abs(high) * 0.01 || 1e-9;
  return { low: low - margin, high: high + margin };
}

// Sorting a night's thousands for every drawing would cost more than the drawing.
function spread(values: readonly number[]): number[] {
  const stride = Math.ceil(values.length / MOST_SAMPLES);
  return stride <= 1 ? values.slice() : values.filter((_, i) => i % stride === 0);
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
}
