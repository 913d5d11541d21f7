import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { cgroupMemory } from '../../src/gpu/cgroup-memory.ts';
import {
  cpuPercent,
  createHostSampler,
  type HostReport,
  parseCpuTime,
  parseMemory,
} from '../../src/gpu/host-sampler.ts';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function tree(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'pawl-host-'));
  folders.push(root);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const gib = 1_073_741_824;

describe('CPU time', () => {
  test('idle and waiting for the disk is not busy; guest time is not counted twice', () => {
    const before = parseCpuTime('cpu  100 0 100 700 100 0 0 0 50 0\ncpu0 1 2 3 4\n')!;
    expect(before).toEqual({ busy: 200, total: 1000 });
    const after = parseCpuTime('cpu  250 0 150 900 100 0 0 0 90 0\n')!;
    expect(cpuPercent(before, after)).toBe(50);
  });

  test('no time passed, or counters that stepped back', () => {
    expect(cpuPercent({ busy: 5, total: 10 }, { busy: 5, total: 10 })).toBeNull();
    expect(cpuPercent({ busy: 5, total: 10 }, { busy: 4, total: 20 })).toBe(0);
  });

  test('garbage', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parseCpuTime(text)).toBeNull();
        expect(parseMemory(text)).toBeNull();
      }),
    );
  });
});

test('memory in use is what cannot be given back', () => {
  expect(parseMemory('MemTotal:       1048576 kB\nMemFree:  1024 kB\nMemAvailable:     524288 kB\n')).toEqual(
    {
      totalMiB: 1024,
      usedMiB: 512,
    },
  );
});

describe('memory limits of a container', () => {
  test('version 2: the tightest on the way up counts, without the cache', () => {
    const root = tree({
      'proc/self/cgroup': '0::/user.slice/run.scope\n',
      'cg/user.slice/memory.max': `${8 * gib}\n`,
      'cg/user.slice/memory.current': `${3 * gib}\n`,
      'cg/user.slice/memory.stat': `anon 1\ninactive_file ${gib}\n`,
      'cg/user.slice/run.scope/memory.max': 'max\n',
    });
    const limit = cgroupMemory(65_536, join(root, 'proc'), join(root, 'cg'))!;
    expect(limit.limitMiB).toBe(8192);
    expect(limit.usedMiB()).toBe(2048);
    expect(cgroupMemory(4096, join(root, 'proc'), join(root, 'cg'))).toBeNull();
  });

  test('version 1 inside a container, where the path is the one of the host', () => {
    const root = tree({
      'proc/self/cgroup': '9:name=systemd:/\n4:memory:/docker/0f2f\n0::/\n',
      'cg/memory/memory.limit_in_bytes': `${2 * gib}\n`,
      'cg/memory/memory.usage_in_bytes': `${gib}\n`,
      'cg/memory/memory.stat': `inactive_file 7\ntotal_inactive_file ${gib / 2}\n`,
    });
    const limit = cgroupMemory(65_536, join(root, 'proc'), join(root, 'cg'))!;
    expect(limit.limitMiB).toBe(2048);
    expect(limit.usedMiB()).toBe(512);
  });

  test('no limit', () => {
    const root = tree({
      'proc/self/cgroup': '4:memory:/\n0::/\n',
      'cg/memory/memory.limit_in_bytes': '9223372036854771712\n',
    });
    expect(cgroupMemory(65_536, join(root, 'proc'), join(root, 'cg'))).toBeNull();
    expect(cgroupMemory(65_536, join(root, 'nowhere'), join(root, 'nowhere'))).toBeNull();
  });
});

async function reports(sampler: ReturnType<typeof createHostSampler>, count: number): Promise<HostReport[]> {
  const seen: HostReport[] = [];
  sampler.start((report) => seen.push(report));
  await vi.waitFor(() => expect(seen.length).toBeGreaterThanOrEqual(count), { timeout: 10_000 });
  sampler.stop();
  return seen;
}

describe('sampling', () => {
  test('this machine', async () => {
    for (const report of await reports(createHostSampler({ intervalMs: 30 }), 3)) {
      expect(report.cpu).toBeGreaterThanOrEqual(0);
      expect(report.cpu).toBeLessThanOrEqual(100);
      expect(report.memoryUsedMiB).toBeGreaterThan(0);
      expect(report.memoryUsedMiB).toBeLessThan(report.memoryTotalMiB);
      expect(report.memoryTotalMiB).toBeLessThanOrEqual(Math.ceil(totalmem() / 1_048_576));
      expect(report.loadAverage).toHaveLength(3);
    }
  });

  test('a system without /proc', async () => {
    const [report] = await reports(createHostSampler({ intervalMs: 30, procRoot: '/nowhere' }), 1);
    expect(report!.memoryTotalMiB).toBe(Math.round(totalmem() / 1_048_576));
    expect(report!.cpu).toBeGreaterThanOrEqual(0);
  });

  test('a container sees its own limit', async () => {
    const root = tree({
      'proc/self/cgroup': '0::/\n',
      'proc/stat': 'cpu  1 1 1 1 1 1 1 1\n',
      'proc/meminfo': 'MemTotal: 67108864 kB\nMemAvailable: 1 kB\n',
      'cg/memory.max': `${gib}\n`,
      'cg/memory.current': `${gib / 4}\n`,
    });
    const sampler = createHostSampler({
      intervalMs: 20,
      procRoot: join(root, 'proc'),
      cgroupRoot: join(root, 'cg'),
    });
    const [report] = await reports(sampler, 1);
    expect(report).toMatchObject({ cpu: 0, memoryUsedMiB: 256, memoryTotalMiB: 1024 });
  });
});
