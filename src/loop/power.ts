import type { Verdict } from '../protocol/words.ts';
import { honestGain } from './arms.ts';
import { median } from './noise.ts';

// Whether the measurement is sharp enough for what there is to gain: noise of one run over the median honest gain of what was kept
// (search policy, sections 1 and 6). Where it is not, a better measurement brings more than any rule of keeping.

/** The part of an experiment that is looked at; the fold's `Experiment` fits. */
export interface PowerExperiment {
  readonly n: number;
  readonly verdict: Verdict | null;
  readonly gain: number | null;
  readonly z: number | null;
  readonly sigma: number | null;
}

export interface Power {
  /** Noise of one run as a multiple of the median honest gain. */
  ratio: number;
  level: 'sharp' | 'fair' | 'noisy';
  /** What follows for the user, in plain words. */
  advice: string;
}

/** Below it the noise hardly matters; above the other it rules. */
const sharpBelow = 0.3;
const noisyAbove = 1.5;

/** Fewer gains are no usual gain: the first one is often the trivial repair of a badly set start. */
const leastGains = 4;
/** The latest ideas that were measured, and how many of them within one sigma mean that the noise matters now. */
const lately = 20;
const nearShare = 0.25;

/** null before there are gains enough, and where the noise is not known. */
export function powerOf(experiments: readonly (PowerExperiment | undefined)[]): Power | null {
  const sigma = experiments.findLast((e) => e !== undefined && e.sigma !== null)?.sigma ?? null;
  const gains: number[] = [];
  // What was kept and is not sure counts for what of it is probably true.
  for (const e of experiments)
    if (e && e.n > 0 && e.verdict === 'kept' && (e.gain ?? 0) > 0) gains.push(honestGain(e));
  if (sigma === null || gains.length < leastGains) return null;
  const usual = median(gains);
  if (usual === 0) return null;
  const ratio = sigma / usual;
  const near = nearTheNoise(experiments);
  if (ratio < sharpBelow && near !== null)
    return {
      ratio,
      level: 'fair',
      advice: `but ${near}, so confirmations earn their time`,
    };
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

/** `7 of the latest 20 ideas are within the noise`; null where they are few. */
function nearTheNoise(experiments: readonly (PowerExperiment | undefined)[]): string | null {
  const zs: number[] = [];
  for (let i = experiments.length - 1; i > 0 && zs.length < lately; i--) {
    const e = experiments[i];
    // Sigma zero: the metric repeats exactly, nothing is within its noise.
    if (e && e.z !== null && e.sigma !== 0) zs.push(e.z);
  }
  const near = zs.filter((z) => Math.abs(z) < 1).length;
  if (near < nearShare * Math.max(1, zs.length)) return null;
  return `${near} of the latest ${zs.length} ideas ${near === 1 ? 'is' : 'are'} within the noise`;
}

/** `the noise is 0.4 x the usual gain (fair): ...` */
export function powerSentence({ ratio, level, advice }: Power): string {
  return `the noise is ${Number(ratio.toPrecision(2))} x the usual gain (${level}): ${advice}`;
}
