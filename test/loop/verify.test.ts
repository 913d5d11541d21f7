import { describe, expect, it } from 'vitest';
import { claimOf, claimSentence, nextVerification, pooled, roundWords } from '../../src/loop/verify.ts';
import { normalAt } from '../loopbench/random-streams.ts';

const minimize = { direction: 'minimize', scale: 'auto' } as const;
const maximize = { direction: 'maximize', scale: 'auto' } as const;

describe('the order of runs', () => {
  it('takes turns, and turns the order with every pair; both of a pair share a seed', () => {
    const done = { start: [] as number[], end: [] as number[] };
    const order: string[] = [];
    for (let next = nextVerification(done, 4); next; next = nextVerification(done, 4)) {
      order.push(`${next.side}${next.seedIndex % 1000}`);
      done[next.side].push(1);
    }
    expect(order.join(' ')).toBe('start0 end0 end1 start1 start2 end2 end3 start3');
  });
  it('goes on where it was cut off', () => {
    expect(nextVerification({ start: [1, 1], end: [1] }, 5)).toMatchObject({ side: 'end', pair: 1 });
    expect(nextVerification({ start: [1], end: [1, 1] }, 5)).toMatchObject({ side: 'start', pair: 1 });
    expect(nextVerification({ start: [], end: [] }, 0)).toBeNull();
  });
});

describe('measured again', () => {
  it('all whole pairs count together, on seeds that no earlier pair had', () => {
    const earlier = { start: [1, 2, 3], end: [4, 5] };
    const all = pooled(earlier, { start: [6], end: [7] });
    expect(all).toEqual({ start: [1, 2, 6], end: [4, 5, 7] });
    expect(pooled(null, earlier)).toEqual(earlier);
    const [fresh, later] = [0, 5].map((used) => nextVerification({ start: [], end: [] }, 2, used)!.seedIndex);
    expect(later! - fresh!).toBe(5);
  });
  it('says which one it is, and how much it rests on', () => {
    expect([1, 2, 3, 4, 11, 12, 13, 21, 22].map((n) => roundWords(n, 12).split(' ')[0])).toEqual([
      '1st',
      '2nd',
      '3rd',
      '4th',
      '11th',
      '12th',
      '13th',
      '21st',
      '22nd',
    ]);
    expect(roundWords(3, 12)).toBe('3rd verification, 12 pairs in all');
  });
});

describe('the claim', () => {
  it('worked by hand: relative, as a share of the start', () => {
    const claim = claimOf({ start: [1, 1.02, 0.98], end: [0.9, 0.91, 0.89] }, minimize)!;
    expect(claim).toMatchObject({ scale: 'log', pairs: 3 });
    // Log means differ by 0.10527; s = 0.01618, t(4) = 2.776: half width 0.03667 (a calculator's numbers).
    expect(claim.gain).toBeCloseTo(1 - Math.exp(-0.10527), 3);
    expect(claim.low).toBeCloseTo(1 - Math.exp(-(0.10527 - 0.03667)), 3);
    expect(claim.high).toBeCloseTo(1 - Math.exp(-(0.10527 + 0.03667)), 3);
    expect(claimSentence(claim)).toMatch(
      /^verified gain 9\.99 % \(95 % interval 6\.63 % to 13\.2 %, 3 fresh runs each\)$/,
    );
  });
  it('maximised, and signed numbers in their own unit', () => {
    expect(claimOf({ start: [0.8, 0.8], end: [0.84, 0.84] }, maximize)!.gain).toBeCloseTo(0.05, 10);
    const signed = claimOf({ start: [-1, -1.1], end: [0.5, 0.4] }, maximize)!;
    expect(signed).toMatchObject({ scale: 'abs' });
    expect(signed.gain).toBeCloseTo(1.5, 10);
  });
  it('says when nothing can be told, and when it got worse', () => {
    expect(claimSentence(claimOf({ start: [1, 1.1], end: [1.02, 1.05] }, minimize)!)).toMatch(
      /cannot be told apart/,
    );
    expect(claimSentence(claimOf({ start: [1, 1.001], end: [1.2, 1.201] }, minimize)!)).toMatch(
      /worse than the start by 20/,
    );
  });
  it('needs two runs a side', () => {
    expect(claimOf({ start: [1], end: [1, 1] }, minimize)).toBeNull();
  });
  it('its interval holds the truth 95 times in 100', () => {
    let held = 0;
    const worlds = 2000;
    for (let w = 0; w < worlds; w++) {
      const side = (s: number, level: number) =>
        Array.from({ length: 5 }, (_, i) => Math.exp(-(level + 0.01 * normalAt(w, s, i))));
      const claim = claimOf({ start: side(0, 0), end: side(1, 0.02) }, minimize)!;
      const truth = 1 - Math.exp(-0.02);
      if (claim.low <= truth && truth <= claim.high) held += 1;
    }
    expect(held / worlds).toBeGreaterThan(0.935);
    expect(held / worlds).toBeLessThan(0.965);
  });
});
