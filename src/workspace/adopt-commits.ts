import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../protocol/failure.ts';
import { Git } from './git.ts';
import { GitExit, lastLine } from './git-failure.ts';
import { missingIdentity } from './identity.ts';
import { findRepository } from './repository.ts';
import { addEntry, removeEntry, removeStrayEntries } from './worktree-entry.ts';

/** One experiment's commit that is to be brought over. */
export interface Adopted {
  n: number;
  sha: string;
  /** Whole message of the new commit. */
  message: string;
  /** Experiments that its code was written on, with the files that they changed; oldest first. */
  standsOn?: readonly { n: number; files: readonly string[] }[];
}

export interface Adoption {
  projectDir: string;
  /** The run, for refs/pawl/<tag>/adopted/<n>. */
  tag: string;
  /** Commit that the run started from. */
  base: string;
  branch: string;
  /** In the order in which they go on the branch. */
  commits: readonly Adopted[];
  /** Message of the one commit that all become; null: one each. */
  squash: string | null;
  /** The branch must be new: nobody has named it, so nobody has asked to go on with it. */
  mustBeNew?: boolean;
}

export interface AdoptionResult {
  /** Where the branch stood; null = it is new. */
  before: string | null;
  /** The commit under the first new one. */
  onto: string;
  tip: string;
  /** Experiments that the branch had copies of before, in order. */
  already: number[];
  /** The new commits, in order; a squash has one for all. */
  made: { n: number; sha: string }[];
}

/** No run can have this tag: the worktree is of no run. */
const worktreeTag = '(adopt)';

/**
 * Puts copies of experiments' commits on a branch of the user's, and notes under refs/pawl/<tag>/adopted/ that they are
 * theirs now. Checkout, index, HEAD and all other branches stay as they are; when anything fails, so does the branch.
 * @throws UserError: no branch name, checked out somewhere, a conflict.
 */
export async function adoptCommits(adoption: Adoption): Promise<AdoptionResult> {
  const { branch, base, tag } = adoption;
  const repository = await findRepository(adoption.projectDir);
  const plain = new Git({ cwd: repository.project });
  const git = new Git({ cwd: repository.project, identity: await missingIdentity(plain) });
  const ref = `refs/heads/${branch}`;
  await mustBeFree(git, branch, ref);
  const before = (await git.maybe(['rev-parse', '--verify', '--quiet', `${ref}^{commit}`]))?.trim() || null;
  const onto = before ?? (await startOf(git, base));
  const there = before === null ? new Set<string>() : await adoptedCommits(git, base, before);
  const fresh = adoption.commits.filter(({ sha }) => !there.has(sha));
  if (fresh.length === 0) throw new UserError(`${branch} has all of these already. Nothing was changed.`);
  const already = adoption.commits.filter(({ sha }) => there.has(sha)).map(({ n }) => n);
  if (adoption.mustBeNew && before !== null) throw new UserError(existsAlready(branch, already));
  const bench = new Bench(git, repository.commonDir);
  const made: { n: number; sha: string }[] = [];
  let tip = onto;
  try {
    let tree = await treeOf(git, onto);
    for (const commit of fresh) {
      const there = [...already, ...fresh.slice(0, fresh.indexOf(commit)).map(({ n }) => n)];
      tree = await bench.apply(commit, tip, tree, { there, isNew: before === null });
      if (adoption.squash !== null) continue;
      tip = await commitTree(git, tree, tip, commit.message);
      made.push({ n: commit.n, sha: tip });
    }
    if (adoption.squash !== null) {
      tip = await commitTree(git, tree, onto, adoption.squash);
      for (const { n } of fresh) made.push({ n, sha: tip });
    }
  } finally {
    await bench.close();
  }
  const marks = made.map(({ n, sha }) => `update refs/pawl/${tag}/adopted/${n} ${sha}`);
  const zero = '0'.repeat(onto.length);
  const input = ['start', `update ${ref} ${tip} ${before ?? zero}`, ...marks, 'prepare', 'commit', ''].join(
    '\n',
  );
  try {
    await git.text(['update-ref', '-m', `pawl adopt ${tag}`, '--stdin'], { input, durable: true });
  } catch (error) {
    if (!(error instanceof GitExit)) throw error;
    throw new UserError(
      `git cannot move the branch ${branch}: ${lastLine(error.stderr)}. Nothing was changed.`,
    );
  }
  return { before, onto, tip, already, made };
}

function existsAlready(branch: string, already: readonly number[]): string {
  const has = already.length > 0 ? `, with ${already.map((n) => `#${n}`).join(', ')} on it` : '';
  return (
    `the branch ${branch} exists already${has}. Nothing was changed.\n` +
    `To add to it:  --branch ${branch}\nFor a new one: --branch NAME`
  );
}

/** What a commit is to fit on. */
interface Ground {
  /** Experiments that are on the branch by now. */
  there: readonly number[];
  isNew: boolean;
}

