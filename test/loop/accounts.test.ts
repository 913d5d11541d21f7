import { describe, expect, it } from 'vitest';
import { earlyAccount, earlyRecords, earlySentence } from '../../src/loop/early-account.ts';
import { powerOf, powerSentence } from '../../src/loop/power.ts';
import type { TrialOutcome, Verdict } from '../../src/protocol/words.ts';

const early = (audit: boolean, savedSeconds: number) => ({ at: 0.4, why: 'behind', audit, savedSeconds });
const trial = (seconds: number, found: ReturnType<typeof early> | null = null) => ({
  outcome: (found && !found.audit ? 'hopeless' : 'ok') as TrialOutcome,
  seconds,
  early: found,
});
const experiment = (verdict: Verdict, ...trials: ReturnType<typeof trial>[]) => ({ verdict, trials });

describe('what early stop was good for', () => {
  const run = [
    experiment('kept', trial(100), trial(100), trial(100)),
    experiment('discarded', trial(40, early(false, 60))),
    experiment('discarded', trial(40, early(false, 60))),
    experiment('discarded', trial(100, early(true, 0))),
    experiment('kept', trial(100, early(true, 0))),
  ];

  it('is the share of the time that there would have been, and the audits that won after all', () => {
    expect(earlyAccount(run)).toEqual({
      ended: 2,
      audits: 2,
      falseKills: 1,
      savedSeconds: 120,
      savedShare: 120 / 700,
    });
    expect(earlySentence(earlyAccount(run)!)).toBe(
      'early stop ended 2 trials: 17 % of the training time saved (2 min); 2 let run on to check that, 1 of them won after all',
    );
    expect(earlyRecords(run).map((r) => r.audit && r.kept)).toEqual([false, false, false, true]);
  });

  it('is nothing to tell where nothing was hopeless', () => {
    expect(earlyAccount([undefined, experiment('kept', trial(100))])).toBeNull();
  });
});

describe('how sharp the measurement is', () => {
  const kept = (
    n: number,
    gain: number,
    sigma: number,
    confidence: 'confirmed' | 'provisional' = 'confirmed',
  ) => ({
    n,
    verdict: 'kept' as const,
    confidence,
    gain,
    sigma,
  });

  it.each([
    [0.002, 'sharp', /strictness: fast/],
    [0.01, 'fair', /confirmations earn/],
    [0.02, 'noisy', /longer budget.*metric\.tail/],
    [0, 'sharp', /repeats exactly/],
  ] as const)('sigma %d is %s against gains of one percent', (sigma, level, advice) => {
    const power = powerOf([kept(0, 9, 9), kept(1, 0.01, 1), kept(2, 0.012, 1), kept(3, 0.008, sigma)])!;
    expect(power).toMatchObject({ level, advice: expect.stringMatching(advice) });
    expect(power.ratio).toBeCloseTo(sigma / 0.01);
    expect(powerSentence(power)).toMatch(/^the noise is [\d.]+ x the usual gain/);
  });

  it('is not known before a gain was confirmed', () => {
    expect(powerOf([kept(0, 1, 0.01), kept(1, 0.01, 0.01, 'provisional')])).toBeNull();
    expect(powerOf([])).toBeNull();
  });
});
