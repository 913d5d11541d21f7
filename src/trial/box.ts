import { fstatSync, ftruncateSync } from 'node:fs';
import type { ProcessId } from '../protocol/events.ts';
import { EnvironmentFailure } from '../protocol/failure.ts';
import { onBeat } from './beat.ts';
import { exemptPids, Family } from './family.ts';
import { climbLadder, type LadderDelays, longestTimerMs } from './ladder.ts';
import { type Leader, type LeaderEnd, type LeaderSpec, startPlain } from './leader.ts';
import { type DiskWatch, holdsMore } from './limits.ts';
import { type Load, type LoadWatch, watchLoad } from './load-watch.ts';
import { openProcessLooks } from './process-looks.ts';
import { type ProcessRow, readProcessTable } from './process-table.ts';
import { startSandboxed } from './sandbox/hull.ts';
import type { Bwrap, SandboxLayout } from './sandbox/layout.ts';
import { kill, sweepFamily } from './sweep.ts';

// A command in a box: own session and process group, output to one file descriptor, a time limit, a watch on its
// memory and its log, and nothing left of it when it ends. Trials and checks are both boxes.

/** What is around the command: a sandbox, or no more than the kernel's promise to kill it when the engine dies. */
export type Walls =
  | {
      kind: 'bubblewrap';
      bwrap: Bwrap;
      layout: SandboxLayout;
      /** The machine looked at anew: a socket that was there may be gone. */
      again?: () => SandboxLayout;
    }
  | { kind: 'none'; setpriv: string | null };

export interface BoxSpec extends LeaderSpec {
  walls: Walls;
  /** Entry of `env` that is in no other box, so that a sweep of this one cannot touch another. */
  mark: string;
  maxLogBytes: number;
  /** Memory of all its processes together, bytes; none when left out. */
  maxMemoryBytes?: number;
  /** Disks that it must not fill. */
  disk?: DiskWatch;
  /** More processes than this at one time end it: the machine must stay usable. Default 2000. */
  maxProcesses?: number;
  /** Foreign load beside a shorter run says nothing, ms. Default 5 s. */
  leastLoadMs?: number;
  timeoutMs: number;
  delays: LadderDelays;
  /** Time that remaining processes get to go by themselves after the command ended, ms. */
  lingerMs: number;
  /** Resident memory of all processes, MiB; about once a second. */
  onMemory?: (rssMiB: number) => void;
}

/** Who ended the command: it itself, or we. */
export type BoxCause =
  | 'itself'
  | 'timed-out'
  | 'stopped'
  | 'log-flood'
  | 'process-flood'
  | 'memory-flood'
  | 'disk-flood'
  | 'output-flood';

export interface BoxEnd {
  cause: BoxCause;
  /** Reason given to `stop`. */
  why: string | null;
  exit: number | null;
  signal: string | null;
  seconds: number;
  peakRssMiB: number | null;
  swept: number;
  load: Load;
  /** Processes that could not be killed. */
  left: ProcessRow[];
}

export interface Box {
  readonly process: ProcessId;
  /** performance.now() of the start. */
  readonly startedAt: number;
  stop(why: string): void;
  /** What others took from it so far. */
  load(): Load;
  readonly ended: Promise<BoxEnd>;
}

const mib = 1024 * 1024;
/** Trainers have some dozens of loaders and compilers; a fork bomb has thousands within a second. */
export const usualMostProcesses = 2000;
/** How long a command may outlive SIGKILL before we stop waiting for it, ms. */
const unkillableMs = 20_000;

/**
 * Starts a command in a box. The caller closes the log's descriptor after `ended`.
 * @throws EnvironmentFailure when it cannot be started.
 */
