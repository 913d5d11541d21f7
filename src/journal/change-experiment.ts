import type { Experiment, RunState } from './state.ts';

// The experiment that the fold in progress made or copied last: nobody else has it yet, and most events of a long past
// are about it.
let own: Experiment | null = null;

/** Does `work` as one fold: what it makes of an experiment is its own to change until it is done. */
export function asOneFold(work: () => void): void {
  own = null;
  try {
    work();
  } finally {
    own = null;
  }
}

/** Puts a new experiment in its place. */
export function put(s: RunState, e: Experiment): void {
  s.experiments[e.n] = e;
  own = e;
}

/**
 * Changes number `n`, when there is one. What others may hold is replaced by a changed copy, so that it can be compared by
 * identity; what this fold itself has made is changed where it is.
 */
export function change(s: RunState, n: number, to: (e: Experiment) => Partial<Experiment>): void {
  const e = s.experiments[n];
  if (!e) return;
  if (own === e) Object.assign(e, to(e));
  else put(s, { ...e, ...to(e) });
}

/** The list without the first `n`. */
export function without(list: readonly number[], n: number): number[] {
  const at = list.indexOf(n);
  return at < 0 ? list.slice() : list.toSpliced(at, 1);
}
