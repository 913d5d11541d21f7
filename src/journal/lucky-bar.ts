import type { RunState } from './state.ts';

export interface LuckyBar {
  /** The champion's experiment, and the number that it showed. */
  n: number;
  shown: number;
  /** What the next idea has to beat, in the metric's unit. */
  bar: number;
}

/** Less of the champion's whole gain than this between the two, and nobody needs a second number. */
const leastShare = 0.02;

/** The bar, where it differs from what the champion showed by so much that it matters; null where the two are as good as one. */
export function luckyBar({ bar, champion, experiments, settings }: RunState): LuckyBar | null {
  const shown = experiments[champion.n]?.metric ?? null;
  if (bar === null || shown === null || champion.n === 0) return null;
  // Luck only ever flatters: a bar that is better than what was shown is another thing (fresh runs that went well).
  if (settings?.metric.direction === 'maximize' ? bar > shown : bar < shown) return null;
  const apart = Math.abs(bar - shown);
  const gained = Math.abs((experiments[0]?.metric ?? bar) - shown);
  const seen = apart >= 1e-4 * Math.max(Math.abs(bar), Math.abs(shown));
  return seen && apart >= leastShare * gained ? { n: champion.n, shown, bar } : null;
}
