import type { Night } from './night.ts';

// The rules that others use: they see the first run and what they believe the champion is worth.

/** Plays a night to its end. @returns what the log would claim as the gain (log) */
export type Policy = (night: Night) => number;

/** Keeps whatever is truly better, after one run each: nobody can do better in the same time. */
export const oracle: Policy = (night) => {
  night.run(0);
  each(night, (n) => {
    night.run(n);
    if ((night.truth(n) ?? -1) > 0) night.keep(n);
  });
  return night.level;
};

/** Keeps what looks better than the best number so far by at least `by` (a share of the metric). */
export function betterBy(by: number): Policy {
  const bar = -Math.log(1 - by);
  return (night) => {
    const start = night.run(0)!;
    let best = start;
    each(night, (n) => {
      const score = night.run(n);
      if (score === null || score - best <= bar || night.over) return;
      night.keep(n);
      best = score;
    });
    return best - start;
  };
}

export const greedy: Policy = betterBy(0);

/** Three baseline runs give a sigma; what is better than the best number by k of them is kept. */
export function sigmaRule(k: number): Policy {
  return (night) => {
    const runs = [night.run(0)!, night.run(0)!, night.run(0)!];
    const mean = runs.reduce((s, x) => s + x, 0) / 3;
    const sigma = Math.sqrt(runs.reduce((s, x) => s + (x - mean) ** 2, 0) / 2);
    let best = mean;
    each(night, (n) => {
      const score = night.run(n);
      if (score === null || score - best <= k * sigma || night.over) return;
      night.keep(n);
      best = score;
    });
    return best - mean;
  };
}

function each(night: Night, judge: (n: number) => void): void {
  for (let n = 1; !night.over; n++) {
    night.propose(n);
    judge(n);
  }
}
