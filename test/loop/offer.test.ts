import { expect, it } from 'vitest';
import { earlierToOffer } from '../../src/loop/offer.ts';

const e = (n: number, verdict: 'kept' | 'discarded' | 'reverted', metric: number | null) => ({
  n,
  verdict,
  metric,
});

it('offers the best of what was kept before the champion and still is', () => {
  const run = [
    e(0, 'kept', 9),
    e(1, 'kept', 5),
    e(2, 'kept', 4),
    e(3, 'reverted', 1),
    e(4, 'discarded', 1),
    undefined,
    e(6, 'kept', 3),
  ];
  expect(earlierToOffer(run, 6, 'minimize')).toBe(2);
  expect(earlierToOffer(run, 6, 'maximize')).toBe(1);
  expect(earlierToOffer([run[0], run[6]], 6, 'minimize')).toBeNull();
});
