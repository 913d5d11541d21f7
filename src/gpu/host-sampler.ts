import { readFileSync } from 'node:fs';
import { cpus, freemem, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { type CgroupMemory, cgroupMemory } from './cgroup-memory.ts';

export interface HostReport {
  at: number;
  /** Percent of all cores, since the report before. */
  cpu: number;
  memoryUsedMiB: number;
  /** The machine's memory, or the limit of the container if that is tighter. */
  memoryTotalMiB: number;
  /** 1, 5 and 15 minutes; zeros on Windows. */
  loadAverage: [number, number, number];
}

export interface HostSampler {
  start(onReport: (report: HostReport) => void): void;
  stop(): void;
}

export interface HostSamplerOptions {
  intervalMs?: number;
  /** For tests. */
  procRoot?: string;
  cgroupRoot?: string;
}

interface CpuTime {
  busy: number;
  total: number;
}

/** CPU time of all cores together from the text of /proc/stat, in ticks; null when it is not such a text. */
export function parseCpuTime(stat: string): CpuTime | null {
  const line = /^cpu +(\d+(?: \d+){3,})/.exec(stat)?.[1];
  if (line === undefined) return null;
  // user nice system idle iowait irq softirq steal; guest time is inside user already.
  const ticks = line.split(' ').slice(0, 8).map(Number);
  const total = ticks.reduce((sum, value) => sum + value, 0);
  return { total, busy: total - ticks[3]! - (ticks[4] ?? 0) };
}

/** Total and used memory in MiB from the text of /proc/meminfo; null when it is not such a text. */
export function parseMemory(meminfo: string): { totalMiB: number; usedMiB: number } | null {
  const kib = (name: string): number | null => {
    const value = new RegExp(`^${name}: +(\\d+) kB$`, 'm').exec(meminfo)?.[1];
    return value === undefined ? null : Number(value);
  };
  const total = kib('MemTotal');
  // Kernels before 3.14 have no MemAvailable.
  const available = kib('MemAvailable') ?? kib('MemFree');
  if (total === null || available === null) return null;
  return { totalMiB: total / 1024, usedMiB: (total - available) / 1024 };
}

/** Percent of all cores between two looks; null when no time passed. */
export function cpuPercent(before: CpuTime, after: CpuTime): number | null {
  const total = after.total - before.total;
  if (total <= 0) return null;
  // Counters of single cores may step back a little when a core goes idle or offline.
  return Math.min(100, Math.max(0, ((after.busy - before.busy) * 100) / total));
}

/** CPU and memory of this machine without starting any process: reads /proc on Linux, asks `os` elsewhere. */
export function createHostSampler(options: HostSamplerOptions = {}): HostSampler {
  const procRoot = options.procRoot ?? '/proc';
  const intervalMs = options.intervalMs ?? 1000;
  let timer: NodeJS.Timeout | undefined;

  const read = (file: string): string => {
    try {
      return readFileSync(join(procRoot, file), 'utf8');
    } catch {
      return '';
    }
  };
  const cpuTime = (): CpuTime => parseCpuTime(read('stat')) ?? cpuTimeFromOs();
  const memory = (limit: CgroupMemory | null): { totalMiB: number; usedMiB: number } => {
    const used = limit?.usedMiB();
    if (limit && used !== null && used !== undefined) return { totalMiB: limit.limitMiB, usedMiB: used };
    return (
      parseMemory(read('meminfo')) ?? {
        totalMiB: totalmem() / 1_048_576,
        usedMiB: (totalmem() - freemem()) / 1_048_576,
      }
    );
  };

  return {
    start(onReport) {
      const limit = cgroupMemory(memory(null).totalMiB, procRoot, options.cgroupRoot);
      let before = cpuTime();
      let percent = 0;
      const tick = (): void => {
        const after = cpuTime();
        percent = cpuPercent(before, after) ?? percent;
        before = after;
        const { totalMiB, usedMiB } = memory(limit);
        const [one = 0, five = 0, fifteen = 0] = loadavg();
        onReport({
          at: Date.now(),
          cpu: Math.round(percent * 10) / 10,
          memoryUsedMiB: Math.round(usedMiB),
          memoryTotalMiB: Math.round(totalMiB),
          loadAverage: [one, five, fifteen],
        });
        timer = setTimeout(tick, intervalMs).unref();
      };
      // The first percentage needs two looks; a watcher should not wait a whole interval for them.
      timer = setTimeout(tick, Math.min(intervalMs, 250)).unref();
    },
    stop() {
      clearTimeout(timer);
    },
  };
}

function cpuTimeFromOs(): CpuTime {
  let busy = 0;
  let total = 0;
  for (const { times } of cpus()) {
    const all = times.user + times.nice + times.sys + times.idle + times.irq;
    total += all;
    busy += all - times.idle;
  }
  return { busy, total };
}
