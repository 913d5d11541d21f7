import type { Direction, Verdict } from '../protocol/words.ts';

/** The part of an experiment that is looked at; the fold's `Experiment` fits. */
export interface KeptExperiment {
  readonly n: number;
  readonly verdict: Verdict | null;
  readonly metric: number | null;
}

/**
 * When the champion turns out worse than the start, something kept earlier may be what the run really found: the kept
 * experiment before the champion with the best number. @returns its number, or null when there is none
 */
export function earlierToOffer(
  experiments: readonly (KeptExperiment | undefined)[],
  champion: number,
  direction: Direction,
): number | null {
  let best: KeptExperiment | null = null;
  for (const e of experiments) {
    if (!e || e.n === 0 || e.n === champion || e.verdict !== 'kept' || e.metric === null) continue;
    const better =
      best === null || (direction === 'minimize' ? e.metric < best.metric! : e.metric > best.metric!);
    if (better) best = e;
  }
  return best?.n ?? null;
}
