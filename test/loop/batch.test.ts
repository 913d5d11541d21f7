import { expect, it } from 'vitest';
import { batchSize } from '../../src/loop/batch.ts';

it.each([
  // A swap that is nothing beside the trial is not worth a proposal that knows less.
  ['auto', 10, 300, 1],
  ['auto', 16, 300, 2],
  ['auto', 6, 60, 4],
  ['auto', 60, 60, 4],
  ['auto', null, 60, 1],
  ['auto', 5, 0, 1],
  [3, null, 60, 3],
  [1, 60, 10, 1],
] as const)('asked for %s, a swap of %s s beside a trial of %s s: %i', (asked, swap, trial, size) => {
  expect(batchSize(asked, swap, trial)).toBe(size);
});
