// How much one run differs from the next without any change: facts behind every "really better".

export interface Spread {
  /** Standard deviation of one run, pooled over all groups of repeats; 0 when every repeat was the same. */
  sd: number;
  /** Degrees of freedom behind it; below 2 it says nothing. */
  df: number;
}

/**
 * Pools repeats of the same code state (baselines, confirmations, champion again).
 * One wild run must not blunt every later decision: residuals are clipped at four robust sigmas (1.4826 x median
 * absolute residual) once there are eight of them. Few repeats underestimate: s is inflated by 1 + 1/(2 df).
 */
export function pooledSpread(groups: Iterable<readonly number[]>): Spread {
  const repeated: { middle: number; values: readonly number[] }[] = [];
  const residuals: number[] = [];
  for (const values of groups) {
    if (values.length < 2) continue;
    const middle = median(values);
    repeated.push({ middle, values });
    for (const x of values) if (x !== middle) residuals.push(Math.abs(x - middle));
  }
  const cap = residuals.length >= 8 ? 4 * 1.4826 * median(residuals) : Number.POSITIVE_INFINITY;
  let squares = 0;
  let df = 0;
  for (const { middle, values } of repeated) {
    const clipped = values.map((x) => Math.min(middle + cap, Math.max(middle - cap, x)));
    const m = mean(clipped);
    // The mean of equal numbers can miss them by one rounding: equal runs must give exactly zero.
    if (clipped.some((x) => x !== clipped[0])) for (const x of clipped) squares += (x - m) ** 2;
    df += values.length - 1;
  }
  if (df === 0) return { sd: 0, df: 0 };
  return { sd: Math.sqrt(squares / df) * (1 + 1 / (2 * df)), df };
}

/** Every repeat so far gave exactly the same number: no confirmation can tell anything new. */
export function repeatsExactly(spread: Spread): boolean {
  return spread.df >= 2 && spread.sd === 0;
}

/** Rounding alone makes a uniform error of one step: its standard deviation is step / sqrt(12). */
export function roundingFloor(resolution: number): number {
  return resolution / Math.sqrt(12);
}

/** Sampling noise of a pass rate over `items` items, with the Agresti-Coull shift that keeps 0 % and 100 % from looking exact. */
export function passRateFloor(rate: number, items: number): number {
  const p = (rate * items + 1) / (items + 2);
  return Math.sqrt((p * (1 - p)) / items);
}

/** @returns NaN for an empty list */
export function mean(values: readonly number[]): number {
  let sum = 0;
  for (const x of values) sum += x;
  return sum / values.length;
}

/** @returns NaN for an empty list */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
