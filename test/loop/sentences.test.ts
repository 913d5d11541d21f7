import { describe, expect, it } from 'vitest';
import type { Estimate } from '../../src/loop/estimate.ts';
import { plainNumber } from '../../src/loop/plain-number.ts';
import { comparison, shortSigmas, sigmas } from '../../src/loop/sentences.ts';
import { discarded } from '../../src/loop/verdicts.ts';
import { minimize, Night } from './night.ts';

describe('a comparison in words', () => {
  it.each([
    [0.9773, 0.979, '0.9773 vs 0.9790'],
    [18, 19, '18.00 vs 19.00'],
    [1.237524742160245e55, 0.2645, '1.238e55 vs 0.2645'],
    [7.167e13, 7.171e13, '7.1670e13 vs 7.1710e13'],
    [3.1e-7, 3.2e-7, '3.100e-7 vs 3.200e-7'],
    [0.00002, 0.5, '0.00002 vs 0.5'],
    [0, 0.2645, '0 vs 0.2645'],
    [123456, 123457, '123456.0 vs 123457.0'],
  ])('%d against %d', (metric, bar, text) => {
    expect(comparison({ metric, bar })).toBe(text);
  });

  it('writes large numbers with an exponent', () => {
    expect([24000, 0.0173, 3.1e-7, 7.167e13, 1.091e20, 1e9, 123456.78].map((x) => plainNumber(x))).toEqual([
      '24000',
      '0.0173',
      '3.1e-7',
      '7.167e13',
      '1.091e20',
      '1e9',
      '123500',
    ]);
  });

  it('gives the column the limits of the sentence', () => {
    expect([99, -99, 0.04, -2.34].map(shortSigmas)).toEqual(['>20', '<-20', '+0.0', '-2.3']);
    expect(sigmas(-99)).toBe('under -20 sigma');
  });
});

describe('why it was not kept, after several runs', () => {
  const night = new Night(() => 1, { metric: minimize });
  const told = (z: number, wild = false) => {
    const gain = z / 100;
    const q: Estimate = {
      ...{ gain, z, zNeeded: z, needed: 0, sigma: 0.01, df: 3, exact: false, exactlyBetter: false },
      ...{ pairs: null, bySeed: false, wild, metric: 1 - gain, bar: 1, runs: 3 },
    };
    return discarded(night.ledger, q, null).why;
  };

  it.each([
    [0.6, /better in the mean of three runs, but by less than the noise$/],
    [1.1, /better in the mean of three runs, but too close to the noise to be sure$/],
    [0, /no better and no worse in the mean of three runs$/],
    [0.04, /no better and no worse in the mean of three runs$/],
    [-0.4, /a better first run, but not in the mean of three runs$/],
    [-1.4, /worse in the mean of three runs$/],
  ])('%d sigma', (z, why) => {
    expect(told(z)).toMatch(why);
  });

  it('names the middle where that was taken', () => {
    expect(told(0.6, true)).toMatch(/better in the middle of three runs/);
  });
});
