import type { Settings } from '../protocol/settings.ts';
import type { Verdict } from '../protocol/words.ts';

/** The part of the run's state that stop rules read; `RunState` fits. */
export interface StopState {
  settings: Pick<Settings, 'stop' | 'metric'> | null;
  champion: { n: number };
  experiments: readonly ({ n: number; verdict: Verdict | null; metric: number | null } | undefined)[];
}

/** Why the run is over, in plain words; null = go on. `elapsedMs`: how long the run has been running. */
export function shouldStop(state: StopState, elapsedMs: number): string | null {
  const { settings } = state;
  if (!settings) return null;
  const { stop, metric } = settings;

  const decided = state.experiments.filter((e) => e !== undefined && e.n > 0 && counts(e.verdict));
  if (stop.experiments !== null && decided.length >= stop.experiments)
    return `${decided.length === 1 ? '1 experiment is' : `${decided.length} experiments are`} decided, ${decided.length > stop.experiments ? `more than the ${stop.experiments} asked for` : 'as asked'}`;

  if (stop.afterMs !== null && elapsedMs >= stop.afterMs) return `${duration(stop.afterMs)} over, as asked`;

  const best = state.experiments[state.champion.n]?.metric ?? null;
  if (stop.target !== null && best !== null && reached(best, stop.target, metric.direction))
    return `the target is reached: ${metric.name} ${best} (asked for ${stop.target})`;

  if (stop.plateau !== null) {
    // What the user took back later had still been progress when it was found.
    const lastKeep = decided.findLastIndex((e) => e?.verdict === 'kept' || e?.verdict === 'reverted');
    // Skipped by key says nothing about whether ideas still help.
    const since = decided.slice(lastKeep + 1).filter((e) => e?.verdict !== 'skipped').length;
    if (since >= stop.plateau) return `plateau: ${since} experiments in a row without a keep`;
  }
  return null;
}

/** Decided, and by something else than a broken environment. */
function counts(verdict: Verdict | null): boolean {
  return verdict !== null && verdict !== 'void';
}

function reached(value: number, target: number, direction: 'minimize' | 'maximize'): boolean {
  return direction === 'minimize' ? value <= target : value >= target;
}

/** `12 hours are`, `1 minute is` */
function duration(ms: number): string {
  const count = (value: number, unit: string) => (value === 1 ? `1 ${unit} is` : `${value} ${unit}s are`);
  if (ms < 60_000) return count(Math.round(ms / 1000), 'second');
  if (ms < 7_200_000) return count(Math.round(ms / 60_000), 'minute');
  return count(Math.round(ms / 360_000) / 10, 'hour');
}
