import { describe, expect, it } from 'vitest';
import { passRateFloor, pooledSpread, repeatsExactly, roundingFloor } from '../../src/loop/noise.ts';
import { decimalsOf, fromScore, improvementInScore, toScore } from '../../src/loop/score.ts';
import { normal } from './night.ts';

describe('pooled spread', () => {
  it('is the standard deviation inflated for few repeats', () => {
    expect(pooledSpread([[1, 2, 3]])).toEqual({ sd: 1.25, df: 2 });
    expect(pooledSpread([[1], [5], []])).toEqual({ sd: 0, df: 0 });
    // Levels of the groups do not matter, only the spread within them.
    expect(
      pooledSpread([
        [1, 2, 3],
        [101, 102, 103],
      ]).sd,
    ).toBeCloseTo(1.125, 12);
  });
  it('finds the noise of many groups', () => {
    const x = normal(3);
    const groups = Array.from({ length: 200 }, (_, i) => [i + 0.1 * x(), i + 0.1 * x(), i + 0.1 * x()]);
    expect(pooledSpread(groups).sd).toBeGreaterThan(0.092);
    expect(pooledSpread(groups).sd).toBeLessThan(0.108);
  });
  it('is not ruined by one wild run', () => {
    const x = normal(4);
    const groups = Array.from({ length: 20 }, () => [x(), x(), x()]);
    expect(pooledSpread([...groups, [0, 0.5, 1000]]).sd).toBeLessThan(2);
  });
  it('tells an exact world only from two or more equal repeats', () => {
    expect(repeatsExactly(pooledSpread([[0.1, 0.1, 0.1]]))).toBe(true);
    expect(
      repeatsExactly(
        pooledSpread([
          [0.3, 0.3, 0.3],
          [0.7, 0.7],
        ]),
      ),
    ).toBe(true);
    expect(repeatsExactly(pooledSpread([[0.1, 0.1]]))).toBe(false);
    expect(repeatsExactly(pooledSpread([[0.1, 0.1, 0.1 + 1e-15]]))).toBe(false);
  });
  it('has floors: rounding, and pass rates', () => {
    expect(roundingFloor(0.01)).toBeCloseTo(0.00289, 5);
    expect(passRateFloor(0.5, 100)).toBeCloseTo(0.05, 3);
    expect(passRateFloor(1, 20)).toBeGreaterThan(0.04);
  });
});

describe('scores', () => {
  it('are higher when better, and come back', () => {
    for (const scale of ['log', 'abs'] as const)
      for (const direction of ['minimize', 'maximize'] as const) {
        const better = direction === 'minimize' ? 0.9 : 1.1;
        expect(toScore(better, scale, direction)!).toBeGreaterThan(toScore(1, scale, direction)!);
        expect(fromScore(toScore(0.7, scale, direction)!, scale, direction)).toBeCloseTo(0.7, 12);
      }
    expect(toScore(0, 'log', 'minimize')).toBeNull();
    expect(toScore(-1, 'log', 'maximize')).toBeNull();
    expect(toScore(Number.NaN, 'abs', 'maximize')).toBeNull();
  });
  it('know what 5 % better means', () => {
    expect(improvementInScore(0.05, true, 2, 'log', 'minimize')).toBeCloseTo(-Math.log(0.95), 12);
    expect(improvementInScore(0.05, true, 2, 'log', 'maximize')).toBeCloseTo(Math.log(1.05), 12);
    expect(improvementInScore(0.1, false, 2, 'abs', 'minimize')).toBe(0.1);
    expect(improvementInScore(3, false, 2, 'log', 'minimize')).toBe(Number.POSITIVE_INFINITY);
  });
  it('count digits', () => {
    expect([1, 0.9979, 1e-7, 2.5e-7, 1e21, -0.25].map(decimalsOf)).toEqual([0, 4, 7, 8, 0, 2]);
  });
});
