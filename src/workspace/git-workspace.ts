import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cleanLines } from '../protocol/clean.ts';
import { EnvironmentFailure } from '../protocol/failure.ts';
import { EditRefused, writeEdit } from './edit-path.ts';
import type { Git } from './git.ts';
import { asEnvironment } from './git-failure.ts';
import { OneAtATime } from './one-at-a-time.ts';
import { packExperiments } from './pack-refs.ts';
import { removePlanted } from './planted.ts';
import { refuseShadows, shadowGround } from './refuse-shadows.ts';
import { readBlobs, textOf } from './repository.ts';
import { movedByOther, type RunRefs } from './run-refs.ts';
import type { RunWorktree } from './run-worktree.ts';
import { commitTexts } from './text-history.ts';
import { TreeDiff } from './tree-diff.ts';
import type { Staged, Workspace, WorktreeGrounds } from './workspace.ts';
import { removeEntry } from './worktree-entry.ts';

export interface WorkspaceParts {
  git: Git;
  refs: RunRefs;
  /** The same refs, for when the worktree is gone. */
  repositoryRefs: RunRefs;
  worktree: RunWorktree;
  tag: string;
  base: string;
  /** The project's place below the root: empty, or `sub/folder/`. */
  prefix: string;
  commonDir: string;
  /** The project's folder in the user's checkout. */
  project: string;
  onSurface: (path: string) => boolean;
  /** Files that the surface names letter by letter. */
  named: ReadonlySet<string>;
  /** Where the branch was last seen. */
  branchTip: string;
}

/** With fewer files of refs than this a run leaves them to git's own housekeeping in the end. */
const worthPacking = 100;

/** The workspace of a run on a git worktree. Made by `openWorkspace`. */
export class GitWorkspace implements Workspace {
  readonly dir: string;
  readonly cwd: string;
  readonly branch: string;
  readonly base: string;
  readonly #parts: WorkspaceParts;
  readonly #queue = new OneAtATime();
  readonly #surfaces = new Map<string, Map<string, string>>();
  readonly #differ: TreeDiff;
  #branchTip: string;

  constructor(parts: WorkspaceParts) {
    this.#parts = parts;
    this.#differ = new TreeDiff(parts.git);
    this.dir = parts.worktree.place.dir;
    this.cwd = join(this.dir, parts.prefix).replace(/\/$/, '');
    this.branch = parts.refs.branch;
    this.base = parts.base;
    this.#branchTip = parts.branchTip;
  }

  onSurface(path: string): boolean {
    return this.#parts.onSurface(path);
  }

