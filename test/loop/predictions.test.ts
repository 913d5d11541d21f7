import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  type PredictedExperiment,
  type PredictionRun,
  predictionNote,
  predictionOf,
  predictionSentence,
  predictionsOf,
  predictionWords,
  sumPredictions,
} from '../../src/loop/predictions.ts';
import { plainMetric } from '../harness/plain-metric.ts';

const base: PredictedExperiment = {
  n: 0,
  proposer: 'ollama',
  parent: '',
  sha: 'base',
  expect: null,
  verdict: 'kept',
  metric: 1,
  gain: null,
  z: null,
  trials: [],
};

function run(...later: Partial<PredictedExperiment>[]): PredictionRun {
  const metric = plainMetric('loss');
  const tried = later.map(
    (e, i): PredictedExperiment => ({
      ...base,
      n: i + 1,
      parent: 'base',
      sha: `s${i}`,
      verdict: 'discarded',
      metric: 0.99,
      ...e,
    }),
  );
  return { settings: { metric }, experiments: [base, ...tried] };
}

const scoreOf = (e: Partial<PredictedExperiment>) => predictionOf(run(e), 1)?.score ?? null;

it('a promise is a hit within twice the error of what was measured, or within half of itself', () => {
  expect(scoreOf({ expect: '1 % lower', gain: 0.0101, z: 20 })).toBe('hit');
  expect(scoreOf({ expect: '1 % lower', gain: 0.001, z: 10 })).toBe('over');
  // The measurement itself is that unsure: 0.001 at 0.2 sigmas has an error of 0.005.
  expect(scoreOf({ expect: '1 % lower', gain: 0.001, z: 0.2 })).toBe('unclear');
  // Clearly better than nothing, and as near to the promise as can be told.
  expect(scoreOf({ expect: '1 % lower', gain: 0.02, z: 3 })).toBe('hit');
  expect(scoreOf({ expect: '1 % lower', gain: 0.05, z: 50 })).toBe('under');
  expect(scoreOf({ expect: '1 % lower', gain: -0.01, z: -10 })).toBe('over');
  expect(scoreOf({ expect: '1 % lower', gain: -0.01, z: -99 })).toBe('over');
});

it('worse than before never came true, however unsure the measurement: that is the noise, and is said so', () => {
  const worse = { expect: 'val_loss falls by 5 %', gain: -0.36, z: -1.6 };
  expect(scoreOf(worse)).toBe('unclear');
  expect(predictionWords(run(worse), 1)).toMatch(
    /^cannot be told from the noise \(\+5 %, measured -43 %, noise \+-\d+ %\)$/,
  );
  fc.assert(
    fc.property(
      fc.double({ min: -1, max: 0, noNaN: true }),
      fc.double({ min: -20, max: 0, noNaN: true }),
      (gain, z) => {
        expect(scoreOf({ expect: '5 % lower', gain, z })).not.toBe('hit');
      },
    ),
  );
  const sum = predictionNote(run(worse, worse, { ...worse, gain: 0.05, z: 20 }))!;
  expect(sum).toMatch(/^1 of 3 came true, 2 cannot be told from the noise; on average/);
  expect(predictionSentence(run(worse, worse, worse))).toMatch(
    /^Of your last 3 .*, 0 came true, 0 promised too much and 0 too little; 3 cannot be told from the noise; on average/,
  );
});

it('what names no number, or never gave one, is not scored; ended early as hopeless it promised too much', () => {
  expect(scoreOf({ expect: 'lower', gain: 0.01, z: 9 })).toBeNull();
  expect(
    scoreOf({ expect: '1 % lower', gain: null, verdict: 'crashed', trials: [{ outcome: 'crashed' }] }),
  ).toBeNull();
  expect(scoreOf({ expect: '1 % lower', gain: null, trials: [{ outcome: 'hopeless' }] })).toBe('over');
});

it('is told to the model in one line, of its own promises only, and not before there are three', () => {
  const over = { expect: '2 % lower', gain: 0, z: 0 };
  expect(predictionSentence(run(over, over))).toBeNull();
  expect(predictionSentence(run(over, over, { ...over, proposer: 'tuner' }))).toBeNull();
  expect(predictionSentence(run(over, over, { expect: '1 % lower', gain: 0.0101, z: 20 }))).toBe(
    'Of your last 3 expectations that named a number, 1 came true, 2 promised too much and 0 too little; on average you expected +1.7 % (positive = better) and got +0.34 %.',
  );
  expect(sumPredictions(predictionsOf(run(over, { ...over, proposer: 'tuner' })))).toMatchObject({
    scored: 2,
    over: 2,
  });
});
