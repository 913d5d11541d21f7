import { lstat, mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../protocol/failure.ts';
import { Git } from './git.ts';
import { environmentFailureOf } from './git-failure.ts';
import { GitWorkspace } from './git-workspace.ts';
import { missingIdentity } from './identity.ts';
import { checkBranch, type KnownCommits, type MendedRefs, mendCommits } from './known-refs.ts';
import { planLinks } from './links.ts';
import { removeStalePackLock } from './pack-refs.ts';
import { mendRest, readKnownRefs } from './read-known-refs.ts';
import { findRepository, listTree, type Repository } from './repository.ts';
import { type RefState, RunRefs } from './run-refs.ts';
import { RunWorktree } from './run-worktree.ts';
import { cleanGlob, isGlob } from './surface-glob.ts';
import { surfaceTest } from './surface-test.ts';
import type { Workspace } from './workspace.ts';
import { addEntry, findEntry, removeEntry, removeStaleLocks, removeStrayEntries } from './worktree-entry.ts';

export interface OpenWorkspace {
  projectDir: string;
  /** The run's folder; the worktree is made at `<runDir>/worktree`. It must be ignored by git (`.pawl/.gitignore`). */
  runDir: string;
  tag: string;
  /** Commit that the run starts from, or started from: a full id. */
  base: string;
  /** Globs, relative to the project. */
  surface: readonly string[];
  /** Untracked inputs, relative to the project. */
  link: readonly string[];
  /** True: the run has begun; what is missing is made again. False: it must be new. Left out: its refs tell. */
  resume?: boolean;
  /** What the journal of a run that goes on says about its commits. */
  known?: KnownCommits;
}

export interface OpenedWorkspace {
  workspace: Workspace;
  /** What had to be repaired, one sentence each, for `run.resumed`. */
  recovered: string[];
  /** Experiments whose commit is no more in the repository. */
  lost: number[];
  /** Looks into the old refs of a long run, and mends them; meant for when it goes on already. Null: all is done. */
  rest: (() => Promise<MendedRefs>) | null;
}

/**
 * Opens the run's private worktree, new or again. It is checked out at the champion (a new run: the base).
 * The caller holds the run's lock. A start that fails leaves no branch, ref or worktree behind.
 * @throws UserError (exit 2: tag, link or branch cannot be; exit 3: an input is missing); EnvironmentFailure.
 */
export async function openWorkspace(options: OpenWorkspace): Promise<OpenedWorkspace> {
  checkTag(options.tag);
  const repository = await findRepository(options.projectDir);
  const { project, prefix } = repository;
  const git = new Git({ cwd: project });
  if (!(await git.maybe(['rev-parse', '--verify', '--quiet', `${options.base}^{commit}`])))
    throw new UserError(`The commit ${options.base} that the run starts from is not in this repository.`, 3);
  const links = await planLinks(options.link, project, prefix, await listTree(git, options.base));
  try {
    await mkdir(options.runDir, { recursive: true });
    const runDir = await realpath(options.runDir);
    return await open({ ...options, runDir }, repository, git, links);
  } catch (error) {
    throw environmentFailureOf(error) ?? error;
  }
}

async function open(
  options: OpenWorkspace,
  { prefix, commonDir, project }: Repository,
  git: Git,
  links: Awaited<ReturnType<typeof planLinks>>,
): Promise<OpenedWorkspace> {
  const { tag, base, known } = options;
  const lost: number[] = [];
  const dir = join(options.runDir, 'worktree');
  const recovered: string[] = [];
  let gitDir = await findEntry(commonDir, dir);
  for (const lock of await removeStaleLocks(commonDir, gitDir, tag))
    recovered.push(`Removed the lock file ${lock} that a killed git had left.`);
  if (removeStalePackLock(commonDir, tag))
    recovered.push('Removed a lock of packed refs that the killed engine had left.');
  for (const place of await removeStrayEntries(commonDir, dir, tag))
    recovered.push(`Forgot the run's worktree at ${place}, where it is no more.`);
  const refs = new RunRefs(git, tag);
  const { state, onTrust } = known
    ? await readKnownRefs(refs, known, commonDir)
    : { state: await refs.read(), onTrust: false };
  const resume = options.resume ?? (state.base === base && !isUnused(state, base));
  if (!resume && !isUnused(state, base))
    throw new UserError(
      state.base === null
        ? `The branch ${refs.branch} exists already, and no run of pawl made it. Choose another --tag.`
        : `There is a run named ${tag} already (branch ${refs.branch}). Choose another --tag, or go on with it where its journal is: pawl resume ${tag}`,
    );
  if (resume && known) {
    checkBranch(refs.branch, state, known, base);
    const mended = await mendCommits(git, refs, state, known);
    recovered.push(...mended.recovered);
    lost.push(...mended.lost);
  }
  if (resume) recovered.push(...(await mendRefs(refs, state, base, known?.champion)));
  else if (state.branch === null) await refs.create(base);
  try {
    const missing = gitDir === null || !(await lstat(dir).catch(() => null))?.isDirectory();
    if (gitDir === null || missing) {
      // Neither entry nor folder: the run was closed in order.
      if (resume && (gitDir !== null || (await lstat(dir).catch(() => null))))
        recovered.push(
          gitDir === null
            ? "Made the run's worktree again: git did not list it."
            : "Made the run's worktree again: its folder was gone.",
        );
      gitDir = await addEntry(git, { commonDir, dir, base, tag });
    }
    const inside = new Git({ cwd: dir, gitDir, identity: await missingIdentity(git) });
    const indexCopy = join(options.runDir, 'worktree.index');
    const worktree = new RunWorktree(inside, { dir, gitDir, indexCopy, links });
    const ownRefs = new RunRefs(inside, tag, true);
    const champion = state.champion ?? base;
    if (resume && !missing) recovered.push(...(await differences(worktree, champion)));
    await worktree.restoreAfresh(champion);
    const workspace = new GitWorkspace({
      git: inside,
      refs: ownRefs,
      repositoryRefs: refs,
      worktree,
      tag,
      base,
      prefix,
      commonDir,
      project,
      onSurface: surfaceTest(options.surface, options.link),
      named: new Set(
        options.surface.filter((pattern) => !pattern.startsWith('!') && !isGlob(pattern)).map(cleanGlob),
      ),
      branchTip: state.branch ?? champion,
    });
    const rest = onTrust && known ? () => mendRest(git, refs, known) : null;
    return { workspace, recovered, lost, rest };
  } catch (error) {
    if (!resume) {
      await removeEntry(commonDir, dir).catch(() => {});
      await refs.forget(base);
    }
    throw error;
  }
}

/**
 * Removes what a start that was killed before its run began has left in git: worktree, branch and refs at their base.
 * Resolves to false, having touched nothing, when there is more than that.
 */
export async function forgetUnbegun(projectDir: string, runDir: string, tag: string): Promise<boolean> {
  const { project, commonDir } = await findRepository(projectDir);
  const refs = new RunRefs(new Git({ cwd: project }), tag);
  const state = await refs.read();
  if (!isUnused(state, state.base ?? '')) return false;
  if (state.base !== null) await refs.forget(state.base);
  await removeEntry(commonDir, join(await realpath(runDir), 'worktree'));
  return true;
}

/** No refs of the run, or exactly what a start that was killed half way leaves. */
function isUnused(state: RefState, base: string): boolean {
  const { branch, champion, experiments } = state;
  if (branch === null && champion === null && state.base === null) return experiments.size === 0;
  return branch === base && champion === base && state.base === base && experiments.size === 0;
}

/**
 * Brings back refs that are missing. The champion is the truth, then the journal's word for it; the branch may lag behind
 * it (see RunRefs).
 */
async function mendRefs(
  refs: RunRefs,
  state: RefState,
  base: string,
  known: string | undefined,
): Promise<string[]> {
  const champion = state.champion ?? known ?? state.branch ?? base;
  const missing = [
    ...(state.branch === null ? [{ name: 'branch' as const, sha: champion }] : []),
    ...(state.base === null ? [{ name: 'base' as const, sha: base }] : []),
    ...(state.champion === null ? [{ name: 'champion' as const, sha: champion }] : []),
  ];
  if (state.base !== null && state.base !== base)
    throw new UserError(
      `${refs.branch} belongs to another run: it started from ${state.base}, not from ${base}.`,
    );
  if (missing.length > 0) await refs.mend(missing);
  Object.assign(state, { champion, branch: state.branch ?? champion });
  return missing.map(({ name, sha }) =>
    name === 'branch'
      ? `Made the branch ${refs.branch} again at ${sha.slice(0, 12)}: it was gone.`
      : `Made the run's ${name} ref again at ${sha.slice(0, 12)}: it was gone.`,
  );
}

async function differences(worktree: RunWorktree, champion: string): Promise<string[]> {
  const changed = await worktree.changedSince(champion).catch(() => ['its files']);
  if (changed.length === 0) return [];
  const some = changed.slice(0, 3).join(', ');
  return [
    `Set pawl's own worktree (not your checkout) back to the champion: ${some}${changed.length > 3 ? ' and others' : ''} differed there.`,
  ];
}

function checkTag(tag: string): void {
  const good =
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(tag) && !tag.includes('..') && !/(\.lock|\.)$/.test(tag);
  if (!good)
    throw new UserError(
      `${JSON.stringify(tag)} cannot be the tag of a run: use up to 64 letters, digits, and . _ - between them.`,
    );
}
