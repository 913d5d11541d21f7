import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import type { Git } from './git.ts';
import { GitExit } from './git-failure.ts';
import { GitSession } from './git-session.ts';

const options = [
  '-r',
  '-p',
  '--no-renames',
  '--no-ext-diff',
  '--no-textconv',
  '--no-color',
  '--submodule=short',
];

export interface TreeChanges {
  /** Unified diff. */
  diff: string;
  added: number;
  removed: number;
}

/** What differs between two commits or trees, in git's own words. */
export class TreeDiff {
  readonly #git: Git;
  readonly #session: GitSession;
  /** An open git remembers attributes (what is text, what is binary); so once they change, there is none any more. */
  #attributesMove = false;
  /** The commit asked about last, and its tree: to an open git, a commit would be a question about its own parents. */
  #parent = { sha: '', tree: '' };

  constructor(git: Git) {
    this.#git = git;
    this.#session = new GitSession(git, ['diff-tree', '--stdin', '--numstat', ...options]);
  }

  /** Unified diff between two commits. */
  text(from: string, to: string): Promise<string> {
    return this.#git.text(['diff-tree', ...options, from, to, '--']);
  }

  /** The changes that an edit of `paths` makes. Asked for every experiment, so of a git that stays open. */
  async changes(parent: string, tree: string, paths: readonly string[]): Promise<TreeChanges> {
    this.#attributesMove ||= paths.some((path) => basename(path) === '.gitattributes');
    const out = this.#attributesMove ? null : await this.#asked(parent, tree);
    return taken(out ?? (await this.#git.text(['diff-tree', '--numstat', ...options, parent, tree, '--'])));
  }

  close(): Promise<void> {
    return this.#session.close();
  }

  /**
   * null when the open git could not say. After a pair of trees it is given a line that is none: it repeats such a line
   * and flushes, which tells where the answer ends.
   */
  async #asked(parent: string, tree: string): Promise<string | null> {
    const end = `${randomUUID()}\n`;
    try {
      if (this.#parent.sha !== parent)
        this.#parent = {
          sha: parent,
          tree: (await this.#git.text(['rev-parse', `${parent}^{tree}`])).trim(),
        };
      const pair = `${this.#parent.tree} ${tree}\n`;
      const out = (await this.#session.ask(pair + end, end)).toString('utf8');
      await this.#session.rest();
      // It repeats the pair, too.
      return out.startsWith(pair) ? out.slice(pair.length) : null;
    } catch (error) {
      if (!(error instanceof GitExit)) throw error;
      return null;
    }
  }
}

/** Takes `--numstat -p` output apart: counts first, an empty line, then the patch. */
function taken(out: string): TreeChanges {
  let added = 0;
  let removed = 0;
  let at = 0;
  for (;;) {
    const row = /^(\d+|-)\t(\d+|-)\t.*\n/.exec(out.slice(at, out.indexOf('\n', at) + 1));
    if (!row) break;
    added += Number(row[1]) || 0;
    removed += Number(row[2]) || 0;
    at += row[0].length;
  }
  return { diff: out.slice(at).replace(/^\n/, ''), added, removed };
}
