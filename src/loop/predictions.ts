import type { Settings } from '../protocol/settings.ts';
import type { ProposerKind, TrialOutcome, Verdict } from '../protocol/words.ts';
import { gainText } from './amounts.ts';
import { expectedGain } from './expectation.ts';
import { mean } from './noise.ts';
import { chooseScale, type Scale } from './score.ts';

// What was promised against what was measured. Models promise a lot; told how that went, they and their user know what
// the next promise is worth.

/** The part of a run that predictions are scored from; the fold's `RunState` fits. */
export interface PredictionRun {
  readonly settings: Pick<Settings, 'metric'> | null;
  readonly experiments: readonly (PredictedExperiment | undefined)[];
}

export interface PredictedExperiment {
  readonly n: number;
  readonly proposer: ProposerKind;
  readonly parent: string;
  readonly sha: string | null;
  readonly expect: string | null;
  readonly verdict: Verdict | null;
  readonly metric: number | null;
  readonly gain: number | null;
  readonly z: number | null;
  readonly trials: readonly { readonly outcome: TrialOutcome | null }[];
}

/**
 * `over`: more was promised than came; `under`: less. `hit`: within twice the error of the measurement, or half of what
 * was said. `unclear`: the measurement is so unsure that it fits the promise and nothing at all equally well.
 */
export type PredictionScore = 'hit' | 'over' | 'under' | 'unclear';

export interface Prediction {
  n: number;
  /** Both on the decision scale (log: relative), positive = better. */
  expected: number;
  /** null: stopped early as hopeless, it never gave a number. */
  measured: number | null;
  /** Twice the error of `measured`, on the same scale; 0 = not known, or exact. */
  noise: number;
  score: PredictionScore;
}

/** The scale on which this run compares numbers, as far as its trials tell. */
export function scaleOfRun(run: PredictionRun): Scale {
  return chooseScale(
    run.settings?.metric.scale ?? 'auto',
    run.experiments.every((e) => !e || e.metric === null || e.metric > 0),
  );
}

/** What the latest texts were read as: panes ask with every frame, always about the same few. */
const remembered = new Map<
  PredictedExperiment,
  { level: number | null; scale: Scale; expected: number | null }
>();
const mostRemembered = 64;

/**
 * The scored prediction of one experiment; null when it named no number, or nothing was measured.
 * @param parent the metric of what it stood on, where that is known
 */
export function predictionOf(
  run: PredictionRun,
  n: number,
  scale = scaleOfRun(run),
  parent?: number | null,
): Prediction | null {
  const e = run.experiments[n];
  if (!e || n === 0 || !run.settings || e.expect === null || e.verdict === null) return null;
  const hopeless = e.trials.at(-1)?.outcome === 'hopeless';
  if (e.gain === null && !hopeless) return null;
  const { name, direction } = run.settings.metric;
  const level = parent === undefined ? levelOf(run, e.parent) : parent;
  const before = remembered.get(e);
  const expected =
    before?.level === level && before.scale === scale
      ? before.expected
      : expectedGain(e.expect, { metric: name, direction, scale, level });
  remembered.delete(e);
  remembered.set(e, { level, scale, expected });
  if (remembered.size > mostRemembered) remembered.delete(remembered.keys().next().value!);
  if (expected === null) return null;
  const noise = noiseOf(e);
  return { n, expected, measured: e.gain, noise, score: scoreOf(expected, e.gain, noise) };
}

function noiseOf({ gain, z }: PredictedExperiment): number {
  return gain === null || z === null || z === 0 || Math.abs(z) >= 99 ? 0 : 2 * Math.abs(gain / z);
}

function scoreOf(expected: number, gain: number | null, noise: number): PredictionScore {
  if (gain === null) return expected > 0 ? 'over' : 'hit';
  const apart = Math.abs(gain - expected);
  if (Math.abs(gain) < noise && apart <= noise) return 'unclear';
  if (apart <= Math.max(noise, 0.5 * Math.abs(expected))) return 'hit';
  return expected > gain ? 'over' : 'under';
}

function levelOf(run: PredictionRun, sha: string): number | null {
  return run.experiments.findLast((p) => p?.sha === sha)?.metric ?? null;
}

/** A model that rarely names a number: who looks for the latest few looks at so many experiments for each, no further. */
const lookedAtPerOne = 20;

