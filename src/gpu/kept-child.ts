import { type ChildProcess, spawn } from 'node:child_process';

/** How a child came to be down. */
export interface ChildEnd {
  /** Exit code, name of the signal, an errno name such as `ENOENT`, or null when it was killed for silence. */
  end: number | string | null;
  /** The last of what it printed that was no data, stdout and stderr together. */
  output: string;
}

export interface KeptChildOptions {
  command: string;
  /** Asked afresh at each start. */
  args(): string[];
  env: NodeJS.ProcessEnv;
  /** Kill a child that gave no data for so long; null: silence is normal. */
  silenceMs: number | null;
  /** The same before its first data: a driver without persistence mode needs seconds to wake up. */
  firstSilenceMs: number;
  /** Waits before the next starts; the last one repeats. Begins again once data came. */
  backoffMs: readonly number[];
  /** One line of stdout. Returns whether it was data, which is what counts as a sign of life. */
  onLine(line: string): boolean;
  /** Says when to start again. */
  onDown(end: ChildEnd): 'after backoff' | 'at once';
}

export interface KeptChild {
  start(): void;
  /** Resolves when the process is gone, or after 1.5 s if the kernel does not let it go (hung driver). */
  stop(): Promise<void>;
}

const outputLimit = 4096;
const lineLimit = 16_384;

/**
 * Keeps one line-printing child process alive: started again when it ends or goes silent, killed on `stop` and when
 * this process exits. If this process is killed, the child dies by its next write to the broken pipe.
 */
export function keepChild(options: KeptChildOptions): KeptChild {
  let child: ChildProcess | null = null;
  let timer: NodeJS.Timeout | null = null;
  let running = false;
  let failures = 0;

  const wait = (ms: number, then: () => void): void => {
    if (timer) clearTimeout(timer);
    timer = setTimeout(then, ms);
    timer.unref();
  };

  const onExit = (): void => void child?.kill('SIGKILL');

  function launch(): void {
    let output = '';
    let pending = '';
    let alive = true;
    let lastData = 0;
    const startedAt = performance.now();
    const keep = (text: string): void => {
      output = (output + text).slice(-outputLimit);
    };
    const proc = spawn(options.command, options.args(), {
      env: options.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    child = proc;

    const down = (end: ChildEnd['end']): void => {
      if (!alive) return;
      alive = false;
      if (child === proc) child = null;
      if (timer) clearTimeout(timer);
      if (!running) return;
      if (pending !== '') keep(`${pending}\n`);
      const again = options.onDown({ end, output });
      let pause = 0;
      if (again === 'after backoff') {
        pause = options.backoffMs[Math.min(failures, options.backoffMs.length - 1)] ?? 1000;
        failures += 1;
      }
      wait(pause, launch);
    };

    const msLeft = (): number => {
      const limit = lastData === 0 ? options.firstSilenceMs : (options.silenceMs ?? 0);
      return (lastData || startedAt) + limit - performance.now();
    };
    // One timer that looks at the clock, instead of one that is set again for every line.
    const watch = (): void => {
      if (options.silenceMs === null || !alive || !running) return;
      const left = msLeft();
      if (left > 0) wait(left, watch);
      // If it was us who slept, its lines wait in the pipe: let the loop read them before judging.
      else setImmediate(judge);
    };
    const judge = (): void => {
      if (!alive || !running) return;
      if (msLeft() > 0) {
        watch();
        return;
      }
      proc.kill('SIGKILL');
      // A process that hangs inside the driver survives even KILL for a while: do not wait for it.
      release(proc);
      down(null);
    };

    proc.stdout.setEncoding('utf8');
    proc.stdout.on('data', (chunk: string) => {
      if (!alive) return;
      const lines = (pending + chunk).split('\n');
      pending = (lines.pop() ?? '').slice(-lineLimit);
      for (const raw of lines) {
        const line = raw.trim();
        if (line === '') continue;
        if (!options.onLine(line)) {
          keep(`${line}\n`);
          continue;
        }
        const first = lastData === 0;
        lastData = performance.now();
        failures = 0;
        if (first) watch();
      }
    });
    proc.stderr.setEncoding('utf8');
    proc.stderr.on('data', keep);
    proc.on('error', (error: NodeJS.ErrnoException) => down(error.code ?? error.message));
    // `close`, not `exit`: the last words are still in the pipe at `exit`.
    proc.on('close', (code, signal) => down(signal ?? code));
    watch();
  }

  return {
    start() {
      if (running) return;
      running = true;
      process.on('exit', onExit);
      launch();
    },
    async stop() {
      running = false;
      process.off('exit', onExit);
      if (timer) clearTimeout(timer);
      const proc = child;
      child = null;
      if (!proc || proc.pid === undefined || proc.exitCode !== null || proc.signalCode !== null) return;
      await new Promise<void>((resolve) => {
        const giveUp = setTimeout(resolve, 1500);
        proc.once('exit', () => {
          clearTimeout(giveUp);
          resolve();
        });
        // It holds no state and writes nothing: there is nothing that a gentler signal would save.
        proc.kill('SIGKILL');
      });
      release(proc);
    },
  };
}

/** Lets this process end although that one may not. */
function release(proc: ChildProcess): void {
  proc.stdout?.destroy();
  proc.stderr?.destroy();
  proc.unref();
}
