import { expect, test } from 'vitest';
import { diskLimitMiB } from '../../src/trial/disk-limit.ts';

test.each([
  [24, 4],
  [1000, 20],
  [20_000, 400],
  [2_000_000, 1024],
])('on a disk of %s MiB a trial starts with %s MiB free', (size, limit) => {
  expect(diskLimitMiB(size)).toBe(limit);
});
