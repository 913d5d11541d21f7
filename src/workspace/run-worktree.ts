import {
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Git } from './git.ts';
import { bringBackIndex, keepIndex } from './index-copy.ts';
import { removeLeftovers, removeStubborn } from './leftovers.ts';
import { type Link, restoreLinks } from './links.ts';
import { listTree, type TreeFile } from './repository.ts';
import { StatAudit } from './stat-audit.ts';

export interface WorktreePlace {
  /** Absolute path of the worktree's root. */
  dir: string;
  /** The worktree's git folder, `<common>/worktrees/<id>`. */
  gitDir: string;
  /** Where the trusted copy of the index is kept: beside the worktree, where a sandboxed trial cannot write. */
  indexCopy: string;
  links: readonly Link[];
}

/**
 * The files of the run's worktree. A trial may have done anything to them, to the worktree's index (assume-unchanged),
 * its HEAD and its `.git` file; so nothing of these is believed. What is believed is a copy of the index, taken before
 * the trial: its file data (inode, ctime, size) cannot be forged by writing to files. Our own look at the same data,
 * taken with it, saves asking git when nothing has changed.
 */
export class RunWorktree {
  readonly place: WorktreePlace;
  readonly #git: Git;
  /** Contents of commits, newest last. */
  readonly #trees = new Map<string, Map<string, TreeFile>>();
  /** The commit (or tree) that the index copy shows, or null while that is not known. */
  #copyOf: string | null = null;
  /** How the files looked when the copy was taken. */
  #audit: StatAudit | null = null;
  /** What was staged over which commit to get what the copy shows. */
  #staged: { parent: string; paths: ReadonlySet<string> } | null = null;

  constructor(git: Git, place: WorktreePlace) {
    this.#git = git;
    this.place = place;
  }

  /** Files of a commit, path from the root. The last few commits are remembered. */
  async tree(sha: string): Promise<ReadonlyMap<string, TreeFile>> {
    const known = this.#trees.get(sha) ?? (await listTree(this.#git, sha));
    this.#trees.delete(sha);
    this.#trees.set(sha, known);
    for (const old of this.#trees.keys()) {
      if (this.#trees.size <= 4) break;
      this.#trees.delete(old);
    }
    return known;
  }

  /** Makes files, index, HEAD, links and `.git` exactly what the commit says, and removes everything else. */
  async restore(sha: string): Promise<void> {
    const near = this.#copyOf === sha;
    const tree = await this.#bringTo(sha, near);
    if (!near) this.#staged = null;
    this.#trust(sha, tree);
  }

  /**
   * As `restore`, save for files that the caller is about to write and stage: usually only those differ, because the
   * experiment before edited the same ones, and git has nothing to do.
   */
  async restoreBelow(parent: string, paths: ReadonlySet<string>): Promise<void> {
    const staged = this.#copyOf === null ? null : this.#staged;
    const near =
      this.#copyOf === parent ||
      (staged?.parent === parent && [...staged.paths].every((path) => paths.has(path)));
    await this.#bringTo(parent, near);
  }

  /** @param near the copy of the index shows what is wanted: files that are as they were need no git. */
  async #bringTo(sha: string, near: boolean): Promise<ReadonlyMap<string, TreeFile>> {
    const { dir, gitDir, indexCopy, links } = this.place;
    if (!lstatSync(dir, { throwIfNoEntry: false })?.isDirectory()) {
      // Gone, or a link or file in its place: git would follow it.
      await removeStubborn(dir);
      mkdirSync(dir, { recursive: true });
    }
    await this.#mendDotGit();
    await this.#detachHead(sha);
    const tree = await this.tree(sha);
    const intact = near && this.#audit?.holds() === true;
    // From here until it is trusted again, a failure leaves nothing to believe.
    this.#copyOf = null;
    bringBackIndex(indexCopy, join(gitDir, 'index'));
    await this.#unlocked();
    // Not `reset --hard`: that moves whatever branch a trial may have put HEAD on.
    if (!intact) await this.#git.text(['read-tree', '--reset', '-u', sha], { silenceMs: 600_000 });
    const keep = new Set(links.map((link) => link.path));
    for (const [path, file] of tree) if (file.mode !== '160000') keep.add(path);
    await removeLeftovers(dir, keep);
    for (const [path, file] of tree)
      if (file.mode === '160000') mkdirSync(join(dir, path), { recursive: true });
    await restoreLinks(dir, links);
    return tree;
  }

  /** As `restore`, believing nothing that is there: git writes every file. */
  async restoreAfresh(sha: string): Promise<void> {
    await rm(this.place.indexCopy, { force: true });
    this.#copyOf = null;
    await this.restore(sha);
  }

