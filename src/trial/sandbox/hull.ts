import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { EnvironmentFailure } from '../../protocol/failure.ts';
import { type Leader, type LeaderEnd, type LeaderSpec, launch, shell } from '../leader.ts';
import { tailOf } from '../log-tail.ts';
import { identify, type ProcessRow, readProcessTable } from '../process-table.ts';
import { type Bwrap, bwrapArguments, type SandboxLayout, statusFd } from './layout.ts';

// A command inside bubblewrap. Three processes are around it: bubblewrap outside, bubblewrap as the first process of the
// namespace, and a shell of ours which says when the command has ended and then waits to be let go. Without that
// shell the namespace would end with the command, and nobody could say what was still alive in it, nor would a trainer
// whose shell died of an interrupt get to print its last words.

/** Where the shell of ours and we talk. */
const talkFd = 4;
/** Says `up` and the exit code; hides its own remarks ("Terminated") and its descriptors from the command. */
const watchman = `echo 800 >/proc/self/oom_score_adj 2>/dev/null
exec 5>&2 2>/dev/null
echo up >&${talkFd}
${shell} -c "$1" 2>&5 ${talkFd}>&- 5>&-
echo $? >&${talkFd}
exec 5>&-
read _ <&${talkFd}`;

/** How long bubblewrap may take to set up, ms: a loaded machine, a slow network file system. */
const setUpMs = 30_000;
/** How long the emptied namespace may take to end before it is killed again, ms. */
const farewellMs = 5000;

/**
 * Starts the command in a sandbox.
 * @throws EnvironmentFailure when bubblewrap cannot be started or refuses.
 */
export async function startSandboxed(spec: LeaderSpec, bwrap: Bwrap, layout: SandboxLayout): Promise<Leader> {
  const args = bwrapArguments(layout, bwrap.flags);
  const line = [bwrap.path, ...args, shell, '-c', watchman, 'pawl', spec.command];
  const { child, pid: outer } = await launch(line, {
    // The folder may be one that only exists inside.
    cwd: '/',
    env: spec.env,
    detached: true,
    stdio: ['ignore', spec.logFd, spec.logFd, 'pipe', 'pipe'],
  });
  const process_ = identify(outer);
  const talk = child.stdio[talkFd] as unknown as Socket;
  const words = listen(talk);
  const left = new Promise<LeaderEnd>((resolve) => {
    child.once('exit', (exit, signal) => resolve({ exit, signal }));
  });
  let running = true;
  void left.then(() => {
    running = false;
    talk.destroy();
  });
  const inner = innerPid(child);
  const up = await Promise.race([words.line(), left.then(() => null), late()]);
  if (up !== 'up') {
    killGroup(outer);
    const said = (await tailOf(spec.logPath, 3)).join(' ').replace(/^bwrap: /, '');
    throw new EnvironmentFailure(
      `The sandbox could not be set up: ${said || 'bubblewrap did not get ready'}`,
      'Run pawl doctor, or try it yourself: bwrap --ro-bind / / true',
      15_000,
      { kind: 'sandbox' },
    );
  }
  const first = await inner;
  const table = readProcessTable();
  const watch = table.find((row) => row.ppid === first);
  const group = watch?.pgid ?? first;
  const hull = new Set([outer, first, ...(watch ? [watch.pid] : [])]);
  let killed = false;
  const killAll = (): void => {
    if (!running) return;
    killed = true;
    // The namespace's first process: the kernel ends all others with it, whatever they have done.
    killPid(first);
  };
  const code = words.line().then((line) => (line !== null && /^\d{1,3}$/.test(line) ? Number(line) : null));
  const gone = Promise.race([code, left.then(() => null)]).then(
    async (exit): Promise<LeaderEnd> =>
      exit !== null ? { exit, signal: null } : killed ? { exit: null, signal: 'SIGKILL' } : left,
  );
  const own = (row: ProcessRow): boolean => running && row.pgid === group && !hull.has(row.pid);
  return {
    process: process_,
    hull,
    inGroup: own,
    signalGroup(signal) {
      if (signal === 'SIGKILL') return killAll();
      // One by one: the group's other members are the hull.
      for (const row of readProcessTable()) {
        if (own(row)) killPid(row.pid, signal);
      }
    },
    gone,
    async release() {
      talk.destroy();
      killAll();
      let timer: NodeJS.Timeout | undefined;
      const tired = new Promise<void>((resolve) => {
        timer = setTimeout(() => {
          killGroup(outer);
          resolve();
        }, farewellMs);
      });
      await Promise.race([left, tired]);
      clearTimeout(timer);
    },
  };
}

function killPid(pid: number, signal: NodeJS.Signals = 'SIGKILL'): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone.
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Gone.
  }
}

function late(): Promise<null> {
  return new Promise((resolve) => setTimeout(() => resolve(null), setUpMs).unref());
}

/** The namespace's first process, as this machine numbers it. */
function innerPid(child: ChildProcess): Promise<number> {
  const stream = child.stdio[statusFd] as unknown as Socket;
  return new Promise((resolve) => {
    let text = '';
    stream.setEncoding('utf8');
    stream.on('error', () => {});
    stream.on('data', (chunk: string) => {
      text = (text + chunk).slice(0, 4096);
      const pid = /"child-pid"\s*:\s*(\d+)/.exec(text)?.[1];
      if (pid) resolve(Number(pid));
    });
  });
}

/** The watchman says two short lines, `up` and an exit code. Whatever else comes is not from it. */
const wordsExpected = 2;

/** Lines one by one; null when there will be no more. Stops reading after the lines that are expected. */
function listen(socket: Socket): { line(): Promise<string | null> } {
  const lines: (string | null)[] = [];
  const waiting: ((line: string | null) => void)[] = [];
  let heard = 0;
  let text = '';
  const tell = (line: string | null): void => {
    const next = waiting.shift();
    if (next) next(line);
    else lines.push(line);
  };
  const hear = (data: string): void => {
    text = (text + data).slice(0, 64);
    for (let at = text.indexOf('\n'); at >= 0 && heard < wordsExpected; at = text.indexOf('\n')) {
      tell(text.slice(0, at));
      heard += 1;
      text = text.slice(at + 1);
    }
    if (heard < wordsExpected && text.length < 64) return;
    // The code that a trial may have planted here with ptrace must not cost us more than this.
    socket.off('data', hear);
    socket.pause();
  };
  socket.setEncoding('utf8');
  socket.on('error', () => {});
  socket.on('data', hear);
  socket.once('close', () => {
    for (let i = 0; i < wordsExpected; i++) tell(null);
  });
  return {
    line: () =>
      lines.length > 0 ? Promise.resolve(lines.shift()!) : new Promise((resolve) => waiting.push(resolve)),
  };
}
