import { randomUUID } from 'node:crypto';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EnvironmentFailure } from '../protocol/failure.ts';
import { openBox, usualMostProcesses, type Walls } from './box.ts';
import { insideEnvironment, quietEnvironment } from './environment.ts';
import { tailOf } from './log-tail.ts';
import { prepareWorkplace } from './workplace.ts';

export interface CheckResult {
  ok: boolean;
  /** Why not, in plain words; null when ok. */
  why: string | null;
  /** Last lines of the output. */
  tail: string[];
  seconds: number;
}

/** A check may take this long at most, ms. */
const longestCheckMs = 30_000;
const tailLines = 40;
const maxCheckLogBytes = 16 * 1024 * 1024;

/**
 * Runs the `check` command: the same box as a trial's, with less patience.
 * @param env added to the user's environment; give PAWL_RUN_ID so that a crash of the engine leaves nothing behind.
 * @param signal ends the check early; the result is then a failed one.
 * @param walls what goes around it; nothing when left out.
 * @throws EnvironmentFailure when it cannot be started.
 */
export async function runCheck(
  command: string,
  cwd: string,
  timeoutMs: number,
  env: Record<string, string> = {},
  signal?: AbortSignal,
  walls: Walls = { kind: 'none', setpriv: null },
): Promise<CheckResult> {
  const limitMs = Math.min(timeoutMs, longestCheckMs);
  const folder = await realpath(await checkFolder());
  const logPath = join(folder, 'check.log');
  try {
    const logFile = await prepareWorkplace(cwd, logPath, []);
    const id = randomUUID();
    try {
      const user = quietEnvironment(process.env);
      const box = await openBox({
        walls,
        command,
        cwd,
        env: { ...(walls.kind === 'none' ? user : insideEnvironment(user, null)), ...env, PAWL_TRIAL_ID: id },
        mark: `PAWL_TRIAL_ID=${id}`,
        logPath,
        logFd: logFile.fd,
        maxLogBytes: maxCheckLogBytes,
        timeoutMs: limitMs,
        delays: { interruptMs: 500, terminateMs: 500 },
        lingerMs: 100,
      });
      const abort = () => box.stop('interrupted');
      signal?.addEventListener('abort', abort, { once: true });
      if (signal?.aborted) abort();
      const end = await box.ended.finally(() => signal?.removeEventListener('abort', abort));
      const tail = await tailOf(logPath, tailLines);
      const why = {
        itself: end.exit === 0 ? null : end.exit === null ? `ended by ${end.signal}` : `exit ${end.exit}`,
        'timed-out': `still running after ${limitMs / 1000} s`,
        'log-flood': 'more than 16 MiB of output',
        'memory-flood': 'too much memory',
        'disk-flood': 'it filled the disk',
        'output-flood': 'it wrote too much',
        'process-flood': `more than ${usualMostProcesses} processes at one time`,
        stopped: 'stopped',
      }[end.cause];
      return { ok: why === null, why, tail, seconds: end.seconds };
    } finally {
      await logFile.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function checkFolder(): Promise<string> {
  try {
    return await mkdtemp(join(tmpdir(), 'pawl-check-'));
  } catch (error) {
    throw new EnvironmentFailure(
      `No temporary folder can be made in ${tmpdir()} (${(error as NodeJS.ErrnoException).code}).`,
      'Free some space there, or set TMPDIR to a folder that can be written.',
      15_000,
      { cause: error },
    );
  }
}
