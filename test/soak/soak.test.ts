import { expect, test } from 'vitest';
import { resumeTime } from './resume.ts';
import { soakScreen } from './screen-soak.ts';
import { soak } from './soak.ts';

// Short forms of `npm run soak`, with bounds that only something that grows or slows would break.

test('sixty experiments: memory, descriptors and disk stay where they were', async () => {
  const s = await soak(60);
  expect(s.faults).toEqual([]);
  expect(s.descriptors.late).toBeLessThanOrEqual(s.descriptors.early + 8);
  expect(s.rssMiB.most).toBeLessThan(s.rssMiB.early + 60);
  expect(s.overheadMs.last).toBeLessThan(3 * s.overheadMs.first + 100);
  expect(s.journalBytesPerExperiment).toBeLessThan(8000);
}, 120_000);

test('a run with two thousand experiments behind it is taken up again', async () => {
  const { ms } = await resumeTime(2000, 1);
  expect(ms[0]).toBeLessThan(20_000);
}, 120_000);

test('a screen follows a short night to its end, whatever keys and sizes come, and stays where it was', async () => {
  const s = await soakScreen({ experiments: 30, hours: 0.5, seconds: 3, rest: 1 });
  expect(s.lastWords).toContain(': 30 experiments');
  expect(s.keys).toBeGreaterThan(100);
  // Most of it is code that is used for the first time.
  expect(s.late.rssMiB).toBeLessThan(s.early.rssMiB + 100);
}, 60_000);