  /** `paths` were written and staged over `parent`: takes it for the truth. Only before anything foreign has run. */
  async trustStaged(tree: string, parent: string, paths: ReadonlySet<string>): Promise<void> {
    const below = await this.tree(parent);
    this.#staged = { parent, paths };
    this.#trust(tree, below, paths);
  }

  /** Takes the index and the files as they are now for the truth about a commit or tree. */
  #trust(id: string, tree: ReadonlyMap<string, TreeFile>, more: Iterable<string> = []): void {
    const { dir, gitDir, indexCopy } = this.place;
    keepIndex(join(gitDir, 'index'), indexCopy);
    this.#copyOf = id;
    // Only git knows whether a submodule is clean.
    const submodules = [...tree.values()].some((file) => file.mode === '160000');
    this.#audit = submodules ? null : StatAudit.of(dir, [...new Set([...tree.keys(), ...more])], indexCopy);
  }

  /** A tree was committed: brings the worktree there, which is next to nothing when the tree was just staged. */
  async follow(tree: string, sha: string): Promise<void> {
    if (this.#copyOf !== tree) return this.restore(sha);
    this.#copyOf = sha;
    await this.#detachHead(sha);
  }

  /** Tracked files that differ from a commit, and `.git` when that no longer names the worktree's own git folder. */
  async changedSince(sha: string): Promise<string[]> {
    const { indexCopy } = this.place;
    if (this.#copyOf === sha && this.#audit?.holds()) return this.#dotGitIsOurs() ? [] : ['.git'];
    let index = indexCopy;
    if (this.#copyOf !== sha) {
      // An index without file data: git reads every file. Slower, and as right.
      index = `${indexCopy}.scratch`;
      await this.#git.text(['read-tree', sha], { index });
    }
    const args = ['--no-optional-locks', 'diff', '--name-only', '-z', '--no-renames', '--no-ext-diff'];
    const out = await this.#git.text([...args, '--no-textconv', '--ignore-submodules=none', sha, '--'], {
      index,
    });
    if (index !== indexCopy) await rm(index, { force: true });
    const changed = out.split('\0').filter((path) => path !== '');
    if (!this.#dotGitIsOurs()) changed.push('.git');
    return changed;
  }

  /** Tracked files that were touched in any way since we last looked, as far as that is known. */
  touchedSince(sha: string): string[] {
    return this.#copyOf === sha ? (this.#audit?.touched() ?? []) : [];
  }

  get #dotGit(): string {
    return `gitdir: ${this.place.gitDir}\n`;
  }

  #dotGitIsOurs(): boolean {
    const path = join(this.place.dir, '.git');
    const found = lstatSync(path, { throwIfNoEntry: false });
    return found?.isFile() === true && readFileSync(path, 'utf8') === this.#dotGit;
  }

  async #mendDotGit(): Promise<void> {
    if (this.#dotGitIsOurs()) return;
    const path = join(this.place.dir, '.git');
    await rm(path, { recursive: true, force: true });
    writeFileSync(path, this.#dotGit);
  }

  /** A trial that was killed inside git leaves the index locked for ever; nothing else may lock this index. */
  async #unlocked(): Promise<void> {
    const lock = join(this.place.gitDir, 'index.lock');
    const before = statSync(lock, { throwIfNoEntry: false });
    if (before && !(await this.#goesAway(lock, before.ino))) await rm(lock, { force: true });
  }

  async #goesAway(lock: string, ino: number): Promise<boolean> {
    for (let tries = 0; tries < 10; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      if ((await stat(lock).catch(() => null))?.ino !== ino) return true;
    }
    return false;
  }

  /**
   * Puts HEAD at a commit without a branch. A detached HEAD is a file with the commit's id: one of the same length is
   * written over it in one go, which costs no process. With another ref storage than files, git does it. Without a HEAD
   * git would not even take the folder for one of its own.
   */
  async #detachHead(sha: string): Promise<void> {
    const head = join(this.place.gitDir, 'HEAD');
    const found = lstatSync(head, { throwIfNoEntry: false });
    if (!found?.isFile() || found.nlink > 1) {
      // Nor is anything written through a link, which may lead to a branch of the user's.
      rmSync(head, { recursive: true, force: true });
      writeFileSync(head, `${sha}\n`, { flag: 'wx' });
    }
    const now = readFileSync(head, 'utf8');
    if (now === `${sha}\n`) return;
    if (now.length === sha.length + 1 && /^[0-9a-f]+\n$/.test(now)) {
      const file = openSync(head, 'r+');
      writeSync(file, `${sha}\n`);
      closeSync(file);
    } else await this.#git.text(['update-ref', '--no-deref', 'HEAD', sha]);
  }
}
