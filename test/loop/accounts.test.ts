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
  const tried = (n: number, verdict: Verdict, gain: number, z: number, sigma: number) => ({
    n,
    verdict,
    gain,
    z,
    sigma,
  });
  const kept = (n: number, gain: number, sigma: number, z = 99) => tried(n, 'kept', gain, z, sigma);

  it.each([
    [0.002, 'sharp', /strictness: fast/],
    [0.01, 'fair', /confirmations earn/],
    [0.02, 'noisy', /longer budget.*metric\.tail/],
    [0, 'sharp', /repeats exactly/],
  ] as const)('sigma %d is %s against gains of one percent', (sigma, level, advice) => {
    const gains = [0.01, 0.012, 0.008].map((gain, i) => kept(i + 1, gain, 1));
    const power = powerOf([kept(0, 9, 9), ...gains, kept(4, 0.01, sigma)])!;
    expect(power).toMatchObject({ level, advice: expect.stringMatching(advice) });
    expect(power.ratio).toBeCloseTo(sigma / 0.01, 3);
    expect(powerSentence(power)).toMatch(/^the noise is [\d.]+ x the usual gain/);
  });

  it('is not known from a few gains: the first may be the repair of a bad start', () => {
    expect(
      powerOf([kept(0, 1, 0.08), kept(1, 0.5, 0.08), kept(2, 0.4, 0.08), kept(3, 0.4, 0.08)]),
    ).toBeNull();
    expect(powerOf([])).toBeNull();
  });

  it('counts what was kept without being sure, for what of it is probably true', () => {
    const power = powerOf([
      kept(0, 1, 0.08),
      kept(1, 0.45, 0.079, 6),
      ...[0.9, 0.7, 0.7].map((z, i) => kept(i + 2, 0.06, 0.079, z)),
    ])!;
    expect(power.level).toBe('noisy');
  });

  it('advises no loosening while the latest ideas are within the noise', () => {
    const gains = [1, 2, 3, 4].map((n) => kept(n, 0.1, 0.01));
    const lately = (z: number) => [5, 6, 7, 8].map((n) => tried(n, 'discarded', -0.001, z, 0.01));
    expect(powerOf([kept(0, 1, 0.01), ...gains, ...lately(-0.2)])!.advice).not.toContain('fast');
    expect(powerOf([kept(0, 1, 0.01), ...gains, ...lately(-9)])!.advice).toContain('fast');
    // The very latest three are far outside: only what is counted is said.
    const mixed = [...lately(-0.2), ...[9, 10, 11].map((n) => tried(n, 'discarded', -0.05, -5, 0.01))];
    expect(powerOf([kept(0, 1, 0.01), ...gains, ...mixed])!.advice).toMatch(
      /^but 4 of the latest \d+ ideas are within the noise, so confirmations earn their time$/,
    );
  });
});
