import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import type { ProcessId } from '../protocol/events.ts';
import { EnvironmentFailure } from '../protocol/failure.ts';
import { identify, type ProcessRow } from './process-table.ts';

// The first process of a box: the shell itself, or bubblewrap around it. The box knows only this much of it.

/** Plain sh: the command means the same on every machine, whatever the user's login shell is. */
export const shell = '/bin/sh';

export interface LeaderSpec {
  command: string;
  cwd: string;
  env: Record<string, string>;
  logPath: string;
  logFd: number;
}

export interface LeaderEnd {
  exit: number | null;
  signal: string | null;
}

export interface Leader {
  /** What the journal records: killing it, or finding its children, ends everything. */
  readonly process: ProcessId;
  /** Processes around the command that are not its own: they get no signal and are no leftovers. */
  readonly hull: ReadonlySet<number>;
  /** True when `signalGroup` reaches this process. */
  inGroup(row: ProcessRow): boolean;
  /** Signals the command's own process group, as Ctrl-C would; KILL ends everything that is left. */
  signalGroup(signal: NodeJS.Signals): void;
  /** The command itself has ended; what it started may live on. */
  readonly gone: Promise<LeaderEnd>;
  /** Ends the hull; resolves when it is gone. */
  release(): Promise<void>;
}

/** The kernel takes a trial first when memory runs out, before the engine, the model server and the user's programs. */
const oomScore = '800';

/**
 * Starts the command with no sandbox: own session, own group.
 * @param setpriv a setpriv(1) that can make the kernel kill the command when this process dies; null without one
 * @throws EnvironmentFailure when the shell cannot be started.
 */
export async function startPlain(spec: LeaderSpec, setpriv: string | null): Promise<Leader> {
  const line = [shell, '-c', spec.command];
  if (setpriv !== null) line.unshift(setpriv, '--pdeathsig', 'KILL', '--');
  const { child, pid } = await launch(line, {
    cwd: spec.cwd,
    env: spec.env,
    detached: true,
    stdio: ['ignore', spec.logFd, spec.logFd],
  });
  // Still unreaped: its entry in /proc cannot be somebody else's.
  const process_ = identify(pid);
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, oomScore);
  } catch {
    // Not Linux, or gone already.
  }
  let running = true;
  const gone = new Promise<LeaderEnd>((resolve) => {
    child.once('exit', (exit, signal) => {
      // From here on the group's number may be given to a stranger.
      running = false;
      resolve({ exit, signal });
    });
  });
  return {
    process: process_,
    hull: new Set(),
    inGroup: (row) => running && row.pgid === pid,
    signalGroup(signal) {
      try {
        if (running) process.kill(-pid, signal);
      } catch {
        // Already gone.
      }
    },
    gone,
    async release() {},
  };
}

/** Starts a program. @throws EnvironmentFailure when it does not start. */
export async function launch(
  line: readonly string[],
  options: SpawnOptions,
): Promise<{ child: ChildProcess; pid: number }> {
  const program = line[0]!;
  let child: ChildProcess;
  try {
    child = spawn(program, line.slice(1), options);
  } catch (error) {
    // A command that is too long (E2BIG) is thrown at once; a program that is missing is told later.
    throw spawnFailure(program, error as NodeJS.ErrnoException);
  }
  if (child.pid !== undefined) return { child, pid: child.pid };
  const error = await new Promise<NodeJS.ErrnoException>((resolve) => child.once('error', resolve));
  throw spawnFailure(program, error);
}

function spawnFailure(program: string, error: NodeJS.ErrnoException): EnvironmentFailure {
  if (error.code === 'EAGAIN' || error.code === 'ENOMEM') {
    return new EnvironmentFailure(
      `The machine has no room for another process (${error.code}).`,
      'Close some programs; pawl tries again by itself.',
    );
  }
  return new EnvironmentFailure(
    `${program} could not be started: ${error.message}`,
    'Check that the shell exists, may be run, and that the command is not too long.',
    null,
  );
}
