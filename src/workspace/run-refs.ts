import { EnvironmentFailure, UserError } from '../protocol/failure.ts';
import type { Git } from './git.ts';
import { GitExit, lastLine } from './git-failure.ts';
import { GitSession } from './git-session.ts';

/** The refs of a run as they are now. */
export interface RefState {
  branch: string | null;
  /** Worktree that has the branch checked out, or null. */
  branchAt: string | null;
  champion: string | null;
  base: string | null;
  /** Commit of each experiment. */
  experiments: Map<number, string>;
}

const noRefs = (): RefState => ({
  branch: null,
  branchAt: null,
  champion: null,
  base: null,
  experiments: new Map(),
});

const updateRef = ['update-ref', '-m', 'pawl', '--stdin'];

/**
 * The refs that a run owns:
 * `refs/heads/pawl/<tag>` (the branch), `refs/pawl/<tag>/{base,champion,<n>}` and `refs/pawl/<tag>/lost/<n>-<sha>`.
 * The champion ref is what moves; the branch follows it, save while the user has the branch checked out: moving it then
 * would turn their clean checkout into one with phantom changes. It catches up as soon as they leave it.
 */
export class RunRefs {
  readonly branch: string;
  readonly tag: string;
  readonly #git: Git;
  readonly #root: string;
  readonly #session: GitSession | null;

  /** @param keepOpen for whoever moves refs often: close it in the end. */
  constructor(git: Git, tag: string, keepOpen = false) {
    this.#git = git;
    this.#session = keepOpen ? new GitSession(git, updateRef) : null;
    this.tag = tag;
    this.branch = `pawl/${tag}`;
    this.#root = `refs/pawl/${tag}`;
  }

  /** All of them. git opens a file for each experiment. */
  async read(): Promise<RefState> {
    const state = noRefs();
    for (const ref of await this.#list(`refs/heads/${this.branch}`, `${this.#root}/`)) {
      if (ref.name === `refs/heads/${this.branch}`)
        Object.assign(state, { branch: ref.sha, branchAt: ref.worktree });
      const own = ref.name.startsWith(`${this.#root}/`) ? ref.name.slice(this.#root.length + 1) : '';
      if (own === 'champion' || own === 'base') state[own] = ref.sha;
      else if (/^\d+$/.test(own)) state.experiments.set(Number(own), ref.sha);
    }
    return state;
  }

  /** As `read`, without the experiments: the same work after ten thousand of them as after one. */
  async readTips(): Promise<RefState> {
    // Only for the branch: git lists a folder of refs by reading all that is in it, whatever pattern it is given.
    const [branches, own] = await Promise.all([
      this.#list(`refs/heads/${this.branch}`),
      this.getAll(['champion', 'base']),
    ]);
    const branch = branches.find((ref) => ref.name === `refs/heads/${this.branch}`);
    return {
      ...noRefs(),
      branch: branch?.sha ?? null,
      branchAt: branch?.worktree ?? null,
      champion: own.get('champion') ?? null,
      base: own.get('base') ?? null,
    };
  }

  async #list(...patterns: string[]): Promise<{ name: string; sha: string; worktree: string | null }[]> {
    const format = '--format=%(refname)%00%(objectname)%00%(worktreepath)';
    const out = await this.#git.text(['for-each-ref', format, ...patterns]);
    return out.split('\n').flatMap((line) => {
      const [name, sha, worktree] = line.split('\0');
      return name && sha ? [{ name, sha, worktree: worktree || null }] : [];
    });
  }

  /** Commit of one of the run's own refs (`champion`, `base`, an experiment's number), or null. */
  async get(name: string | number): Promise<string | null> {
    return (await this.getAll([name])).get(name) ?? null;
  }

  /** As `get`, for some of them; what is not there, or names nothing that is there, is left out. */
  async getAll<T extends string | number>(names: readonly T[]): Promise<Map<T, string>> {
    const input = names.map((name) => `${this.#root}/${name}\n`).join('');
    const out = await this.#git.text(['cat-file', '--batch-check=%(objectname)'], { input });
    const found = out.split('\n');
    return new Map(
      names.flatMap((name, i) => (/^[0-9a-f]{40,}$/.test(found[i] ?? '') ? [[name, found[i]!]] : [])),
    );
  }

