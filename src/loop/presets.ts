import type { Settings } from '../protocol/settings.ts';

/** The dials of the policy. All k are in sigmas of the estimated gain. */
export interface Dials {
  /** Baseline runs before anything is judged; two say next to nothing about noise. */
  n0: number;
  /** A first run below this is discarded at once. */
  k1: number;
  /** A first run at or above this is kept at once. */
  kS: number;
  /** What the estimate must reach when no more runs are allowed. */
  kEnd: number;
  /** While confirming: accept at or above kA, give up at or below kR. */
  kA: number;
  kR: number;
  /** Most runs of a candidate, the first one included. */
  maxC: number;
  /** Most runs of the champion that count; older ones are forgotten. */
  maxI: number;
  /** False: the run that made the candidate interesting does not count in the end (winner's curse). */
  useFirst: boolean;
  /** A further run is left out when it could tell less than this share of what a run has brought lately; 0 = never. */
  thrift: number;
  /** A single number is believed: nothing is confirmed, the bar is the champion's own number and never doubted. */
  trusting?: boolean;
}

const fast: Dials = {
  n0: 3,
  k1: 0.4,
  kS: 4,
  kEnd: 0.4,
  kA: Number.POSITIVE_INFINITY,
  kR: Number.NEGATIVE_INFINITY,
  maxC: 2,
  maxI: 8,
  useFirst: true,
  thrift: 0,
};
/** `thrift` 0.5 brings quiet worlds of LoopBench from 0.91 to 0.95 of greedy's gain; 1 brings little more and harms more. */
const balanced: Dials = { ...fast, k1: 0.5, kEnd: 0.7, kA: 2, kR: 0, maxC: 3, thrift: 0.5 };
const careful: Dials = { ...balanced, kEnd: 1, thrift: 0 };
const strict: Dials = {
  ...balanced,
  n0: 5,
  k1: 0.8,
  kS: Number.POSITIVE_INFINITY,
  kEnd: 1.2,
  kA: 2.5,
  kR: 0.3,
  maxC: 6,
  useFirst: false,
  thrift: 0,
};
/** The rule that the presets are measured against: whatever shows a better number is kept. */
const greedy: Dials = { ...fast, k1: 0, kS: 0, kEnd: 0, maxC: 1, trusting: true };

/** What each strictness sets (search policy, section 6). */
export const presets: Readonly<Record<Settings['strictness'], Dials>> = {
  fast,
  balanced,
  careful,
  strict,
  greedy,
};

/** With a least gain asked for, the question is only whether the estimate reaches it, confirmed once. */
const leastGain: Dials = { ...fast, k1: 0, kEnd: 0 };

/** A pass rate over fewer items than this is too coarse for one confirmation. */
const fewItems = 30;

/** The dials of a run; `minGain` overrides `strictness`. `items`: behind a pass rate, null when it is none. */
export function dialsOf(settings: Pick<Settings, 'strictness' | 'minGain'>, items: number | null): Dials {
  if (settings.minGain !== null) return leastGain;
  const coarse = items !== null && items < fewItems && settings.strictness === 'fast';
  return presets[coarse ? 'balanced' : settings.strictness];
}

/** Where a further run is left out, what is kept must be this many sigmas better. */
export const sureEnough = 1;

/** Nobody of the last `sentinelRuns` candidates came nearer than this many sigmas: the bar itself is doubtful. */
export const sentinelZ = -0.3;
export const sentinelRuns = 10;
/** A fresh run of the champion this far from its bar replaces the bar. */
export const staleBarSigmas = 2.5;
/** Trials that were ended early count as this: they were at least as many spreads behind. */
export const hopelessZ = -4;