export async function openBox(spec: BoxSpec): Promise<Box> {
  const { walls } = spec;
  const leader: Leader =
    walls.kind === 'bubblewrap'
      ? await startSandboxed(spec, walls.bwrap, walls.layout).catch((error: unknown) => {
          if (!walls.again || !(error instanceof EnvironmentFailure)) throw error;
          // What bubblewrap said about the first try is no output of the command.
          ftruncateSync(spec.logFd, 0);
          return startSandboxed(spec, walls.bwrap, walls.again());
        })
      : await startPlain(spec, walls.setpriv);
  const startedAt = performance.now();
  const id = leader.process;
  const table = readProcessTable();
  const family = new Family(exemptPids(table));
  const row = table.find((r) => r.pid === id.pid);
  if (row) family.adopt(row);
  family.update(table);

  let cause: BoxCause = 'itself';
  let why: string | null = null;
  let running = true;
  let terminatedAt: number | null = null;
  let cancelLadder: (() => void) | undefined;
  let giveUp: NodeJS.Timeout | undefined;
  let left: (end: LeaderEnd) => void;
  const gone = new Promise<LeaderEnd>((resolve) => {
    left = resolve;
  });
  void leader.gone.then((end) => {
    running = false;
    left(end);
  });

  const send = (signal: NodeJS.Signals): void => {
    leader.signalGroup(signal);
    family.update(readProcessTable());
    for (const member of family.living) {
      if (leader.hull.has(member.pid) || leader.inGroup(member)) continue;
      // A leader of its own group (such as timeout(1)) passes an interrupt on; a second one would kill the last words.
      if (signal !== 'SIGINT' || member.pid === member.pgid) kill(member, signal);
    }
    // A stopped process takes no signal but this.
    if (signal === 'SIGTERM') {
      leader.signalGroup('SIGCONT');
      terminatedAt = performance.now();
    }
    if (signal === 'SIGKILL') giveUp = setTimeout(() => left({ exit: null, signal: null }), unkillableMs);
  };
  // The first reason stands: a run that is being stopped for its time cannot also be stopped by a key.
  const end = (because: BoxCause, reason: string | null): void => {
    if (!running || cause !== 'itself') return;
    cause = because;
    why = reason;
    cancelLadder = climbLadder(send, spec.delays);
  };
  // A shell dies of SIGTERM at once and leaves the trainer behind in the middle of its last words.
  const graceAfterLadder = (): number => {
    if (flooded) return 0;
    if (terminatedAt === null) send('SIGTERM');
    return Math.max(0, spec.delays.terminateMs - (performance.now() - (terminatedAt ?? 0)));
  };
  let flooded = false;
  // No ladder, and also during one: a flooding log fills the disk by gigabytes while we are being polite.
  const endFlood = (because: Exclude<BoxCause, 'itself' | 'timed-out' | 'stopped'>): void => {
    if (!running || flooded) return;
    flooded = true;
    if (cause === 'itself') cause = because;
    cancelLadder?.();
    send('SIGKILL');
  };

  const limit = setTimeout(() => end('timed-out', null), Math.min(spec.timeoutMs, longestTimerMs));
  const load = watchLoad(undefined, undefined, spec.leastLoadMs);
  const mostProcesses = spec.maxProcesses ?? usualMostProcesses;
  const memory = watchMemory(family, load, (rss) => {
    if (family.living.length > mostProcesses) endFlood('process-flood');
    if (holdsMore(family.living, spec.maxMemoryBytes ?? Number.POSITIVE_INFINITY)) endFlood('memory-flood');
    if (rss === null) return;
    if (spec.disk?.isLow()) endFlood('disk-flood');
    if (spec.disk?.wroteTooMuch()) endFlood('output-flood');
    spec.onMemory?.(rss);
  });
  const unwatchLog = onBeat(() => {
    if (fstatSync(spec.logFd).size > spec.maxLogBytes) endFlood('log-flood');
  });
  const killAtExit = (): void => leader.signalGroup('SIGKILL');
  process.once('exit', killAtExit);

  const finish = async (): Promise<BoxEnd> => {
    const { exit, signal } = await gone;
    const seconds = (performance.now() - startedAt) / 1000;
    running = false;
    clearTimeout(limit);
    clearTimeout(giveUp);
    unwatchLog();
    cancelLadder?.();
    memory.stop();
    const traces = { entry: spec.mark, logPath: spec.logPath, since: id.startTicks };
    const lingerMs = cause === 'itself' ? spec.lingerMs : graceAfterLadder();
    const swept = await sweepFamily(family, traces, { lingerMs, deadlineMs: 10_000, spare: leader.hull });
    await leader.release();
    process.off('exit', killAtExit);
    return {
      cause,
      why,
      exit,
      signal,
      seconds,
      peakRssMiB: memory.peakMiB(),
      swept: swept.killed,
      load: load.result(),
      left: swept.left,
    };
  };
  return {
    process: id,
    startedAt,
    stop: (reason) => end('stopped', reason),
    load() {
      memory.lookAtLoad();
      return load.result();
    },
    ended: finish(),
  };
}

/** For so long after the start a command is watched closely: that is when it forks its workers, ms. */
const settlingMs = 5000;

/**
 * Looks at the process table often enough to know every descendant: at most at 1 % of one core while the command settles
 * in, then about once a second, at most at a quarter of that.
 */
function watchMemory(family: Family, load: LoadWatch, looked: (rssMiB: number | null) => void) {
  let peak: number | null = null;
  let told = Number.NEGATIVE_INFINITY;
  const startedAt = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const looks = openProcessLooks();
  const lookAtLoad = (): void =>
    load.look(
      family.living.map((row) => row.pid),
      performance.now(),
    );
  const look = (): void => {
    const begun = performance.now();
    family.update(looks.look((row) => family.has(row)));
    lookAtLoad();
    const cost = performance.now() - begun;
    const rss = family.living.reduce((sum, row) => sum + row.rssBytes, 0) / mib;
    if (rss > 0) peak = Math.max(peak ?? 0, rss);
    const due = begun - told >= 950;
    if (due) told = begun;
    looked(due ? rss : null);
    const settled = begun - startedAt >= settlingMs;
    timer = setTimeout(
      look,
      Math.min(2000, settled ? Math.max(1000, cost * 400) : Math.max(250, cost * 100)),
    );
  };
  // The first looks come early: whatever forks and leaves in the first moment must have been seen.
  timer = setTimeout(() => {
    look();
    clearTimeout(timer);
    timer = setTimeout(look, 80);
  }, 20);
  return { stop: () => clearTimeout(timer), peakMiB: () => peak, lookAtLoad };
}
