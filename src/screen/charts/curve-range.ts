import type { XY } from './trace.ts';

/** The window of a curve chart in data units. */
export interface CurveRange {
  xLow: number;
  xHigh: number;
  yLow: number;
  yHigh: number;
}

const SAMPLES = 400;
const FEW = 40;

/**
 * The window for two curves, or null if there is nothing to draw. The x axis holds everything; the y axis leaves the
 * few wildest values out (the first steps of a loss, a divergence), which would squeeze the rest flat.
 */
export function curveRange(
  current: readonly XY[],
  reference: readonly XY[],
  xMax: number | undefined,
): CurveRange | null {
  let xLow = Number.POSITIVE_INFINITY;
  let xHigh = xMax !== undefined && Number.isFinite(xMax) ? xMax : Number.NEGATIVE_INFINITY;
  const sample: number[] = [];
  let yLow = Number.POSITIVE_INFINITY;
  let yHigh = Number.NEGATIVE_INFINITY;
  for (const points of [current, reference]) {
    const stride = Math.max(1, Math.floor(points.length / SAMPLES));
    for (let i = 0; i < points.length; i++) {
      const { x, y } = points[i]!;
      if (!Number.isFinite(x) || !Number.isFinite(y)) continue;
      if (x < xLow) xLow = x;
      if (x > xHigh) xHigh = x;
      if (y < yLow) yLow = y;
      if (y > yHigh) yHigh = y;
      // Sorting all points of a long curve for every frame would cost more than drawing them.
      if (i % stride === 0) sample.push(y);
    }
  }
  if (xLow === Number.POSITIVE_INFINITY) return null;
  // As numbers, which need no objects to be compared.
  const sorted = Float64Array.from(sample).sort();
  const quantile = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? yLow;
  // A short curve has no wild values yet, only its first ones.
  const whole = sample.length < FEW;
  const reach = (quantile(0.9) - quantile(0.1)) * 0.5;
  const low = whole ? yLow : Math.max(yLow, quantile(0.02) - reach);
  const high = whole ? yHigh : Math.min(yHigh, quantile(0.9) + reach);
  const margin = (high - low) * 0.04;
  if (!(xHigh > xLow)) [xLow, xHigh] = [xLow - 0.5, xLow + 0.5];
  return { xLow, xHigh, yLow: low - (low > margin ? margin : 0), yHigh: high + margin };
}
