import type { RunState } from './state.ts';

export interface LuckyBar {
  /** The champion's experiment, and the number that it showed. */
  n: number;
  shown: number;
  /** What the next idea has to beat, in the metric's unit. */
  bar: number;
}

/** The bar, where it differs from what the champion showed by so much that people see it; null where the two are one. */
export function luckyBar({ bar, champion, experiments }: RunState): LuckyBar | null {
  const shown = experiments[champion.n]?.metric ?? null;
  if (bar === null || shown === null || champion.n === 0) return null;
  return Math.abs(bar - shown) < 1e-4 * Math.max(Math.abs(bar), Math.abs(shown))
    ? null
    : { n: champion.n, shown, bar };
}
