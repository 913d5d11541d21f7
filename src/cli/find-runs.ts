import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pawlDir, runPaths } from '../engine/engine-options.ts';
import { foldAll } from '../journal/fold.ts';
import { measuredNothing } from '../journal/measured-nothing.ts';
import { scanJournal } from '../journal/read.ts';
import type { RunState } from '../journal/state.ts';
import { UserError } from '../protocol/failure.ts';

/** Tags of the project's runs, newest journal last. */
export function runTags(projectDir: string): string[] {
  const runs = join(pawlDir(projectDir), 'runs');
  if (!existsSync(runs)) return [];
  const touched = (tag: string) =>
    statSync(runPaths(projectDir, tag).journal, { throwIfNoEntry: false })?.mtimeMs;
  return readdirSync(runs)
    .map((tag) => ({ tag, at: touched(tag) }))
    .filter((run) => run.at !== undefined)
    .sort((a, b) => a.at! - b.at!)
    .map((run) => run.tag);
}

/** The state of a run on disk. @throws UserError when there is no such run. */
export function loadRun(projectDir: string, wanted?: string): { state: RunState; dir: string } {
  const paths = runPaths(projectDir, findTag(projectDir, wanted));
  return { state: foldAll(scanJournal(paths.journal)), dir: paths.dir };
}

/** The wanted run, or the newest that got beyond its baseline. @throws UserError when there is no such run. */
export function findTag(projectDir: string, wanted?: string): string {
  const tags = runTags(projectDir);
  const tag = wanted ?? tags.findLast((t) => hasStarted(projectDir, t)) ?? tags.at(-1);
  if (tag === undefined) throw new UserError(`no run in ${projectDir} yet. Start one with: pawl run`);
  if (!tags.includes(tag))
    throw new UserError(`there is no run '${tag}'. Runs here: ${tags.join(', ') || 'none'}`);
  return tag;
}

/** That the newest run is another one, which never got beyond its baseline: nobody should look for it in vain. */
export function failedSince(projectDir: string, shown: string): string[] {
  const newest = runTags(projectDir).at(-1);
  if (newest === undefined || newest === shown || hasStarted(projectDir, newest)) return [];
  const { state } = loadRun(projectDir, newest);
  const why = state.ended?.why.replace(/^the unmodified command failed, so [^:]*: /, '') ?? 'it never began';
  return [
    `the newest run, ${newest}, failed at its baseline: ${why} (pawl show 0 --tag ${newest}); this is the one before it`,
  ];
}

/** False for a run whose command never worked: after a slip in pawl.yaml the run before it is the one that is meant. */
function hasStarted(projectDir: string, tag: string): boolean {
  for (const event of scanJournal(runPaths(projectDir, tag).journal)) {
    if (event.type === 'experiment.decided') return event.verdict === 'kept';
    if (event.type === 'run.ended') return event.outcome !== 'failed';
  }
  return true;
}

/**
 * A name for a run that starts now, such as `nov20`, `nov20-2` when taken. One that failed before it had a number has given
 * its name back. `isTaken` also asks git's branches.
 */
export function freshTag(projectDir: string, isTaken: (tag: string) => boolean, now = new Date()): string {
  const month = now.toLocaleString('en-US', { month: 'short' }).toLowerCase();
  const day = `${month}${now.getDate()}`;
  for (let i = 1; ; i++) {
    const tag = i === 1 ? day : `${day}-${i}`;
    const { dir, journal } = runPaths(projectDir, tag);
    if ((!existsSync(dir) || measuredNothing(journal)) && !isTaken(tag)) return tag;
  }
}