/** The latest scored predictions of a run, oldest first; `by`: of one kind of proposer only. */
export function predictionsOf(
  run: PredictionRun,
  by: ProposerKind | null = null,
  most = Number.POSITIVE_INFINITY,
): Prediction[] {
  const scale = scaleOfRun(run);
  // Of the few parents that the latest ones stood on.
  const levels = new Map<string, number | null>();
  const out: Prediction[] = [];
  const oldest = Math.max(1, run.experiments.length - most * lookedAtPerOne);
  for (let n = run.experiments.length - 1; n >= oldest && out.length < most; n--) {
    const e = run.experiments[n];
    if (!e || e.expect === null || (by !== null && e.proposer !== by)) continue;
    if (!levels.has(e.parent)) levels.set(e.parent, levelOf(run, e.parent));
    const scored = predictionOf(run, n, scale, levels.get(e.parent)!);
    if (scored !== null) out.push(scored);
  }
  return out.reverse();
}

export interface PredictionSum {
  scored: number;
  hit: number;
  over: number;
  under: number;
  unclear: number;
  /** Means over those that gave a number; null when none did. */
  expected: number | null;
  measured: number | null;
}

/** What expectations of one kind were worth together. */
export function sumPredictions(predictions: readonly Prediction[]): PredictionSum {
  const count = (score: PredictionScore) => predictions.filter((p) => p.score === score).length;
  const numbers = predictions.filter((p) => p.measured !== null);
  return {
    scored: predictions.length,
    hit: count('hit'),
    over: count('over'),
    under: count('under'),
    unclear: count('unclear'),
    expected: numbers.length > 0 ? mean(numbers.map((p) => p.expected)) : null,
    measured: numbers.length > 0 ? mean(numbers.map((p) => p.measured!)) : null,
  };
}

/** Fewer say nothing about whoever made them; older ones say what they were like before they were told. */
const leastScored = 3;
const mostScored = 20;

/** One line for the model about its own promises; null while there are too few. */
export function predictionSentence(run: PredictionRun): string | null {
  const latest = predictionsOf(run, 'ollama', mostScored);
  if (latest.length < leastScored) return null;
  const sum = sumPredictions(latest);
  const means =
    sum.expected === null || sum.measured === null
      ? ''
      : `; on average you expected ${rounded(sum.expected, run)} (positive = better) and got ${rounded(sum.measured, run)}`;
  const unclear = sum.unclear > 0 ? `; ${sum.unclear} cannot be told from the noise` : '';
  return `Of your last ${sum.scored} expectations that named a number, ${sum.hit} came true, ${sum.over} promised too much and ${sum.under} too little${unclear}${means}.`;
}

/** Two digits: more of them would only claim to be known. */
function rounded(gain: number, run: PredictionRun): string {
  const direction = run.settings?.metric.direction ?? 'minimize';
  return gain === 0 ? '0' : gainText(gain, { scale: scaleOfRun(run), direction }, 2);
}

/** The same for the user, shorter: `3 of 12 came true; on average +2.1 % expected, +0.1 % measured`; null while there are too few. */
export function predictionNote(run: PredictionRun): string | null {
  const latest = predictionsOf(run, 'ollama', mostScored);
  if (latest.length < leastScored) return null;
  const { hit, scored, unclear, expected, measured } = sumPredictions(latest);
  const means =
    expected === null || measured === null
      ? ''
      : `; on average ${rounded(expected, run)} expected, ${rounded(measured, run)} measured`;
  return `${hit} of ${scored} came true${unclear > 0 ? `, ${unclear} cannot be told from the noise` : ''}${means}`;
}

const words: Readonly<Record<PredictionScore, string>> = {
  hit: 'came true',
  over: 'promised too much',
  under: 'promised too little',
  unclear: 'cannot be told from the noise',
};

/** What came of one experiment's expectation, in words: `promised too much (+2 %, measured +0.1 %)`; null when it was not scored. */
export function predictionWords(run: PredictionRun, n: number): string | null {
  const p = predictionOf(run, n);
  if (!p) return null;
  const word = words[p.score];
  const got = p.measured === null ? 'stopped early' : `measured ${rounded(p.measured, run)}`;
  const noise = p.score === 'unclear' ? `, noise ${rounded(p.noise, run).replace('+', '+-')}` : '';
  return `${word} (${rounded(p.expected, run)}, ${got}${noise})`;
}
