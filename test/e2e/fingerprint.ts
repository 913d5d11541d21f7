import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { TemporaryProject } from '../harness/temporary-project.ts';

/**
 * A user in the middle of things: stash, staged, unstaged, untracked and ignored files, a tag, another branch. The
 * project tracks `run.sh` and ignores `secret`.
 */
export function beInTheMiddle(project: TemporaryProject): void {
  project.write('run.sh', '#!/bin/sh\necho stashed\n');
  project.git('stash', 'push', '--quiet');
  project.git('branch', 'mine');
  project.git('tag', 'v1');
  project.write('staged.txt', 'staged');
  project.git('add', 'staged.txt');
  project.write('program.md', 'Changed, not staged.');
  project.write('untracked/deep.txt', 'untracked');
  project.write('secret', 'ignored');
}

/** Every file, link and folder below, with mode and content; the index, and what git keeps for the user. */
export function fingerprint({ repository, git }: TemporaryProject): Record<string, string> {
  const found: Record<string, string> = {};
  const walk = (folder: string) => {
    for (const name of readdirSync(join(repository, folder)).sort()) {
      const path = folder === '' ? name : `${folder}/${name}`;
      if (path === '.git' || path === '.pawl') continue;
      const stat = lstatSync(join(repository, path));
      const mode = stat.mode.toString(8);
      if (stat.isDirectory()) {
        found[path] = mode;
        walk(path);
      } else if (stat.isSymbolicLink()) found[path] = `${mode} -> ${readlinkSync(join(repository, path))}`;
      else found[path] = `${mode} ${stat.mtimeMs} ${hash(join(repository, path))}`;
    }
  };
  walk('');
  for (const file of ['HEAD', 'index', 'config', 'ORIG_HEAD', 'logs/HEAD', 'info/exclude'])
    found[`.git/${file}`] = hash(join(repository, '.git', file));
  found.refs = git('for-each-ref')
    .split('\n')
    .filter((line) => !/\trefs\/(pawl|heads\/pawl)\//.test(line))
    .join('\n');
  found.stash = git('stash', 'list');
  found.hooks = readdirSync(join(repository, '.git/hooks')).join(' ');
  found.worktrees = git('worktree', 'list');
  return found;
}

function hash(path: string): string {
  try {
    return createHash('sha256').update(readFileSync(path)).digest('hex');
  } catch {
    return 'none';
  }
}
