import { afterEach, describe, expect, test, vi } from 'vitest';
import { type NvidiaStreamOptions, nvidiaStream } from '../../src/gpu/nvidia-stream.ts';
import type { GpuReport, GpuSampler } from '../../src/gpu/sampler.ts';
import {
  type FakeNvidiaSmi,
  type FakeNvidiaSmiOptions,
  withFakeNvidiaSmi,
} from '../harness/fake-nvidia-smi/with-fake-nvidia-smi.ts';

const open: { sampler: GpuSampler; fake: FakeNvidiaSmi }[] = [];
afterEach(async () => {
  for (const { sampler, fake } of open.splice(0)) {
    await sampler.stop();
    // SIGKILL is sent; when the kernel gets to it on a busy machine is not ours to say.
    await expect.poll(() => fake.living(), { timeout: 10_000 }).toEqual([]);
    fake.dispose();
  }
});

/** A stream of the fake that goes 25 times faster than a real one. */
function stream(told: FakeNvidiaSmiOptions, options: NvidiaStreamOptions = {}) {
  const fake = withFakeNvidiaSmi(told);
  const reports: GpuReport[] = [];
  const sampler = nvidiaStream({
    env: fake.env,
    intervalMs: 40,
    appsIntervalMs: 80,
    silenceMs: 2500,
    firstSilenceMs: 10_000,
    backoffMs: [20, 60, 120],
    ...options,
  });
  open.push({ sampler, fake });
  sampler.start((report) => reports.push(report));
  const until = (what: (report: GpuReport) => boolean): Promise<GpuReport> =>
    vi.waitFor(
      () => {
        const report = reports.find(what);
        if (!report) throw new Error(`no such report among ${reports.length}: ${reports.at(-1)?.stale}`);
        return report;
      },
      { timeout: 15_000, interval: 10 },
    );
  return { fake, reports, sampler, until };
}

const gpuStarts = (fake: FakeNvidiaSmi) =>
  fake.starts().filter((start) => start.args[0]?.startsWith('--query-gpu='));

describe('a healthy driver', () => {
  test('one child gives every tick; a second lists the processes', async () => {
    const { fake, reports, sampler, until } = stream({ pattern: 'training' });
    const report = await until((r) => r.processes.length > 0 && r.stale === null);
    expect(report.gpus).toHaveLength(1);
    expect(report.gpus[0]).toMatchObject({
      index: 0,
      name: 'NVIDIA GeForce RTX 4090',
      memoryTotalMiB: 24564,
    });
    expect(report.processes[0]).toMatchObject({ pid: 11345, name: 'python3', gpuUuid: report.gpus[0]!.uuid });
    await vi.waitFor(() => expect(reports.length).toBeGreaterThan(8));
    expect(gpuStarts(fake)).toHaveLength(1);
    expect(gpuStarts(fake)[0]!.args.slice(1)).toEqual(['--format=csv,noheader,nounits', '-lms', '40']);
    expect(fake.starts()).toHaveLength(2);

    const used = reports.flatMap((r) => r.gpus.map((gpu) => gpu.memoryUsedMiB ?? 0));
    expect(sampler.peakMemoryMiB(true)).toBeGreaterThanOrEqual(Math.max(...used));
  });

  test('the peak forgets what was before a reset', async () => {
    const { fake, sampler, until, reports } = stream({ values: { 'memory.used': 20_000 } });
    await until((r) => r.gpus.length > 0);
    fake.set({ values: { 'memory.used': 300 } });
    await until((r) => r.gpus[0]?.memoryUsedMiB === 300);
    expect(sampler.peakMemoryMiB(true)).toBe(20_000);
    const seen = reports.length;
    await vi.waitFor(() => expect(reports.length).toBeGreaterThan(seen));
    expect(sampler.peakMemoryMiB(false)).toBe(300);
  });

  test('several GPUs come as one report per tick, the peak is their sum', async () => {
    const { reports, sampler, until } = stream({ gpus: 4, values: { 'memory.used': 1000 } });
    await until((r) => r.gpus.length === 4);
    await vi.waitFor(() => expect(reports.length).toBeGreaterThan(5));
    for (const report of reports) expect(report.gpus.map((gpu) => gpu.index)).toEqual([0, 1, 2, 3]);
    expect(sampler.peakMemoryMiB(false)).toBe(4000);
  });

  test('processes that end leave the list although the driver then prints nothing', async () => {
    const { fake, reports, until } = stream({ apps: [{ pid: 4242, name: 'a, b', memory: 77 }] });
    const report = await until((r) => r.processes.length === 1);
    expect(report.processes[0]).toMatchObject({ pid: 4242, name: 'a, b', memoryMiB: 77 });
    fake.set({ apps: [] });
    await vi.waitFor(() => expect(reports.at(-1)!.processes).toEqual([]), { timeout: 5000 });
  });

  test('MIG and WDDM give what they have', async () => {
    const mig = stream({ scenario: 'mig' });
    expect((await mig.until((r) => r.gpus.length === 1)).gpus[0]).toMatchObject({
      mig: true,
      utilization: null,
    });
    const wddm = stream({ scenario: 'wddm', pattern: 'training' });
    expect((await wddm.until((r) => r.processes.length > 0)).processes[0]).toMatchObject({ memoryMiB: null });
  });

  test('garbage between the rows is ignored', async () => {
    const { reports, until } = stream({ scenario: 'garbage' });
    await until((r) => r.gpus.length === 1);
    await vi.waitFor(() => expect(reports.length).toBeGreaterThan(4));
    for (const report of reports) expect(report).toMatchObject({ stale: null, gpus: [{ index: 0 }] });
  });
});

