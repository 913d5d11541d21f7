import { UserError } from '../protocol/failure.ts';
import { adoptedExperiments } from './adopt-commits.ts';
import { Git } from './git.ts';
import { findRepository } from './repository.ts';
import { removeEntry, removeStrayEntries } from './worktree-entry.ts';

/** What git holds of a run. */
export interface RunInGit {
  /** Full names and commits of refs/pawl/<tag>/..., adopted copies left out. */
  refs: { name: string; sha: string }[];
  /** The run's branch, and where it is checked out; null = there is none. */
  branch: { name: string; sha: string; at: string | null } | null;
  /** Experiments that the user has adopted. */
  adopted: Set<number>;
}

/** Reads what git holds of a run. Changes nothing. */
export async function runInGit(projectDir: string, tag: string): Promise<RunInGit> {
  const { project } = await findRepository(projectDir);
  const git = new Git({ cwd: project });
  const branchRef = `refs/heads/pawl/${tag}`;
  const format = '--format=%(refname)%00%(objectname)%00%(worktreepath)';
  const out = await git.text(['for-each-ref', format, branchRef, `refs/pawl/${tag}/`]);
  const rows = out.split('\n').flatMap((line) => {
    const [name, sha, at] = line.split('\0');
    return name && sha ? [{ name, sha, at: at || null }] : [];
  });
  return {
    refs: rows
      .filter(
        ({ name }) => name.startsWith(`refs/pawl/${tag}/`) && !name.startsWith(`refs/pawl/${tag}/adopted/`),
      )
      .map(({ name, sha }) => ({ name, sha })),
    branch: rows.find(({ name }) => name === branchRef) ?? null,
    adopted: await adoptedExperiments(git, tag),
  };
}

/** Removes a run's worktree, whatever is left of it. */
export async function removeRunWorktree(projectDir: string, tag: string, dir: string): Promise<void> {
  const { commonDir } = await findRepository(projectDir);
  await removeEntry(commonDir, dir);
  await removeStrayEntries(commonDir, dir, tag);
}

/**
 * Removes a run's refs and its branch, all or nothing, if none has moved since they were read. The branch stays when it
 * is checked out or holds commits that are not the run's: then it is the user's.
 * @returns why the branch stayed; null when it went or there was none.
 */
export async function removeRunRefs(projectDir: string, { refs, branch }: RunInGit): Promise<string | null> {
  const { project } = await findRepository(projectDir);
  const git = new Git({ cwd: project });
  const ours = new Set(refs.map(({ sha }) => sha));
  const stays =
    branch === null || (branch.at === null && ours.has(branch.sha))
      ? null
      : branch.at !== null
        ? `${branch.name.replace('refs/heads/', '')} stays: it is checked out in ${branch.at}`
        : `${branch.name.replace('refs/heads/', '')} stays: it has commits that are not pawl’s`;
  const gone = [...refs, ...(branch !== null && stays === null ? [branch] : [])];
  if (gone.length === 0) return stays;
  const input = [
    'start',
    ...gone.map(({ name, sha }) => `delete ${name} ${sha}`),
    'prepare',
    'commit',
    '',
  ].join('\n');
  try {
    await git.text(['update-ref', '--stdin'], { input, durable: true });
  } catch (error) {
    throw new UserError(`git did not let the run's refs go: ${(error as Error).message}`, 3);
  }
  return stays;
}
