import type { Trial } from './state.ts';

/** The trials that an experiment is judged by: they gave a number, and were not run for the claim alone. */
export function judgedTrials(trials: readonly Trial[]): (Trial & { metric: number })[] {
  return trials.filter(
    (t): t is Trial & { metric: number } =>
      t.outcome === 'ok' && t.metric !== null && t.role !== 'verify' && t.role !== 'held-out',
  );
}

/** Mean of the numbers of judged trials; NaN for none. */
export function meanMetric(judged: readonly { metric: number }[]): number {
  return judged.reduce((sum, { metric }) => sum + metric, 0) / judged.length;
}