describe('older drivers', () => {
  test.each([
    ['old-driver' as const, 2, 'P'],
    ['ancient-driver' as const, 3, null],
  ])('%s: asked again with fewer fields, at once', async (scenario, starts, pstate) => {
    // A backoff that would never pass shows that the ladder does not wait.
    const { fake, reports, until } = stream({ scenario }, { backoffMs: [600_000] });
    const report = await until((r) => r.gpus.length === 1);
    expect(gpuStarts(fake)).toHaveLength(starts);
    expect(report.stale).toBeNull();
    if (pstate === null) expect(report.gpus[0]!.pstate).toBeNull();
    else expect(report.gpus[0]!.pstate).toContain(pstate);
    expect(reports.every((r) => r.stale === null)).toBe(true);
  });
});

describe('failures become plain words, and what is mended comes back by itself', () => {
  test.each([
    ['driver-mismatch' as const, 'version mismatch'],
    ['no-driver' as const, 'not loaded'],
    ['no-devices' as const, 'no GPU'],
    ['gpu-lost' as const, 'fell off the bus'],
  ])('%s', async (scenario, words) => {
    const { fake, until } = stream({ scenario });
    const report = await until((r) => r.stale?.includes(words) === true);
    expect(report.gpus).toEqual([]);
    fake.set({ scenario: 'normal' });
    await until((r) => r.stale === null && r.gpus.length === 1);
  });

  test('a driver that dies in the night: the last numbers stay, marked stale', async () => {
    const { fake, until } = stream({ pattern: 'training' });
    await until((r) => r.gpus.length === 1);
    fake.set({ scenario: 'gpu-lost' });
    const report = await until((r) => r.stale?.includes('fell off the bus') === true);
    expect(report.gpus).toHaveLength(1);
  });

  test('a child that ends is replaced, later each time', async () => {
    const { fake, until } = stream({ ticks: 2, exit: 7 });
    await until((r) => r.stale?.includes('exit code 7') === true);
    await vi.waitFor(() => expect(gpuStarts(fake).length).toBeGreaterThanOrEqual(3), { timeout: 10_000 });
  });

  test('silence: killed, stale, started again', async () => {
    const { fake, reports, until } = stream({ ticks: 3, afterTicks: 'hang' }, { silenceMs: 400 });
    await until((r) => r.stale === 'nvidia-smi went silent');
    const first = gpuStarts(fake)[0]!.pid;
    await vi.waitFor(() => expect(fake.living()).not.toContain(first));
    fake.set({});
    await vi.waitFor(() => expect(reports.at(-1)!.stale).toBeNull(), { timeout: 10_000 });
  });

  test('a driver that never answers: said soon, killed later', async () => {
    const { fake, until } = stream({ scenario: 'hang' }, { silenceMs: 100, firstSilenceMs: 1500 });
    const waiting = await until((r) => r.stale !== null);
    expect(waiting.stale).toContain('waiting for the first answer');
    await until((r) => r.stale === 'nvidia-smi went silent');
    await vi.waitFor(() => expect(gpuStarts(fake).length).toBeGreaterThanOrEqual(2), { timeout: 10_000 });
  });

  test('a loop that was blocked for longer than the limit does not blame the driver', async () => {
    const { fake, reports, until } = stream({}, { silenceMs: 600 });
    await until((r) => r.gpus.length === 1);
    const blockedUntil = performance.now() + 1200;
    while (performance.now() < blockedUntil);
    const seen = reports.length;
    await vi.waitFor(() => expect(reports.length).toBeGreaterThan(seen + 3));
    expect(gpuStarts(fake)).toHaveLength(1);
    expect(reports.every((r) => r.stale === null)).toBe(true);
  });

  test('one of two GPUs is lost: the other goes on, and it is said for as long as it lasts', async () => {
    const { fake, reports, until } = stream({ gpus: 2 });
    await until((r) => r.gpus.length === 2);
    fake.set({ gpus: 1 });
    await until((r) => r.stale === 'GPU 1 stopped answering' && r.gpus.length === 1);
    const seen = reports.length;
    await vi.waitFor(() => expect(reports.length).toBeGreaterThan(seen + 3));
    expect(reports.at(-1)!.stale).toBe('GPU 1 stopped answering');
    fake.set({ gpus: 2 });
    await vi.waitFor(() => expect(reports.at(-1)).toMatchObject({ stale: null, gpus: [{}, {}] }));
  });

  test('the driver says itself which GPU is gone', async () => {
    const { until } = stream({ gpus: 2, scenario: 'one-lost' });
    const report = await until((r) => r.stale?.includes('cannot reach a GPU') === true);
    expect(report.gpus).toHaveLength(1);
  });

  test('a GPU that needs a reset has a row without numbers, and the reason', async () => {
    const { until } = stream({ scenario: 'reset-required' });
    const report = await until((r) => r.gpus.length === 1);
    expect(report.gpus[0]).toMatchObject({ utilization: null, memoryUsedMiB: null });
    expect(report.stale).toContain('requires a reset');
  });

  test('no nvidia-smi at all', async () => {
    const { until } = stream({}, { command: 'nvidia-smi-that-is-not-there' });
    expect((await until(() => true)).stale).toBe('nvidia-smi is not on the PATH');
  });
});

describe('the end', () => {
  test('stop leaves no process, also of a driver that hangs, and no report follows', async () => {
    const { fake, reports, sampler } = stream({ scenario: 'hang' });
    await vi.waitFor(() => expect(fake.living()).toHaveLength(1));
    await sampler.stop();
    expect(fake.living()).toEqual([]);
    const seen = reports.length;
    fake.set({});
    await sampler.stop();
    expect(reports).toHaveLength(seen);
  });
});
