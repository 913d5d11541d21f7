import type { PlateauExperiment, PlateauState } from './plateau-state.ts';

/** The most promising ones only: of ten thousand experiments many nearly won. */
const mostMisses = 8;

/**
 * The near misses to make again on the champion, as one experiment: one that was judged against another champion, or
 * two together that do not touch the same constants. The most promising that this champion has not seen; null = none.
 */
export function nextRetry({ champion, experiments }: PlateauState): number[] | null {
  const inside = new Set(experiments.flatMap((e) => (e?.again && e.verdict === 'kept' ? e.again : [])));
  const misses = experiments
    .filter(
      (e): e is PlateauExperiment =>
        e !== undefined &&
        e.verdict === 'discarded' &&
        e.label === 'near-miss' &&
        e.sha !== null &&
        e.fork === null &&
        e.again === null &&
        !inside.has(e.n),
    )
    .sort((a, b) => (b.z ?? 0) - (a.z ?? 0) || b.n - a.n)
    .slice(0, mostMisses);
  const seen = new Set(
    experiments.flatMap((e) => (e?.again && e.parent === champion.sha ? [e.again.join()] : [])),
  );
  const fresh = (numbers: number[]) => !seen.has(numbers.join());
  for (const miss of misses) if (miss.parent !== champion.sha && fresh([miss.n])) return [miss.n];
  for (const [i, one] of misses.entries())
    for (const two of misses.slice(i + 1)) {
      const pair = [one.n, two.n].toSorted((a, b) => a - b);
      if (fresh(pair) && !overlap(one, two)) return pair;
    }
  return null;
}

function overlap(a: PlateauExperiment, b: PlateauExperiment): boolean {
  return a.constants.some((c) => b.constants.some((d) => c.path === d.path && c.name === d.name));
}
