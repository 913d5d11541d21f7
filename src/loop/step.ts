import type { Confidence } from '../protocol/words.ts';

/** Run one more trial before anything can be said. */
export interface MeasureStep {
  do: 'measure';
  role: 'candidate' | 'confirm' | 'champion' | 'baseline';
  /** The experiment whose commit is to be run: the champion's number for role `champion`. */
  n: number;
  /** Which of the run's seeds: trials of different commits with the same index share PAWL_SEED. */
  seedIndex: number;
  why: string;
}

/** The experiment is over. Fits `experiment.decided` as it is (`by` and `n` apart). */
export interface DecideStep {
  do: 'decide';
  verdict: 'kept' | 'discarded' | 'crashed' | 'timed-out';
  /** Mean of the experiment's own runs, as measured (median when one run is far off the others). */
  metric: number | null;
  /** Estimated gain over the champion on the decision scale, positive = better, not shrunk. */
  gain: number | null;
  /** Gain in sigmas, within +-99. */
  z: number | null;
  /** One run's noise on the decision scale; 0 when the metric repeats exactly. */
  sigma: number | null;
  confidence: Confidence | null;
  label: 'noise' | 'worse' | 'near-miss' | null;
  /** For the user, in plain words. */
  why: string;
}

export type Step = MeasureStep | DecideStep;
