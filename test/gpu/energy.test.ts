import { expect, test } from 'vitest';
import { followEnergy } from '../../src/gpu/energy.ts';
import { ownerOf } from '../../src/gpu/process-owner.ts';
import { watchReports } from '../../src/gpu/report-watch.ts';
import type { GpuReport } from '../../src/gpu/sampler.ts';
import { gpuSample } from '../screen/fixtures.ts';

function report(at: number, powers: (number | null)[], stale: string | null = null): GpuReport {
  return { at, gpus: powers.map((powerW, index) => ({ ...gpuSample, index, powerW })), processes: [], stale };
}
function energyOf(reports: GpuReport[]): number | null {
  const watch = watchReports();
  const energy = followEnergy(watch);
  for (const r of reports) watch.take(r);
  return energy();
}
const seconds = (count: number, powers: (number | null)[], from = 0) =>
  Array.from({ length: count + 1 }, (_, i) => report((from + i) * 1000, powers));

test('an hour at 400 W is 400 Wh, and two GPUs add up', () => {
  expect(energyOf(seconds(3600, [400]))).toBeCloseTo(400, 6);
  expect(energyOf(seconds(3600, [400, 20]))).toBeCloseTo(420, 6);
});

test('a rise counts with its mean', () => {
  expect(energyOf([report(0, [0]), report(1000, [720])])).toBeCloseTo(0.1, 9);
});

test('silence is not bridged, stale numbers do not count', () => {
  expect(energyOf([...seconds(3600, [100]), ...seconds(3600, [100], 10_000)])).toBeCloseTo(200, 6);
  expect(energyOf([report(0, [100]), report(1000, [100], 'stale'), report(2000, [100])])).toBeNull();
});

test('no GPU and no sensor: not known, which is not nothing', () => {
  expect(energyOf(seconds(10, []))).toBeNull();
  expect(energyOf(seconds(10, [null]))).toBeNull();
  expect(energyOf(seconds(3600, [null, 50]))).toBeCloseTo(50, 6);
});

test('after its end nothing is added', () => {
  const watch = watchReports();
  const energy = followEnergy(watch);
  for (const r of seconds(36, [100])) watch.take(r);
  expect(energy()).toBeCloseTo(1, 9);
  for (const r of seconds(36, [100], 40)) watch.take(r);
  expect(energy()).toBeCloseTo(1, 9);
});

test.each([
  ['a child of a child of the trial', 103, 'python3', 'trial'],
  ['a worker with a group of its own, in the trial’s session', 110, 'python3', 'trial'],
  ['Ollama’s runner', 201, '/usr/local/lib/ollama/llama-server', 'model'],
  ['Ollama itself', 200, 'ollama', 'model'],
  ['a desktop', 300, '/usr/bin/gnome-shell', 'other'],
  ['somebody else’s python', 301, '/usr/bin/python3', 'other'],
  ['a process that is gone', 999, 'python3', 'other'],
])('%s', (_, pid, name, owner) => {
  const kin = new Map([
    [103, { ppid: 102, pgid: 102, session: 102 }],
    [102, { ppid: 100, pgid: 102, session: 102 }],
    [110, { ppid: 1, pgid: 110, session: 100 }],
    [201, { ppid: 200, pgid: 200, session: 200 }],
    [200, { ppid: 1, pgid: 200, session: 200 }],
    [300, { ppid: 1, pgid: 300, session: 300 }],
    [301, { ppid: 300, pgid: 301, session: 300 }],
  ]);
  expect(ownerOf({ pid, name }, 100, (p) => kin.get(p) ?? null)).toBe(owner);
});
