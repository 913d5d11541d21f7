import type { Experiment, RunState } from '../journal/state.ts';
import type { Snapshot } from './store.ts';

/** Experiments that exist, in order of their numbers. */
export function experimentsOf(run: RunState): Experiment[] {
  return run.experiments.filter(Boolean);
}

/** The undecided experiment, or null. */
export function currentExperiment(run: RunState): Experiment | null {
  return run.current === null ? null : (run.experiments[run.current] ?? null);
}

/** The experiment that the panes show: the selected one, else the running one, else the latest. */
export function shownExperiment({ run, view }: Pick<Snapshot, 'run' | 'view'>): Experiment | null {
  if (view.selected !== null) return run.experiments[view.selected] ?? null;
  return currentExperiment(run) ?? run.experiments.at(-1) ?? null;
}

/** True while a trial is being timed. */
export function trialRuns({ run, live }: Pick<Snapshot, 'run' | 'live'>): boolean {
  return run.ended === null && (live.phase.phase === 'training' || live.phase.phase === 'baseline');
}

/** A hold that was asked for but waits for the trial's end. */
export function holdPending({ run, live }: Pick<Snapshot, 'run' | 'live'>): boolean {
  return (
    run.ended === null && live.phase.phase !== 'held' && (run.held !== null || live.wishes.hold !== null)
  );
}

/** The measured number of the champion and of the baseline. */
export function bestAndBaseline(run: RunState): { best: number | null; baseline: number | null } {
  return {
    best: run.experiments[run.champion.n]?.metric ?? null,
    baseline: run.experiments[0]?.metric ?? null,
  };
}

/** True when gains are relative (the decision scale is logarithmic), as the policy chooses it. */
export function relativeScale(run: RunState): boolean {
  const scale = run.settings?.metric.scale ?? 'auto';
  if (scale !== 'auto') return scale === 'log';
  return (run.experiments[0]?.metric ?? 1) > 0;
}

/** How the metric changed against the champion, in its own sign: a fraction, or a difference on an absolute scale. */
export function changeOf(run: RunState, gain: number): { value: number; relative: boolean } {
  const better = run.settings?.metric.direction === 'maximize' ? gain : -gain;
  return relativeScale(run)
    ? { value: Math.expm1(better), relative: true }
    : { value: better, relative: false };
}

/** Experiments decided per hour, over the last twenty; null before there is anything to say. */
export function perHour(run: RunState): number | null {
  const ends = experimentsOf(run)
    .filter((e) => e.n > 0 && e.endedAt !== null)
    .slice(-20);
  if (ends.length < 2) return null;
  const ms = Date.parse(ends.at(-1)!.endedAt!) - Date.parse(ends[0]!.startedAt);
  return ms > 0 ? (ends.length / ms) * 3_600_000 : null;
}
