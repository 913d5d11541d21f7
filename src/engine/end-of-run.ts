import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Ending } from './drive.ts';
import { pawlDir, type RunPaths } from './paths.ts';

const lookMs = 1000;

/** Resolves when the run's journal is deleted under the engine: what nobody can see or stop must not go on. */
export function journalDeleted(paths: RunPaths): {
  gone: Promise<Ending>;
  happened(): boolean;
  end(): void;
} {
  let timer: NodeJS.Timeout | undefined;
  let happened = false;
  const gone = new Promise<Ending>((resolve) => {
    timer = setInterval(() => {
      if (existsSync(paths.journal)) return;
      clearInterval(timer);
      happened = true;
      resolve({ outcome: 'failed', why: `${paths.dir} was deleted while the run went on`, exitCode: 1 });
    }, lookMs).unref();
  });
  return { gone, happened: () => happened, end: () => clearInterval(timer) };
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
