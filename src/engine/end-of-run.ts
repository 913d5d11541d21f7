import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Ending } from './drive.ts';
import type { LockHolder } from './lock-holder.ts';
import { pawlDir, type RunPaths } from './paths.ts';
import type { Lock } from './run-lock.ts';

const lookMs = 1000;
const keepLockMs = 5000;

/** Resolves when the run's journal is deleted under the engine: what nobody can see or stop must not go on. */
export function journalDeleted(paths: RunPaths): {
  gone: Promise<Ending>;
  /** How the run ends when the journal is gone by now; null while it is there. */
  look(): Ending | null;
  happened(): boolean;
  end(): void;
} {
  let timer: NodeJS.Timeout | undefined;
  let happened = false;
  const look = (): Ending | null => {
    if (existsSync(paths.journal)) return null;
    clearInterval(timer);
    happened = true;
    return { outcome: 'failed', why: `${paths.dir} was deleted while the run went on`, exitCode: 1 };
  };
  const gone = new Promise<Ending>((resolve) => {
    timer = setInterval(() => {
      const ending = look();
      if (ending) resolve(ending);
    }, lookMs).unref();
  });
  return { gone, look, happened: () => happened, end: () => clearInterval(timer) };
}

/** Keeps the lock, and resolves when another engine has it: two must never own one project. */
export function lockLost(lock: Lock): { gone: Promise<Ending>; end(): void } {
  let timer: NodeJS.Timeout | undefined;
  const gone = new Promise<Ending>((resolve) => {
    timer = setInterval(() => {
      const other = ownerInstead(lock);
      if (!other) return;
      clearInterval(timer);
      resolve({
        outcome: 'stopped',
        why: `another engine (pid ${other.pid}, run ${other.tag}) has taken the project over`,
        exitCode: 1,
      });
    }, keepLockMs).unref();
  });
  return { gone, end: () => clearInterval(timer) };
}

function ownerInstead(lock: Lock): LockHolder | null {
  try {
    return lock.keep();
  } catch {
    // A full disk, or the whole folder is gone: others watch for that.
    return null;
  }
}

/** Removes what was written back after the user had deleted the run, or all of `.pawl`: git would show it as untracked. */
export function removeRemains(projectDir: string, paths: RunPaths): void {
  rmSync(paths.dir, { recursive: true, force: true });
  const runs = join(pawlDir(projectDir), 'runs');
  for (const dir of [runs, pawlDir(projectDir)]) {
    if (existsSync(dir) && readdirSync(dir).length === 0) rmdirSync(dir);
  }
}

/** Rejects with what nothing else caught: a fault of ours must end the run in order, with its trial. */
export function uncaughtFault(): Promise<never> {
  return new Promise((_, reject) => {
    process.on('uncaughtException', reject);
    process.on('unhandledRejection', reject);
  });
}
