import { type ChildProcess, spawn } from 'node:child_process';

/** One graphics controller as systeminformation saw it; what it does not know is null. */
export interface Controller {
  vendor: string;
  name: string;
  memoryTotalMiB: number | null;
  /** Claimed video memory, MiB: on Linux often only the size of a PCI window. */
  vramMiB: number | null;
  vramShared: boolean;
  memoryUsedMiB: number | null;
  memoryFreeMiB: number | null;
  /** Percent; systeminformation drops a true 0. */
  utilization: number | null;
  memoryUtilization: number | null;
  temperatureC: number | null;
  powerW: number | null;
  powerLimitW: number | null;
  clockMHz: number | null;
  fanPercent: number | null;
}

/** Marks the one line of the child's output that is meant for the parent. */
const mark = 'pawl-controllers:';
const outputLimit = 1_000_000;

/**
 * The child's side: asks systeminformation for the graphics controllers and prints them as one line of JSON.
 * It lives in a child process because the call blocks its event loop and can hang with the driver.
 */
export async function runInventoryChild(): Promise<void> {
  const { default: si } = await import('systeminformation');
  const { controllers } = await si.graphics();
  const number = (value: unknown): number | null =>
    typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;
  const found = controllers.map(
    (c): Controller => ({
      vendor: c.vendor ?? '',
      name: c.name || c.model || '',
      memoryTotalMiB: number(c.memoryTotal),
      vramMiB: number(c.vram),
      vramShared: c.vramDynamic === true,
      memoryUsedMiB: number(c.memoryUsed),
      memoryFreeMiB: number(c.memoryFree),
      utilization: number(c.utilizationGpu),
      memoryUtilization: number(c.utilizationMemory),
      temperatureC: number(c.temperatureGpu),
      powerW: number(c.powerDraw),
      powerLimitW: number(c.powerLimit),
      clockMHz: number(c.clockCore),
      fanPercent: number(c.fanSpeed),
    }),
  );
  process.stdout.write(`${mark}${JSON.stringify(found)}\n`);
}

export interface AskControllersOptions {
  /** Arguments for this Node that lead to `runInventoryChild`, such as `[launcher, '__gpu-inventory']`. */
  childArgs: readonly string[];
  env?: NodeJS.ProcessEnv;
  deadlineMs?: number;
  signal?: AbortSignal;
}

/**
 * The parent's side: runs the child, at most for the deadline. Never rejects.
 * @returns the controllers, or why there is no answer
 */
export function askControllers(options: AskControllersOptions): Promise<Controller[] | { why: string }> {
  const deadlineMs = options.deadlineMs ?? 10_000;
  const env = { ...(options.env ?? process.env), NO_COLOR: '1' };
  return new Promise((resolve) => {
    let child: ChildProcess | null = null;
    const finish = (answer: Controller[] | { why: string }): void => {
      clearTimeout(deadline);
      process.off('exit', kill);
      options.signal?.removeEventListener('abort', abort);
      resolve(answer);
    };
    // The whole group: what hangs is a grandchild (lspci, nvidia-smi).
    const kill = (): void => {
      try {
        if (child?.pid !== undefined)
          process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGKILL');
      } catch {
        // Gone already.
      }
    };
    const giveUp = (why: string): void => {
      kill();
      // Even KILL may not end a process that hangs inside the driver: do not wait for it.
      child?.stdout?.destroy();
      child?.stderr?.destroy();
      child?.unref();
      finish({ why });
    };
    const abort = (): void => giveUp('stopped');
    const deadline = setTimeout(
      () => giveUp(`systeminformation did not answer within ${Math.round(deadlineMs / 100) / 10} s`),
      deadlineMs,
    );
    process.on('exit', kill);
    options.signal?.addEventListener('abort', abort);
    if (options.signal?.aborted) return abort();
    // Its own group, so that `kill` reaches what it started.
    const started = spawn(process.execPath, [...options.childArgs], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
      detached: process.platform !== 'win32',
    });
    child = started;
    let stdout = '';
    let stderr = '';
    started.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (stdout.length < outputLimit) stdout += text;
    });
    started.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-2000);
    });
    const failed = (said: string): void => {
      const last = said.split('\n').findLast((line) => line.trim() !== '');
      finish({
        why: `systeminformation could not list the graphics devices${last ? `: ${last.slice(0, 160)}` : ''}`,
      });
    };
    started.on('error', (error) => failed(error.message));
    started.on('close', (code, signal) => {
      const answer = parseControllers(stdout);
      if (answer) finish(answer);
      else failed(stderr || `the child ended by ${signal ?? `exit code ${code}`}`);
    });
  });
}

function parseControllers(stdout: string): Controller[] | null {
  const line = stdout.split('\n').find((text) => text.startsWith(mark));
  if (!line) return null;
  try {
    const list: unknown = JSON.parse(line.slice(mark.length));
    return Array.isArray(list) ? (list as Controller[]) : null;
  } catch {
    return null;
  }
}
