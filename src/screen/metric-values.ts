import { judgedTrials, meanMetric } from '../journal/judged-trials.ts';
import type { Experiment, RunState } from '../journal/state.ts';
import { experimentsOf } from './selectors.ts';

/** The value of an experiment that the chart draws: the judged metric, or the mean of another number its trials printed. */
export function shownValue(e: Experiment, metric: string | null): number | null {
  if (metric === null) return e.metric;
  const printed = judgedTrials(e.trials).flatMap(({ metrics }) => {
    const value = metrics[metric];
    return value !== undefined && Number.isFinite(value) ? [{ metric: value }] : [];
  });
  return printed.length === 0 ? null : meanMetric(printed);
}

/** Names of the other numbers that trials of this run printed, guards first, then in the order they came. */
export function otherMetrics(run: RunState): string[] {
  const own = run.settings?.metric.name;
  const names = new Set(run.settings?.guards.map(({ name }) => name));
  const printed = new Set<string>();
  // The newest say what is printed now, the oldest what was printed by the baseline; in between is more of the same.
  const all = experimentsOf(run);
  for (const e of [...all.slice(0, 20), ...all.slice(-20)])
    for (const trial of e.trials) for (const name of Object.keys(trial.metrics)) printed.add(name);
  for (const name of printed) names.add(name);
  return [...names].filter((name) => name !== own && printed.has(name));
}

/** True when every value that the chart would draw is above zero. */
export function valuesArePositive(run: RunState, metric: string | null): boolean {
  return experimentsOf(run).every((e) => {
    const value = shownValue(e, metric);
    return value === null || value > 0;
  });
}
