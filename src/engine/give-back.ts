import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { measuredNothing } from '../journal/measured-nothing.ts';
import { pawlDir, type RunPaths } from './paths.ts';

/** Where the latest start that failed without a number is kept, out of the way of its name. */
export function failedStartDir(projectDir: string): string {
  return join(pawlDir(projectDir), 'failed-start');
}

/**
 * Gives a run's name back where the run of that name has failed before anything was measured: its log and journal are kept
 * aside (the latest such start only), and the folder is as a new run's. The caller holds the project's lock.
 */
export function giveBackName(projectDir: string, paths: RunPaths): void {
  if (!existsSync(paths.journal) || !measuredNothing(paths.journal)) return;
  const aside = failedStartDir(projectDir);
  rmSync(aside, { recursive: true, force: true });
  mkdirSync(aside, { recursive: true, mode: 0o700 });
  // The journal goes last: a start that is killed here is one that has failed still, and all of it is moved the next time.
  const names = readdirSync(paths.dir).filter((name) => !stays.has(name));
  for (const name of names.sort((a, b) => rank(a, paths) - rank(b, paths)))
    renameSync(join(paths.dir, name), join(aside, name));
}

// It is being written to already.
const stays: ReadonlySet<string> = new Set(['engine.log']);

const rank = (name: string, { journal }: RunPaths) => Number(name === basename(journal));
