import type { Experiment, RunState, Trial } from './state.ts';

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

/** What the trials of an undecided experiment have shown so far; null once it is decided, or before the first number. */
export function measuredSoFar({ verdict, trials }: Pick<Experiment, 'verdict' | 'trials'>): number | null {
  if (verdict !== null) return null;
  const judged = judgedTrials(trials);
  return judged.length === 0 ? null : meanMetric(judged);
}

/** Why an undecided experiment stands still: `the run was stopped; pawl resume goes on`; null while it goes on. @param lives an engine owns the run */
export function whyOpen({ ended, held }: Pick<RunState, 'ended' | 'held'>, lives: boolean): string | null {
  if (ended?.outcome === 'stopped') return 'the run was stopped; pawl resume goes on';
  if (ended) return `the run ${ended.outcome}`;
  if (!lives) return 'the run was cut off; pawl resume goes on';
  return held ? 'the run is held' : null;
}
