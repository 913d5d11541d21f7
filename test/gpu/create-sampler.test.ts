import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type CreateSamplerOptions, createGpuSampler } from '../../src/gpu/create-sampler.ts';
import type { Controller } from '../../src/gpu/inventory-child.ts';
import type { GpuReport, GpuSampler } from '../../src/gpu/sampler.ts';
import { systeminformationSampler } from '../../src/gpu/systeminformation-sampler.ts';
import { withFakeNvidiaSmi } from '../harness/fake-nvidia-smi/with-fake-nvidia-smi.ts';

let folder = '';
let drm = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pawl-sampler-'));
  drm = join(folder, 'drm');
  const write = (path: string, text: string | number): void => {
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, `${text}\n`);
  };
  // card0 draws a console, card1 is a discrete AMD card, card2 another one that sleeps; connectors stand between.
  write(join(drm, 'card0/device/vendor'), '0x1a03');
  mkdirSync(join(drm, 'card1-DP-1'), { recursive: true });
  const device = join(folder, 'pci/0000:03:00.0');
  for (const [file, value] of Object.entries({
    vendor: '0x1002',
    device: '0x744c',
    product_name: 'AMD Radeon RX 7900 XTX',
    unique_id: '5e1f0c2d3b4a6978',
    gpu_busy_percent: 0,
    mem_busy_percent: 3,
    mem_info_vram_total: 25_753_026_560,
    mem_info_vram_used: 1_073_741_824,
    'power/runtime_status': 'active',
    'hwmon/hwmon4/temp1_input': 41_000,
    'hwmon/hwmon4/power1_average': 23_500_000,
    'hwmon/hwmon4/power1_cap': 327_000_000,
    'hwmon/hwmon4/freq1_input': 73_000_000,
    'hwmon/hwmon4/pwm1': 51,
    'hwmon/hwmon4/pwm1_max': 255,
  })) {
    write(join(device, file), value);
  }
  mkdirSync(join(device, 'drm/renderD128'), { recursive: true });
  mkdirSync(join(drm, 'card1'));
  symlinkSync(device, join(drm, 'card1/device'));
  for (const [file, value] of Object.entries({
    vendor: '0x1002',
    device: '0x15bf',
    gpu_busy_percent: 12,
    mem_info_vram_total: 536_870_912,
    mem_info_vram_used: 100_000_000,
    'power/runtime_status': 'suspended',
  })) {
    write(join(drm, 'card2/device', file), value);
  }
  mkdirSync(join(drm, 'card2/device/drm/renderD129'), { recursive: true });
  // The compute driver: node 0 is the processor; this test's process computes on both cards, another one has closed its.
  const nodes = join(folder, 'kfd/topology/nodes');
  write(join(nodes, '0/gpu_id'), 0);
  write(join(nodes, '0/properties'), 'cpu_cores_count 16\ndrm_render_minor 0');
  write(join(nodes, '1/gpu_id'), 30_381);
  write(join(nodes, '1/properties'), 'simd_count 192\ndrm_render_minor 128\nunique_id 6782');
  write(join(nodes, '2/gpu_id'), 1002);
  write(join(nodes, '2/properties'), 'simd_count 24\ndrm_render_minor 129');
  const mine = join(folder, 'kfd/proc', String(process.pid));
  write(join(mine, 'pasid'), 32_769);
  write(join(mine, 'vram_30381'), 8_589_934_592);
  write(join(mine, 'vram_1002'), 104_857_600);
  write(join(mine, 'vram_999'), 4096);
  write(join(folder, 'kfd/proc/4000000/vram_30381'), 1_610_612_736);
  write(join(folder, 'kfd/proc/4000001/vram_30381'), 0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A child that answers with these controllers. */
const childSaying = (list: Partial<Controller>[]): string[] => [
  '-e',
  `console.log(${JSON.stringify(`pawl-controllers:${JSON.stringify(list.map((c) => ({ ...nothing, ...c })))}`)})`,
];
const nothing: Controller = {
  vendor: '',
  name: '',
  memoryTotalMiB: null,
  vramMiB: null,
  vramShared: false,
  memoryUsedMiB: null,
  memoryFreeMiB: null,
  utilization: null,
  memoryUtilization: null,
  temperatureC: null,
  powerW: null,
  powerLimitW: null,
  clockMHz: null,
  fanPercent: null,
};

const create = (more: Partial<CreateSamplerOptions> = {}) =>
  createGpuSampler({
    childArgs: childSaying([]),
    env: { PATH: folder },
    places: [],
    drmRoot: join(folder, 'no-drm'),
    ...more,
  });

/** The first report of a sampler that fits, then stops it. */
async function firstOf(
  sampler: GpuSampler,
  fits: (report: GpuReport) => boolean = () => true,
): Promise<GpuReport> {
  const reports: GpuReport[] = [];
  sampler.start((report) => reports.push(report));
  try {
    return await vi.waitFor(
      () => {
        const report = reports.find(fits);
        if (!report) throw new Error('no report yet');
        return report;
      },
      { timeout: 10_000, interval: 10 },
    );
  } finally {
    await sampler.stop();
  }
}

describe('the source that fits the machine', () => {
  test('nvidia-smi on the PATH', async () => {
    const fake = withFakeNvidiaSmi();
    const sampler = create({ env: fake.env, drmRoot: drm, stream: { intervalMs: 50 } });
    expect(sampler.source).toBe('nvidia-smi');
    expect((await firstOf(sampler, (r) => r.gpus.length > 0)).gpus[0]!.name).toContain('4090');
    expect(fake.living()).toEqual([]);
    fake.dispose();
  });

  test('nvidia-smi in one of the usual places', () => {
    const fake = withFakeNvidiaSmi();
    expect(create({ places: [join(folder, 'nowhere'), fake.dir] }).source).toBe('nvidia-smi');
    fake.dispose();
  });

  test('AMD by the files of the kernel', async () => {
    const sampler = create({ drmRoot: drm, kfdRoot: join(folder, 'kfd') });
    expect(sampler.source).toBe('amd');
    const { gpus, stale, processes, processesUnknown } = await firstOf(sampler);
    expect(stale).toBeNull();
    expect(processesUnknown).toBeUndefined();
    const order = (a: { pid: number; memoryMiB: number | null }, b: typeof a) =>
      a.pid - b.pid || (a.memoryMiB ?? 0) - (b.memoryMiB ?? 0);
    expect(processes.sort(order)).toEqual(
      [
        // A process of another container has no name here.
        { gpuUuid: '5e1f0c2d3b4a6978', pid: 4_000_000, name: 'unknown', memoryMiB: 1536 },
        { gpuUuid: 'renderD129', pid: process.pid, name: process.execPath, memoryMiB: 100 },
        { gpuUuid: '5e1f0c2d3b4a6978', pid: process.pid, name: process.execPath, memoryMiB: 8192 },
      ].sort(order),
    );
    expect(gpus).toEqual([
      {
        index: 0,
        uuid: '5e1f0c2d3b4a6978',
        name: 'AMD Radeon RX 7900 XTX',
        utilization: 0,
        memoryUtilization: 3,
        memoryTotalMiB: 24560,
        memoryUsedMiB: 1024,
        memoryFreeMiB: 23536,
        temperatureC: 41,
        powerW: 23.5,
        powerLimitW: 327,
        smClockMHz: 73,
        fanPercent: 20,
        pstate: null,
        throttle: null,
        mig: false,
      },
      // Asleep: not read, so that it is not woken.
      expect.objectContaining({
        index: 1,
        name: 'AMD GPU 0x15bf',
        pstate: 'asleep',
        utilization: null,
        memoryUsedMiB: null,
      }),
    ]);
    expect(sampler.peakMemoryMiB(false)).toBe(1024);
  });

  test('AMD without a compute driver: who is on it is not known, which is not nobody', async () => {
    const sampler = create({ drmRoot: drm, kfdRoot: join(folder, 'no-kfd') });
    expect(await firstOf(sampler)).toMatchObject({ processes: [], processesUnknown: true });
  });

  test('none, as a normal state', async () => {
    const sampler = create({ inventory: { gpus: [], why: 'no GPU here' } });
    expect(sampler.source).toBe('none');
    expect(await firstOf(sampler)).toMatchObject({ gpus: [], processes: [], stale: 'no GPU here' });
    expect(sampler.peakMemoryMiB(true)).toBeNull();
  });

  test('systeminformation otherwise', async () => {
    const sampler = create();
    expect(sampler.source).toBe('systeminformation');
    expect(await firstOf(sampler)).toMatchObject({ gpus: [], stale: 'no GPU here' });
  });
});

describe('polling systeminformation', () => {
  test('a GPU known by name only is said once, without numbers', async () => {
    const childArgs = childSaying([{ vendor: 'Apple', name: 'Apple M4 Max' }]);
    const report = await firstOf(systeminformationSampler({ childArgs }));
    expect(report).toMatchObject({
      gpus: [{ name: 'Apple M4 Max', utilization: null, memoryTotalMiB: null }],
      stale: 'no live numbers for this GPU on this system',
    });
  });

  test('live numbers are asked for again', async () => {
    const childArgs = childSaying([
      { vendor: 'NVIDIA', name: 'RTX', temperatureC: 50, memoryUsedMiB: 900, memoryTotalMiB: 8192 },
    ]);
    const sampler = systeminformationSampler({ childArgs, intervalMs: 20 });
    let reports = 0;
    const report = await firstOf(sampler, () => ++reports > 2);
    expect(report).toMatchObject({ gpus: [{ temperatureC: 50, utilization: null }], stale: null });
    expect(sampler.peakMemoryMiB(false)).toBe(900);
  });

  test('a child that hangs is a reason, not a wait; stop does not wait either', async () => {
    const childArgs = ['-e', 'setInterval(() => {}, 1000)'];
    const report = await firstOf(systeminformationSampler({ childArgs, deadlineMs: 300 }));
    expect(report.stale).toBe('systeminformation did not answer within 0.3 s');
    const sampler = systeminformationSampler({ childArgs, deadlineMs: 600_000 });
    sampler.start(() => {});
    await sampler.stop();
  });
});