  /** Creates branch, base and champion together. @throws UserError when the branch cannot be made. */
  async create(base: string): Promise<void> {
    try {
      await this.#transaction([
        `create refs/heads/${this.branch} ${base}`,
        `create ${this.#root}/base ${base}`,
        `create ${this.#root}/champion ${base}`,
      ]);
    } catch (error) {
      if (!(error instanceof GitExit)) throw error;
      const rival = /'refs\/heads\/pawl' exists/.test(error.stderr);
      throw new UserError(
        rival
          ? `There is a branch named pawl, so git cannot make ${this.branch}. Rename it: git branch -m pawl pawl-old`
          : `git cannot make the branch ${this.branch}: ${lastLine(error.stderr)}`,
      );
    }
  }

  /** Brings back refs that somebody deleted. */
  async mend(refs: readonly { name: 'branch' | 'base' | 'champion'; sha: string }[]): Promise<void> {
    await this.#transaction(
      refs.map(
        ({ name, sha }) =>
          `create ${name === 'branch' ? `refs/heads/${this.branch}` : `${this.#root}/${name}`} ${sha}`,
      ),
    );
  }

  /** Brings back refs of experiments. */
  async restore(commits: readonly (readonly [n: number, sha: string])[]): Promise<void> {
    await this.#transaction(commits.map(([n, sha]) => `create ${this.#root}/${n} ${sha}`));
  }

  /** Removes what `create` made, for a start that failed half way. */
  async forget(base: string): Promise<void> {
    await this.#transaction([
      `delete refs/heads/${this.branch} ${base}`,
      `delete ${this.#root}/base ${base}`,
      `delete ${this.#root}/champion ${base}`,
    ]).catch(() => {});
  }

  /** Create-only. Resolves to false when the experiment has a commit already. */
  async add(n: number, sha: string): Promise<boolean> {
    try {
      await this.#transaction([`create ${this.#root}/${n} ${sha}`]);
      return true;
    } catch (error) {
      if (error instanceof GitExit && /already exists/.test(error.stderr)) return false;
      throw error;
    }
  }

  /** Gives experiment n another commit and keeps the earlier one under `lost/`: nothing tried is lost. */
  async replace(n: number, earlier: string, sha: string): Promise<void> {
    await this.#transaction([
      `update ${this.#root}/lost/${n}-${earlier.slice(0, 12)} ${earlier}`,
      `update ${this.#root}/${n} ${sha} ${earlier}`,
    ]);
  }

  /**
   * Compare-and-swap of the champion, and of the branch from `branchNow` unless that is null (leave it).
   * @throws EnvironmentFailure when a ref is not where it should be.
   */
  async move(from: string, to: string, branchNow: string | null): Promise<void> {
    const moves = [`update ${this.#root}/champion ${to} ${from}`];
    if (branchNow !== null) moves.push(`update refs/heads/${this.branch} ${to} ${branchNow}`);
    try {
      await this.#transaction(moves);
    } catch (error) {
      if (error instanceof GitExit) throw movedByOther(this.branch, from, lastLine(error.stderr), error);
      throw error;
    }
  }

  /** Ends the process that was kept open, if any. */
  async close(): Promise<void> {
    await this.#session?.close();
  }

  /** All or nothing. The open process holds no lock between two of these; when it fails, a new one says why. */
  async #transaction(commands: readonly string[]): Promise<void> {
    if (this.#session && (await this.#inSession(this.#session, commands))) return;
    const input = `${['start', ...commands, 'prepare', 'commit'].join('\n')}\n`;
    await this.#git.text(updateRef, { input, durable: true });
  }

  async #inSession(session: GitSession, commands: readonly string[]): Promise<boolean> {
    let prepared = false;
    try {
      await session.ask(`${['start', ...commands, 'prepare'].join('\n')}\n`, '\nprepare: ok\n');
      prepared = true;
      await session.ask('commit\n', 'commit: ok\n');
      await session.rest();
      return true;
    } catch (error) {
      if (!(error instanceof GitExit)) throw error;
      // It may have died with the answer on its lips.
      return prepared && (await this.#isDone(commands));
    }
  }

  async #isDone(commands: readonly string[]): Promise<boolean> {
    const expected = commands
      .map((command) => command.split(' '))
      .map(([, ref, sha]) => `verify ${ref} ${sha}`);
    return (await this.#git.maybe(updateRef, { input: `${expected.join('\n')}\n` })) !== null;
  }
}

/** Somebody else moved the run's branch: only a human can say which of the two is meant. */
export function movedByOther(
  branch: string,
  expected: string,
  detail: string,
  cause?: unknown,
): EnvironmentFailure {
  return new EnvironmentFailure(
    `Somebody moved the branch ${branch}: ${detail}`,
    `Put it back: git branch -f ${branch} ${expected.slice(0, 12)} (keep your own commits on another branch first).`,
    null,
    { cause, kind: 'repository' },
  );
}
