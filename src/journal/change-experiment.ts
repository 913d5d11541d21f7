import type { Experiment, RunState } from './state.ts';

/** Puts another experiment in the place of number `n`; nothing when there is none. */
export function change(s: RunState, n: number, to: (e: Experiment) => Experiment): void {
  const e = s.experiments[n];
  if (e) s.experiments[n] = to(e);
}

/** The list without the first `n`. */
export function without(list: readonly number[], n: number): number[] {
  const at = list.indexOf(n);
  return at < 0 ? list.slice() : list.toSpliced(at, 1);
}
