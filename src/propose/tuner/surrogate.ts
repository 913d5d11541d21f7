// A Gaussian process over knob settings: what is known from few noisy runs, and how well.
// Rasmussen and Williams, Gaussian Processes for Machine Learning, 2006, algorithm 2.1.
// Kernel: mostly a sum over knobs (effects of constants mostly add up), plus a part that sees all of them at once.

export interface Observation {
  /** Place in units of the knobs. */
  at: readonly number[];
  /** Gain against a common zero, on the decision scale. */
  y: number;
  /** Standard error of y. */
  noise: number;
}

export interface Belief {
  mean: number;
  sd: number;
}

export interface Surrogate {
  at(place: readonly number[]): Belief;
}

const lengths = [1, 2, 4];
const amplitudes = [0.5, 1, 2, 4];
/** Share of the variance that knobs explain one by one. */
const additive = 0.75;

/** Fits to at least one observation; `weights`: how much each knob is expected to matter. */
export function fitSurrogate(observations: readonly Observation[], weights: readonly number[]): Surrogate {
  const count = observations.length;
  const middle = observations.reduce((s, o) => s + o.y, 0) / count;
  const spread = Math.sqrt(observations.reduce((s, o) => s + (o.y - middle) ** 2, 0) / count);
  const noise = observations.reduce((s, o) => s + o.noise, 0) / count;
  const size = Math.max(spread, noise, 1e-9);
  const residual = Float64Array.from(observations, (o) => o.y - middle);

  let best: {
    likelihood: number;
    length: number;
    amplitude: number;
    l: Float64Array;
    alpha: Float64Array;
  } | null = null;
  for (const length of lengths) {
    const base = gram(observations, weights, length);
    for (const scale of amplitudes) {
      const amplitude = (scale * size) ** 2;
      const l = cholesky(base, amplitude, observations, size);
      const alpha = solve(l, residual, count);
      let likelihood = 0;
      for (let i = 0; i < count; i++)
        likelihood -= 0.5 * residual[i]! * alpha[i]! + Math.log(l[i * count + i]!);
      if (!best || likelihood > best.likelihood) best = { likelihood, length, amplitude, l, alpha };
    }
  }
  const { length, amplitude, l, alpha } = best!;
  return {
    at(place) {
      const k = Float64Array.from(observations, (o) => amplitude * kernel(o.at, place, weights, length));
      let mean = middle;
      for (let i = 0; i < count; i++) mean += k[i]! * alpha[i]!;
      // Forward substitution only: the variance needs |L^-1 k|^2.
      let explained = 0;
      for (let i = 0; i < count; i++) {
        let x = k[i]!;
        for (let j = 0; j < i; j++) x -= l[i * count + j]! * k[j]!;
        k[i] = x / l[i * count + i]!;
        explained += k[i]! ** 2;
      }
      const prior = amplitude * kernel(place, place, weights, length);
      return { mean, sd: Math.sqrt(Math.max(0, prior - explained)) };
    },
  };
}

// Rational quadratic with alpha = 1: heavier tails than a Gaussian, no exponential to compute.
function kernel(
  a: readonly number[],
  b: readonly number[],
  weights: readonly number[],
  length: number,
): number {
  const scale = 1 / (2 * length * length);
  let sum = 0;
  let total = 0;
  let distance = 0;
  for (let j = 0; j < weights.length; j++) {
    const d = (a[j]! - b[j]!) ** 2 * scale;
    const w = weights[j]! ** 2;
    sum += w / (1 + d);
    total += w;
    distance += d * w;
  }
  // Knobs that agree say nothing: only the sum's change matters, so it may exceed one for many knobs.
  return additive * sum + (1 - additive) * (total / (1 + distance / Math.sqrt(weights.length)));
}

function gram(
  observations: readonly Observation[],
  weights: readonly number[],
  length: number,
): Float64Array {
  const n = observations.length;
  const k = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++)
      k[i * n + j] = kernel(observations[i]!.at, observations[j]!.at, weights, length);
  return k;
}

function cholesky(
  base: Float64Array,
  amplitude: number,
  observations: readonly Observation[],
  size: number,
): Float64Array {
  const n = observations.length;
  const l = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let sum = amplitude * base[i * n + j]!;
      if (i === j) sum += observations[i]!.noise ** 2 + (1e-3 * size) ** 2;
      for (let k = 0; k < j; k++) sum -= l[i * n + k]! * l[j * n + k]!;
      l[i * n + j] = i === j ? Math.sqrt(Math.max(sum, 1e-12 * amplitude)) : sum / l[j * n + j]!;
    }
  return l;
}

function solve(l: Float64Array, y: Float64Array, n: number): Float64Array {
  const x = Float64Array.from(y);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) x[i]! -= l[i * n + j]! * x[j]!;
    x[i]! /= l[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let j = i + 1; j < n; j++) x[i]! -= l[j * n + i]! * x[j]!;
    x[i]! /= l[i * n + i]!;
  }
  return x;
}

/** Expected improvement over `best` (Jones, Schonlau and Welch, 1998). */
export function expectedImprovement({ mean, sd }: Belief, best: number): number {
  if (sd <= 0) return Math.max(0, mean - best);
  const z = (mean - best) / sd;
  const density = Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
  return sd * (z * normalBelow(z) + density);
}

// Abramowitz and Stegun 26.2.17, error below 8e-8.
function normalBelow(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const poly =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = (poly * Math.exp(-0.5 * z * z)) / Math.sqrt(2 * Math.PI);
  return z > 0 ? 1 - tail : tail;
}
