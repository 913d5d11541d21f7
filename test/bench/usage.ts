import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** ns of CPU that the living threads of a process have used. The scheduler's own count: ticks of 10 ms would hide an idle process. */
function cpuNs(pid: number): number {
  let sum = 0;
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    try {
      sum += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'latin1').split(' ')[0]);
    } catch {
      // A thread that just ended.
    }
  }
  return sum;
}

/** Resident memory, MiB. */
export function rssMiB(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024;
}

/** A stopwatch for CPU time. */
export function startCpu(pid: number): { ms(): number; percent(): number } {
  const began = performance.now();
  const before = cpuNs(pid);
  const ms = () => (cpuNs(pid) - before) / 1e6;
  return { ms, percent: () => (ms() / (performance.now() - began)) * 100 };
}

/** Percent of one core that each process uses during `seconds`, all at the same time. */
export async function cpuPercents(pids: readonly number[], seconds: number): Promise<number[]> {
  const watches = pids.map(startCpu);
  await delay(seconds * 1000);
  return watches.map((watch) => watch.percent());
}
