import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';

// git reads the user's own config and identity from HOME: tests bring their own.
const home = realpathSync(mkdtempSync(join(tmpdir(), 'pawl-home-')));
process.env.HOME = home;
process.env.XDG_CONFIG_HOME = join(home, '.config');
writeFileSync(
  join(home, '.gitconfig'),
  '[user]\n\tname = Ada\n\temail = ada@example.org\n[init]\n\tdefaultBranch = main\n',
);
const made: string[] = [home];
afterAll(() => {
  for (const dir of made.splice(0)) rmSync(dir, { recursive: true, force: true });
});

export function temporaryFolder(): string {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'pawl-test-')));
  made.push(dir);
  return dir;
}

/** git as a user would type it, but without hooks: a mark that one leaves must come from pawl. Returns trimmed stdout. */
export function git(cwd: string, ...args: string[]): string {
  const { PATH } = process.env;
  return execFileSync('git', ['-c', 'core.hooksPath=/dev/null', ...args], {
    cwd,
    encoding: 'utf8',
    env: { PATH, HOME: home, LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trimEnd();
}

export function write(root: string, files: Record<string, string | Uint8Array>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}

export function read(...parts: string[]): string {
  return readFileSync(join(...parts), 'utf8');
}

/** A repository with one commit of these files, and hooks that would betray themselves by `<root>/../hook-ran`. */
export function temporaryRepository(files: Record<string, string | Uint8Array>, folder = 'repo'): string {
  const root = join(temporaryFolder(), folder);
  mkdirSync(root);
  git(root, 'init', '-q');
  write(root, files);
  git(root, 'add', '-A');
  git(root, 'commit', '-q', '--allow-empty', '-m', 'Start');
  write(root, { '.pawl/.gitignore': '*\n' });
  return root;
}

const hookNames = [
  'pre-commit',
  'prepare-commit-msg',
  'commit-msg',
  'post-commit',
  'post-checkout',
  'post-index-change',
  'reference-transaction',
  'post-rewrite',
  'pre-auto-gc',
  'post-merge',
];

/** Hooks that leave a mark. Returns the path of the mark. */
export function plantHooks(root: string): string {
  const mark = join(dirname(root), 'hook-ran');
  for (const name of hookNames) {
    const path = join(root, '.git', 'hooks', name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `#!/bin/sh\necho ${name} >> '${mark}'\n`);
    chmodSync(path, 0o755);
  }
  return mark;
}

/** Everything of a user's checkout and repository that pawl must not change, as comparable lines. */
export function fingerprint(root: string): string[] {
  const lines: string[] = [];
  const walk = (folder: string, depth: number): void => {
    for (const name of readdirSync(folder).sort()) {
      const path = join(folder, name);
      if (depth === 0 && (name === '.git' || name === '.pawl')) continue;
      if (name === '.pawl') continue;
      const info = lstatSync(path, { bigint: true });
      const about = `${path} ${info.mode.toString(8)} ${info.size} ${info.mtimeNs} ${info.ino}`;
      if (info.isDirectory()) {
        // Folders that hold a .pawl get a new time by it.
        lines.push(`${path}/ ${info.mode.toString(8)}`);
        walk(path, depth + 1);
      } else if (info.isSymbolicLink()) lines.push(`${about} -> ${readlinkSync(path)}`);
      else lines.push(`${about} ${readFileSync(path).toString('base64')}`);
    }
  };
  walk(root, 0);
  for (const name of [
    'index',
    'HEAD',
    'config',
    'packed-refs',
    'logs/HEAD',
    'info/exclude',
    'MERGE_HEAD',
    'logs/refs/stash',
  ])
    lines.push(`${name}: ${bytesOf(join(root, '.git', name))}`);
  const refs = git(root, 'for-each-ref', '--format=%(refname) %(objectname)').split('\n');
  lines.push(...refs.filter((ref) => !/^refs\/(pawl|heads\/pawl)\//.test(ref)));
  lines.push(git(root, 'stash', 'list'));
  return lines;
}

function bytesOf(path: string): string {
  try {
    return readFileSync(path).toString('base64');
  } catch {
    return 'absent';
  }
}