/** Why a commit does not fit on a branch, and what would help. */
function misfit(
  { n, standsOn = [] }: Adopted,
  conflicts: readonly string[],
  { there, isNew }: Ground,
): string {
  const missing = standsOn.filter((e) => !there.includes(e.n));
  const touched = (files: readonly string[]) =>
    conflicts.some((c) => files.some((f) => c === f || c.endsWith(`/${f}`)));
  const culprits = missing.filter((e) => touched(e.files));
  const wrong = `#${n} does not fit on the branch: it conflicts in ${conflicts.join(', ')}. Nothing was changed.\n`;
  if (culprits.length > 0) {
    const names = culprits.map((e) => `#${e.n}`).join(', ');
    return `${wrong}It builds on ${names}, which changed the same and ${culprits.length === 1 ? 'is' : 'are'} not there. Take ${culprits.length === 1 ? 'it' : 'them'} too (--only ${culprits.map((e) => e.n).join(',')},${n}), or leave #${n} out.`;
  }
  return isNew
    ? `${wrong}Your own code has changed there since the run started. Leave #${n} out (--only).`
    : `${wrong}Leave it out (--only), or adopt to a new branch, which starts where the run did when your own code has moved on.`;
}

/** Commits of experiments that a branch has copies of, by the copies' trailers. */
async function adoptedCommits(git: Git, base: string, branch: string): Promise<Set<string>> {
  const format = '--format=%(trailers:key=Pawl-Commit,valueonly)';
  return new Set((await git.text(['log', format, `${base}..${branch}`])).split('\n').filter(Boolean));
}

/** Where a new branch begins: at the user's own last commit when the run's base is in its past, else at that base. */
async function startOf(git: Git, base: string): Promise<string> {
  const head = (await git.maybe(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']))?.trim();
  if (!head) return base;
  const past = await git.maybe(['merge-base', head, base]);
  return past?.trim() === base ? head : base;
}

async function mustBeFree(git: Git, branch: string, ref: string): Promise<void> {
  if (branch.startsWith('-') || (await git.maybe(['check-ref-format', ref])) === null)
    throw new UserError(`${JSON.stringify(branch)} cannot be the name of a branch.`);
  if (/^pawl(\/|$)/.test(branch))
    throw new UserError(`${branch} is a place for runs of pawl. Name a branch of your own: --branch NAME`);
  const out = await git.text(['for-each-ref', '--format=%(worktreepath)', ref]);
  const place = out.trim();
  if (place !== '')
    throw new UserError(
      `${branch} is checked out in ${place}, and moving it there would change your files. ` +
        'Adopt to another branch (--branch NAME) and merge that when you like.',
    );
}

async function treeOf(git: Git, commit: string): Promise<string> {
  return (await git.text(['rev-parse', '--verify', `${commit}^{tree}`])).trim();
}

async function commitTree(git: Git, tree: string, parent: string, message: string): Promise<string> {
  return (await git.text(['commit-tree', tree, '-p', parent], { input: message, durable: true })).trim();
}

/** Applies commits one after the other. Makes a worktree of its own only when a tree must really be merged. */
class Bench {
  readonly #git: Git;
  readonly #commonDir: string;
  #folder: string | null = null;
  #inside: Git | null = null;

  constructor(git: Git, commonDir: string) {
    this.#git = git;
    this.#commonDir = commonDir;
  }

  /** The tree of `tip` (which is `tree`) with what the commit changed. @throws UserError on a conflict. */
  async apply(commit: Adopted, tip: string, tree: string, branch: Ground): Promise<string> {
    const { n, sha } = commit;
    if ((await treeOf(this.#git, `${sha}^`)) === tree) return treeOf(this.#git, sha);
    const git = await this.#worktree(tip);
    await git.text(['read-tree', '--reset', '-u', tree]);
    try {
      await git.text(['cherry-pick', '--no-commit', '--allow-empty', sha]);
    } catch (error) {
      if (!(error instanceof GitExit)) throw error;
      const open = (await git.text(['diff', '--name-only', '-z', '--diff-filter=U']))
        .split('\0')
        .filter(Boolean);
      if (open.length === 0)
        throw new UserError(`#${n} cannot be applied: ${lastLine(error.stderr)}. Nothing was changed.`);
      throw new UserError(misfit(commit, open, branch));
    }
    return (await git.text(['write-tree'])).trim();
  }

  async #worktree(tip: string): Promise<Git> {
    if (this.#inside) return this.#inside;
    this.#folder = await realpath(await mkdtemp(join(tmpdir(), 'pawl-adopt-')));
    const dir = join(this.#folder, 'worktree');
    await removeStrayEntries(this.#commonDir, dir, worktreeTag);
    const gitDir = await addEntry(this.#git, {
      commonDir: this.#commonDir,
      dir,
      base: tip,
      tag: worktreeTag,
    });
    this.#inside = new Git({ cwd: dir, gitDir, identity: this.#git.place.identity ?? [] });
    return this.#inside;
  }

  async close(): Promise<void> {
    if (this.#folder === null) return;
    await removeEntry(this.#commonDir, join(this.#folder, 'worktree'));
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** Numbers of experiments of a run that the user has adopted. */
export async function adoptedExperiments(git: Git, tag: string): Promise<Set<number>> {
  const out = await git.text(['for-each-ref', '--format=%(refname)', `refs/pawl/${tag}/adopted/`]);
  return new Set(out.split('\n').flatMap((name) => (name === '' ? [] : [Number(name.split('/').at(-1))])));
}