  async surface(sha: string): Promise<Map<string, string>> {
    const known = this.#surfaces.get(sha);
    if (known) return new Map(known);
    const texts = await asEnvironment(() => this.#readSurface(sha));
    this.#surfaces.set(sha, texts);
    for (const old of this.#surfaces.keys()) {
      if (this.#surfaces.size <= 4) break;
      this.#surfaces.delete(old);
    }
    return new Map(texts);
  }

  async #readSurface(sha: string): Promise<Map<string, string>> {
    const { worktree, git, prefix } = this.#parts;
    const files = [...(await worktree.tree(sha))].flatMap(([path, file]) =>
      path.startsWith(prefix) && file.mode.startsWith('100') && this.onSurface(path.slice(prefix.length))
        ? [{ path: path.slice(prefix.length), oid: file.oid }]
        : [],
    );
    const blobs = await readBlobs(
      git,
      files.map((file) => file.oid),
    );
    const texts = new Map<string, string>();
    for (const [at, file] of files.entries()) {
      const text = textOf(blobs[at]!);
      if (text !== null) texts.set(file.path, text);
    }
    return texts;
  }

  stage(parent: string, files: ReadonlyMap<string, string>): Promise<Staged> {
    return this.#exclusive(async () => {
      const { worktree, git, prefix } = this.#parts;
      for (const path of files.keys())
        if (!this.onSurface(path)) throw new EditRefused('off-surface', path, 'it is not on the surface');
      await this.#mustNotShadow(parent, [...files.keys()]);
      const before = await this.surface(parent);
      const paths = [...files.keys()].map((path) => prefix + path);
      await worktree.restoreBelow(parent, new Set(paths));
      for (const [path, text] of files) await writeEdit(this.dir, prefix + path, text);
      // -f: a new file is wanted even where .gitignore would hide it. -v: so that git says what it did.
      if (paths.length > 0)
        await git.text(['--literal-pathspecs', 'add', '-v', '-f', '--', ...paths], { durable: true });
      const tree = (await git.text(['write-tree'], { durable: true })).trim();
      // Before the check command runs: it might touch the index too.
      await worktree.trustStaged(tree, parent, new Set(paths));
      const { diff, added, removed } = await this.#differ.changes(parent, tree, paths);
      const changed = [...files].filter(([path, text]) => before.get(path) !== text).map(([path]) => path);
      return { tree, diff, files: changed, added, removed };
    });
  }

  unplant(sha: string): Promise<string[]> {
    return this.#exclusive(async () => {
      const { worktree, git } = this.#parts;
      const ground = await shadowGround(git, await worktree.tree(sha), this.#isLocked);
      return removePlanted(this.dir, ground, new Set(worktree.place.links.map((link) => link.path)));
    });
  }

  readonly #isLocked = (path: string): boolean => {
    const { prefix } = this.#parts;
    return !path.startsWith(prefix) || !this.onSurface(path.slice(prefix.length));
  };

  async #mustNotShadow(parent: string, paths: readonly string[]): Promise<void> {
    const { worktree, git, prefix, named } = this.#parts;
    const tree = await worktree.tree(parent);
    const fresh = paths.filter((path) => !tree.has(prefix + path) && !named.has(path));
    await refuseShadows(git, { tree, isLocked: this.#isLocked, prefix, fresh });
  }

  commit(n: number, parent: string, tree: string, message: string): Promise<string> {
    return this.#exclusive(async () => {
      const { git, refs, worktree, tag } = this.#parts;
      const input = `${printable(message)}\n\nPawl-Run: ${tag}\nPawl-Experiment: ${n}\nPawl-Parent: ${parent}\n`;
      const sha = (
        await git.text(['commit-tree', tree, '-p', parent, '-F', '-'], { input, durable: true })
      ).trim();
      const kept = (await refs.add(n, sha)) ? sha : await this.#again(n, parent, tree, sha);
      await worktree.follow(tree, kept);
      return kept;
    });
  }

  /**
   * Experiment n has a commit already: a crash fell between it and the journal line. The same edit again is the same
   * experiment and keeps its commit; another edit takes the number, and the lost one stays under `lost/`.
   */
  async #again(n: number, parent: string, tree: string, sha: string): Promise<string> {
    const { git, refs } = this.#parts;
    const earlier = await refs.get(n);
    if (earlier === null)
      throw new EnvironmentFailure(
        `The ref of experiment ${n} came and went`,
        'Is the same run open twice?',
        15_000,
        { kind: 'repository' },
      );
    const made = await git.text(['rev-parse', `${earlier}^{tree}`, `${earlier}^@`]);
    if (made === `${tree}\n${parent}\n`) return earlier;
    await refs.replace(n, earlier, sha);
    return sha;
  }

  async grounds(sha: string): Promise<WorktreeGrounds> {
    const { worktree, commonDir, project, prefix } = this.#parts;
    const tree = await asEnvironment(() => worktree.tree(sha));
    const tracked = [...tree].flatMap(([path, file]) => (file.mode.startsWith('100') ? [path] : []));
    return {
      worktree: this.dir,
      tracked,
      surface: tracked.filter((path) => path.startsWith(prefix) && this.onSurface(path.slice(prefix.length))),
      inputs: [commonDir, ...worktree.place.links.map((link) => link.target)],
      project,
    };
  }

  checkout(sha: string): Promise<void> {
    return this.#exclusive(() => this.#parts.worktree.restore(sha));
  }

  async putBackSince(sha: string): Promise<string[]> {
    const { worktree, prefix } = this.#parts;
    const onSurface = (path: string) => path.startsWith(prefix) && this.onSurface(path.slice(prefix.length));
    return worktree.touchedSince(sha).filter((path) => !onSurface(path));
  }

  changedSince(sha: string): Promise<string[]> {
    return this.#exclusive(() => this.#parts.worktree.changedSince(sha));
  }

  move(from: string, to: string): Promise<void> {
    return this.#exclusive(async () => {
      const { refs } = this.#parts;
      const now = await refs.readTips();
      if (now.champion !== from)
        throw movedByOther(this.branch, from, `the champion should be ${from}, but is ${now.champion}`);
      if (now.branch !== this.#branchTip)
        throw movedByOther(
          this.branch,
          from,
          `it should be at ${this.#branchTip}, but is ${now.branch ?? 'gone'}`,
        );
      await refs.move(from, to, now.branchAt === null ? now.branch : null);
      if (now.branchAt === null) this.#branchTip = to;
    });
  }

  async tip(): Promise<string | null> {
    return asEnvironment(() => this.#parts.refs.get('champion'));
  }

  async diff(from: string, to: string): Promise<string> {
    return asEnvironment(() => this.#differ.text(from, to));
  }

  async commitOf(n: number): Promise<string | null> {
    return asEnvironment(() => this.#parts.refs.get(n));
  }

  keepTexts(name: string, texts: ReadonlyMap<string, string>, message: string): Promise<void> {
    const { git, refs } = this.#parts;
    return this.#exclusive(() => commitTexts(git, `refs/pawl/${refs.tag}/${name}`, texts, message));
  }

  packRefs(least: number): Promise<number> {
    const { commonDir, tag } = this.#parts;
    return this.#queue.run(() => packExperiments(commonDir, tag, least).catch(() => 0));
  }

  close(): Promise<void> {
    return this.#exclusive(async () => {
      const { refs, repositoryRefs, worktree, commonDir } = this.#parts;
      await Promise.all([refs.close(), this.#differ.close()]);
      const now = await repositoryRefs.readTips();
      // The last chance for a branch that had to stay behind.
      if (now.champion !== null && now.branchAt === null && now.branch === this.#branchTip)
        await repositoryRefs.move(now.champion, now.champion, now.branch);
      await packExperiments(commonDir, this.#parts.tag, worthPacking).catch(() => 0);
      await removeEntry(commonDir, this.dir);
      await rm(worktree.place.indexCopy, { force: true });
    });
  }

  async abandon(): Promise<void> {
    await this.#parts.repositoryRefs.forget(this.base);
    await this.close();
  }

  #exclusive<T>(task: () => Promise<T>): Promise<T> {
    return this.#queue.run(() => asEnvironment(task));
  }
}

/** A commit message without control characters: a model wrote it, and people read it in terminals. */
function printable(message: string): string {
  return cleanLines(message).join('\n').trim() || 'Experiment';
}
