import { expect, test } from 'vitest';
import { type Soak, slopeOf } from './soak.ts';
import { complaintsOf } from './verdict.ts';

const well: Soak = {
  experiments: 5000,
  seconds: 300,
  rssMiB: { early: 104, late: 118, most: 120 },
  rssBytesPerExperiment: 2600,
  descriptors: { early: 40, late: 41, most: 44 },
  overheadMs: { first: 40, last: 44 },
  window: 500,
  journalBytesPerExperiment: 2000,
  kibPerExperiment: { refs: 4, git: 12, run: 20 },
  faults: [],
};

test('a soak that held has no complaint; each limit has one of its own', () => {
  expect(complaintsOf(well)).toEqual([]);
  const faults: Partial<Soak>[] = [
    { faults: ['orphan: 1'] },
    { rssMiB: { early: 100, late: 121, most: 121 } },
    { rssBytesPerExperiment: 8000 },
    { overheadMs: { first: 40, last: 70 } },
    { descriptors: { early: 40, late: 60, most: 60 } },
  ];
  for (const fault of faults) expect(complaintsOf({ ...well, ...fault })).toHaveLength(1);
});

test('a leak of 8 kB an experiment shows through the saw of collections', () => {
  const samples = (leak: number) =>
    Array.from({ length: 200 }, (_, i) => ({ done: i * 12, rssMiB: 100 + i * 12 * leak + (i % 5) }));
  expect(slopeOf(samples(8 / 1024)) * 2 ** 20).toBeCloseTo(8192, -3);
  expect(Math.abs(slopeOf(samples(0)) * 2 ** 20)).toBeLessThan(300);
  expect(slopeOf([])).toBe(0);
});
