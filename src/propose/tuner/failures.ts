// How likely a setting runs at all. Memory, and what diverges, are mostly products of powers of the constants
// (width x batch, rate x depth): on log scales that is a plane, so a logistic regression finds it from few failures.

export interface Trying {
  /** Distance from the present settings, in units of the knobs. */
  from: readonly number[];
  ran: boolean;
}

/** Prior log-odds that a setting near the champion runs. */
const easy = 2.5;
/** Prior variance of a slope: a doubling may change the odds by about e. */
const slope = 1.5;
const rounds = 8;

/** Chance that a setting (as distance from the present one) runs; 1 for all while nothing has ever failed. */
export function fitFailures(tries: readonly Trying[], knobs: number): (from: readonly number[]) => number {
  if (tries.every((t) => t.ran)) return () => 1;
  // Newton's method for the most probable slopes (iteratively reweighted least squares with a Gaussian prior).
  const w = new Float64Array(knobs);
  const logOdds = (from: readonly number[]) => {
    let sum = easy;
    for (let j = 0; j < knobs; j++) sum += w[j]! * from[j]!;
    return sum;
  };
  for (let round = 0; round < rounds; round++) {
    const gradient = Float64Array.from(w, (x) => -x / slope);
    const curvature = new Float64Array(knobs * knobs);
    for (let j = 0; j < knobs; j++) curvature[j * knobs + j] = 1 / slope;
    for (const { from, ran } of tries) {
      const p = sigmoid(logOdds(from));
      const error = (ran ? 1 : 0) - p;
      const weight = p * (1 - p);
      for (let j = 0; j < knobs; j++) {
        gradient[j]! += error * from[j]!;
        for (let k = 0; k < knobs; k++) curvature[j * knobs + k]! += weight * from[j]! * from[k]!;
      }
    }
    const step = solved(curvature, gradient, knobs);
    for (let j = 0; j < knobs; j++) w[j]! += step[j]!;
  }
  return (from) => sigmoid(logOdds(from));
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** Gauss elimination of a symmetric positive definite system; overwrites its input. */
function solved(a: Float64Array, b: Float64Array, n: number): Float64Array {
  for (let i = 0; i < n; i++)
    for (let r = i + 1; r < n; r++) {
      const f = a[r * n + i]! / a[i * n + i]!;
      for (let c = i; c < n; c++) a[r * n + c]! -= f * a[i * n + c]!;
      b[r]! -= f * b[i]!;
    }
  for (let i = n - 1; i >= 0; i--) {
    for (let c = i + 1; c < n; c++) b[i]! -= a[i * n + c]! * b[c]!;
    b[i]! /= a[i * n + i]!;
  }
  return b;
}
