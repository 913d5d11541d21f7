import { readdir, readFile, realpath, rm, rmdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { UserError } from '../protocol/failure.ts';
import type { Git } from './git.ts';
import { GitExit, lastLine } from './git-failure.ts';
import { removeStubborn } from './leftovers.ts';

/** Why git must not prune the worktree; also how a run's entry is known after its project was moved. */
function lockReason(tag: string): string {
  return `pawl run ${tag}: close it with pawl, not with git worktree remove`;
}

/**
 * The git folder of the worktree at `dir` (`<common>/worktrees/<id>`), or null. Found from the repository's side, never
 * by reading `<dir>/.git`, which is the worktree's to write.
 */
export async function findEntry(commonDir: string, dir: string): Promise<string | null> {
  for (const entry of await entries(commonDir)) if ((await placeOf(entry)) === dir) return entry;
  return null;
}

async function entries(commonDir: string): Promise<string[]> {
  const folder = join(commonDir, 'worktrees');
  return (await readdir(folder).catch(() => [])).map((id) => join(folder, id));
}

async function placeOf(entry: string): Promise<string | null> {
  const text = await readFile(join(entry, 'gitdir'), 'utf8').catch(() => null);
  if (text === null) return null;
  const dotGit = resolve(entry, text.replace(/\n$/, ''));
  const dir = dirname(dotGit);
  // The worktree itself may be missing; its folder decides.
  return join(await realpath(dirname(dir)).catch(() => dirname(dir)), basename(dir));
}

/**
 * Registers an empty, locked worktree with a detached HEAD at `base`, replacing whatever is at `dir`.
 * Resolves to its git folder. @throws UserError when git refuses.
 */
export async function addEntry(
  git: Git,
  { commonDir, dir, base, tag }: { commonDir: string; dir: string; base: string; tag: string },
): Promise<string> {
  await removeStubborn(dir);
  try {
    // -f -f: the path may still be registered, and locked, from a worktree that was deleted by hand.
    await git.text(['worktree', 'add', '-f', '-f', '--no-checkout', '--detach', '--', dir, base]);
    await git.text(['worktree', 'lock', '--reason', lockReason(tag), '--', dir]);
  } catch (error) {
    if (!(error instanceof GitExit)) throw error;
    throw new UserError(`git cannot make a worktree at ${dir}: ${lastLine(error.stderr)}`, 3);
  }
  const entry = await findEntry(commonDir, dir);
  if (entry === null) throw new UserError(`git made a worktree at ${dir} but does not list it.`, 3);
  return entry;
}

/** Unregisters a worktree and deletes its folder. Nothing of it need exist. */
export async function removeEntry(commonDir: string, dir: string): Promise<void> {
  await removeStubborn(dir);
  const entry = await findEntry(commonDir, dir);
  // What `git worktree remove -f -f` does, without its refusals (submodules, a missing or broken `.git`).
  if (entry !== null) await rm(entry, { recursive: true, force: true });
  // As git does: the folder goes with its last worktree, and stays (the error) while it has others.
  await rmdir(join(commonDir, 'worktrees')).catch(() => {});
}

/** Unregisters worktrees of this run that lie nowhere any more (the project was moved). Resolves to their places. */
export async function removeStrayEntries(commonDir: string, dir: string, tag: string): Promise<string[]> {
  const strays: string[] = [];
  for (const entry of await entries(commonDir)) {
    const place = await placeOf(entry);
    const locked = await readFile(join(entry, 'locked'), 'utf8').catch(() => '');
    if (place === null || place === dir || locked.trim() !== lockReason(tag)) continue;
    if (await stat(place).catch(() => null)) continue;
    await rm(entry, { recursive: true, force: true });
    strays.push(place);
  }
  return strays;
}

/**
 * Removes lock files that a killed git left in the run's own places: its worktree's git folder, its branch and refs.
 * The caller holds the run's lock, so nobody else writes there; a lock that goes by itself within a second was alive.
 * Locks in shared places (packed-refs, config, the user's index) are never touched.
 */
export async function removeStaleLocks(
  commonDir: string,
  entry: string | null,
  tag: string,
): Promise<string[]> {
  const refs = join(commonDir, 'refs');
  const candidates = [
    join(refs, 'heads', 'pawl', `${tag}.lock`),
    ...(await locksIn(join(refs, 'pawl', tag))),
    ...(entry === null ? [] : await locksIn(entry)),
  ];
  const removed: string[] = [];
  for (const lock of candidates) {
    if (!(await outlives(lock, 1000))) continue;
    await rm(lock, { force: true });
    removed.push(lock);
  }
  return removed;
}

async function locksIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => name.endsWith('.lock')).map((name) => join(folder, name));
}

/** True when a file is still the same one after its last change is `ms` old. */
async function outlives(path: string, ms: number): Promise<boolean> {
  for (;;) {
    const found = await stat(path).catch(() => null);
    if (!found) return false;
    // A clock that was set back must not make us wait for long.
    const age = Math.abs(Date.now() - found.mtimeMs);
    if (age >= ms) return true;
    await delay(Math.min(50, ms - age));
  }
}
