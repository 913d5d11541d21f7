import { readdirSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';

// Whether a trial had the machine to itself: what others took of the cores, and how long its threads waited for one.
// Linux only (/proc); elsewhere nothing is said and nothing is held against a trial.

export interface Load {
  /** Cores that programs outside of the trial kept busy, mean. */
  foreignCores: number | null;
  /** Share of its time that the trial stood waiting for a core, 0..1. */
  waited: number | null;
}

const unknownLoad: Load = { foreignCores: null, waited: null };

export interface LoadWatch {
  /** One look at the trial's processes; times are of one monotonic clock, ms. */
  look(pids: readonly number[], now: number): void;
  /** So far. Foreign load is told only of a long enough stretch, waiting (counted in nanoseconds) of nearly any. */
  result(): Load;
}

/** A shorter stretch says nothing: a compiler or a page load beside it is over by then. ms; the user may set it. */
const usualLeastMs = 5000;
/** Waiting shorter than this is one turn of the scheduler more or less, ms. */
const leastWaitMs = 200;
/** Looks may lie 2 s apart on a slow machine; the counters between the first and the last one are whole all the same. */
const leastLooks = 3;
/** Threads of one process whose waiting is read; the rest of a large pool is like the first. */
const mostThreads = 128;

interface Machine {
  busy: number;
  all: number;
}

/**
 * Watches one trial.
 * @param root for tests, instead of /proc
 * @param leastMs a shorter trial says nothing
 * @param ours whoever runs the trial is no foreign program: on two cores a screen and its engine would look like one
 */
export function watchLoad(
  root = '/proc',
  cores = cpus().length,
  leastMs = usualLeastMs,
  ours = process.pid,
): LoadWatch {
  let first: number | null = null;
  let last = 0;
  let looks = 0;
  let before: Machine | null = null;
  let foreignTicks = 0;
  let allTicks = 0;
  const spent = new Map<number, number>();
  const waits = new Map<string, { ran: number; waited: number }>();
  let ran = 0;
  let waited = 0;
  let toldWaits = false;

  const read = (path: string): string | null => {
    try {
      return readFileSync(`${root}/${path}`, 'latin1');
    } catch {
      return null;
    }
  };

  /** CPU time of the processes since the last look, ticks. One that is gone took its last part with it. */
  const spentSince = (pids: readonly number[]): number => {
    let ticks = 0;
    for (const pid of pids) {
      const now = cpuTicks(read(`${pid}/stat`));
      if (now === null) continue;
      ticks += Math.max(0, now - (spent.get(pid) ?? 0));
      spent.set(pid, now);
    }
    return ticks;
  };

  const lookAtThreads = (pid: number): void => {
    for (const tid of threads(root, pid)) {
      const [cpu, wait] = read(`${pid}/task/${tid}/schedstat`)?.split(' ').map(Number) ?? [];
      if (cpu === undefined || wait === undefined || !Number.isFinite(cpu + wait)) continue;
      toldWaits = true;
      const key = `${pid}/${tid}`;
      const old = waits.get(key);
      ran += Math.max(0, cpu - (old?.ran ?? 0));
      waited += Math.max(0, wait - (old?.waited ?? 0));
      waits.set(key, { ran: cpu, waited: wait });
    }
  };

  return {
    look(pids, now) {
      const machine = parseMachine(read('stat'));
      if (!machine) return;
      const own = spentSince([...pids, ours]);
      for (const pid of pids) lookAtThreads(pid);
      if (before) {
        const all = machine.all - before.all;
        foreignTicks += Math.max(0, machine.busy - before.busy - own);
        allTicks += Math.max(0, all);
      } else {
        // What it did before the first look belongs to no interval.
        ran = 0;
        waited = 0;
        first = now;
      }
      before = machine;
      last = now;
      looks += 1;
    },
    result() {
      if (first === null || last - first < leastWaitMs) return unknownLoad;
      const wallNs = (last - first) * 1e6;
      const enough = looks >= leastLooks && last - first >= leastMs && allTicks > 0;
      return {
        foreignCores: enough ? round((foreignTicks / allTicks) * cores) : null,
        waited: toldWaits ? round(waited / Math.max(wallNs, ran + waited)) : null,
      };
    },
  };
}

/** Busy and all ticks of all cores, from the first line of /proc/stat; waiting for a disk is idle. */
function parseMachine(stat: string | null): Machine | null {
  const line = /^cpu +(\d+(?: \d+){3,})/.exec(stat ?? '')?.[1];
  if (line === undefined) return null;
  const ticks = line.split(' ').slice(0, 8).map(Number);
  const all = ticks.reduce((sum, value) => sum + value, 0);
  return { all, busy: all - ticks[3]! - (ticks[4] ?? 0) };
}

/** utime + stime + those of children it has waited for: fields 14 to 17 of /proc/<pid>/stat. */
function cpuTicks(stat: string | null): number | null {
  if (stat === null) return null;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const sum = fields.slice(11, 15).reduce((total, field) => total + Number(field), 0);
  return Number.isFinite(sum) ? sum : null;
}

function threads(root: string, pid: number): string[] {
  try {
    return readdirSync(`${root}/${pid}/task`).slice(0, mostThreads);
  } catch {
    return [];
  }
}

const round = (x: number) => Math.round(x * 1000) / 1000;
