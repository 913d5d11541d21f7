import type { Confidence, Verdict } from '../protocol/words.ts';
import { median } from './noise.ts';

// Whether the measurement is sharp enough for what there is to gain: noise of one run over the median gain that held up
// (search policy, sections 1 and 6). Where it is not, a better measurement brings more than any rule of keeping.

/** The part of an experiment that is looked at; the fold's `Experiment` fits. */
export interface PowerExperiment {
  readonly n: number;
  readonly verdict: Verdict | null;
  readonly confidence: Confidence | null;
  readonly gain: number | null;
  readonly sigma: number | null;
}

export interface Power {
  /** Noise of one run as a multiple of the median confirmed gain. */
  ratio: number;
  level: 'sharp' | 'fair' | 'noisy';
  /** What follows for the user, in plain words. */
  advice: string;
}

/** Below it the noise hardly matters; above the other it rules. */
const sharpBelow = 0.3;
const noisyAbove = 1.5;

/** null before a gain was confirmed, and where the noise is not known. */
export function powerOf(experiments: readonly (PowerExperiment | undefined)[]): Power | null {
  const sigma = experiments.findLast((e) => e !== undefined && e.sigma !== null)?.sigma ?? null;
  const gains: number[] = [];
  for (const e of experiments)
    if (e && e.n > 0 && e.verdict === 'kept' && e.confidence === 'confirmed' && (e.gain ?? 0) > 0)
      gains.push(e.gain!);
  if (sigma === null || gains.length === 0) return null;
  const ratio = sigma / median(gains);
  if (ratio < sharpBelow)
    return {
      ratio,
      level: 'sharp',
      advice:
        sigma === 0
          ? 'the metric repeats exactly, no run is spent on confirming'
          : '`strictness: fast` would lose next to nothing',
    };
  if (ratio <= noisyAbove)
    return { ratio, level: 'fair', advice: 'the two are of one size, confirmations earn their time' };
  return {
    ratio,
    level: 'noisy',
    advice:
      'a longer budget, a larger evaluation, the mean of the last evaluations (metric.tail) or repeats inside the script bring more than a stricter rule',
  };
}

/** `the noise is 0.4 x the usual gain (fair): ...` */
export function powerSentence({ ratio, level, advice }: Power): string {
  return `the noise is ${Number(ratio.toPrecision(2))} x the usual gain (${level}): ${advice}`;
}
