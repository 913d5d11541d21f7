import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Workspace } from '../../src/workspace/workspace.ts';
import { openRun } from './run-fixture.ts';
import {
  fingerprint,
  git,
  read,
  temporaryFolder,
  temporaryRepository,
  write,
} from './temporary-repository.ts';

const files = {
  'train.py': 'lr = 1\n',
  'src/model.py': 'm\n',
  'src/deep/eval.py': 'e\n',
  'prepare.py': 'p\n',
  README: 'r\n',
};

async function candidate(more: Record<string, string> = {}, link: string[] = []) {
  const root = temporaryRepository(files);
  write(root, more);
  const { workspace } = await openRun(root, { link });
  const staged = await workspace.stage(workspace.base, new Map([['train.py', 'lr = 2\n']]));
  const sha = await workspace.commit(1, workspace.base, staged.tree, 'one');
  return { root, workspace, sha };
}

/** Files of the worktree besides `.git`, links not followed. */
function listing(workspace: Workspace): string[] {
  return execFileSync('find', ['.', '-path', './.git', '-prune', '-o', '!', '-type', 'd', '-print'], {
    cwd: workspace.dir,
    encoding: 'utf8',
  })
    .trim()
    .split('\n')
    .sort();
}
const clean = ['./README', './prepare.py', './src/deep/eval.py', './src/model.py', './train.py'];

test.each<[string, string[], (dir: string, root: string) => void]>([
  ['changes a file', ['prepare.py'], (dir) => writeFileSync(join(dir, 'prepare.py'), 'cheat\n')],
  ['deletes a file', ['src/model.py'], (dir) => unlinkSync(join(dir, 'src/model.py'))],
  [
    'deletes a folder',
    ['src/deep/eval.py', 'src/model.py'],
    (dir) => rmSync(join(dir, 'src'), { recursive: true }),
  ],
  ['makes a file executable', ['README'], (dir) => chmodSync(join(dir, 'README'), 0o755)],
  [
    'puts a link in place of a file',
    ['README'],
    (dir) => {
      unlinkSync(join(dir, 'README'));
      symlinkSync('train.py', join(dir, 'README'));
    },
  ],
  [
    'puts a folder in place of a file',
    ['README'],
    (dir) => {
      unlinkSync(join(dir, 'README'));
      mkdirSync(join(dir, 'README/.git'), { recursive: true });
      writeFileSync(join(dir, 'README/x'), 'x');
    },
  ],
  [
    'puts a file in place of a folder',
    ['src/deep/eval.py', 'src/model.py'],
    (dir) => {
      rmSync(join(dir, 'src'), { recursive: true });
      writeFileSync(join(dir, 'src'), 'x');
    },
  ],
  [
    'changes a file, same size and time',
    ['prepare.py'],
    (dir) => {
      const { atime, mtime } = statSync(join(dir, 'prepare.py'));
      writeFileSync(join(dir, 'prepare.py'), 'q\n');
      utimesSync(join(dir, 'prepare.py'), atime, mtime);
    },
  ],
  [
    'hides a change by assume-unchanged',
    ['prepare.py'],
    (dir) => {
      git(dir, 'update-index', '--assume-unchanged', 'prepare.py');
      writeFileSync(join(dir, 'prepare.py'), 'q\n');
    },
  ],
  [
    'hides a change by skip-worktree',
    ['prepare.py'],
    (dir) => {
      git(dir, 'update-index', '--skip-worktree', 'prepare.py');
      writeFileSync(join(dir, 'prepare.py'), 'q\n');
    },
  ],
  [
    'commits its change',
    ['prepare.py'],
    (dir) => {
      writeFileSync(join(dir, 'prepare.py'), 'q\n');
      git(dir, 'commit', '-qam', 'mine');
    },
  ],
  [
    'stages and ruins the index',
    ['prepare.py'],
    (dir) => {
      writeFileSync(join(dir, 'prepare.py'), 'q\n');
      git(dir, 'add', '-A');
      writeFileSync(git(dir, 'rev-parse', '--git-path', 'index'), 'junk');
    },
  ],
  [
    'points .git elsewhere',
    ['.git'],
    (dir) => writeFileSync(join(dir, '.git'), `gitdir: ${temporaryFolder()}\n`),
  ],
  ['deletes .git', ['.git'], (dir) => unlinkSync(join(dir, '.git'))],
  [
    'makes .git a repository of its own',
    ['.git'],
    (dir) => {
      unlinkSync(join(dir, '.git'));
      git(dir, 'init', '-q');
    },
  ],
  [
    'deletes the index and HEAD',
    [],
    (dir) => {
      const gitDir = git(dir, 'rev-parse', '--absolute-git-dir');
      unlinkSync(join(gitDir, 'index'));
      unlinkSync(join(gitDir, 'HEAD'));
    },
  ],
  [
    "makes HEAD a link to the user's branch",
    [],
    (dir, root) => {
      const head = git(dir, 'rev-parse', '--git-path', 'HEAD');
      unlinkSync(head);
      symlinkSync(join(root, '.git/refs/heads/main'), head);
    },
  ],
  [
    "makes HEAD the file of the user's branch",
    [],
    (dir, root) => {
      const head = git(dir, 'rev-parse', '--git-path', 'HEAD');
      unlinkSync(head);
      linkSync(join(root, '.git/refs/heads/main'), head);
    },
  ],
  [
    'sets the time of the index ahead, and changes a file, same size and time',
    ['prepare.py'],
    (dir) => {
      utimesSync(git(dir, 'rev-parse', '--git-path', 'index'), 4e9, 4e9);
      const { atime, mtime } = statSync(join(dir, 'prepare.py'));
      writeFileSync(join(dir, 'prepare.py'), 'q\n');
      utimesSync(join(dir, 'prepare.py'), atime, mtime);
    },
  ],
  [
    'puts a folder in place of the index',
    [],
    (dir) => {
      const index = git(dir, 'rev-parse', '--git-path', 'index');
      unlinkSync(index);
      mkdirSync(join(index, 'x'), { recursive: true });
    },
  ],
  ['only touches files', [], (dir) => utimesSync(join(dir, 'prepare.py'), 1, 1)],
  ['only writes new files', [], (dir) => write(dir, { 'out/ckpt.pt': 'x', 'src/__pycache__/a.pyc': 'x' })],
  ['commits nothing new', [], (dir) => git(dir, 'commit', '-q', '--allow-empty', '-m', 'x')],
])('a trial that %s is seen, and undone', async (_what, seen, act) => {
  const { root, workspace, sha } = await candidate();
  const before = fingerprint(root);
  act(workspace.dir, root);
  expect((await workspace.changedSince(sha)).sort()).toEqual(seen);
  await workspace.checkout(sha);
  expect(listing(workspace)).toEqual(clean);
  expect(git(workspace.dir, 'status', '--porcelain', '--ignored')).toBe('');
  expect(git(workspace.dir, 'rev-parse', 'HEAD')).toBe(sha);
  expect(git(workspace.dir, 'ls-files', '-v').match(/^[a-zS] /m)).toBeNull();
  expect(read(workspace.dir, 'prepare.py') + read(workspace.dir, 'train.py')).toBe('p\nlr = 2\n');
  expect(lstatSync(join(workspace.dir, 'README')).mode & 0o111).toBe(0);
  expect(await workspace.changedSince(sha)).toEqual([]);
  expect(fingerprint(root)).toEqual(before);
});

test("a trial that puts HEAD on the user's branch does not get that branch moved", async () => {
  const { root, workspace, sha } = await candidate();
  git(root, 'branch', 'precious');
  git(workspace.dir, 'checkout', '-q', 'precious');
  await workspace.checkout(sha);
  expect(git(root, 'rev-parse', 'precious')).toBe(workspace.base);
  git(workspace.dir, 'symbolic-ref', 'HEAD', 'refs/heads/precious');
  const staged = await workspace.stage(sha, new Map([['train.py', 'lr = 3\n']]));
  git(workspace.dir, 'symbolic-ref', 'HEAD', 'refs/heads/precious');
  await workspace.commit(2, sha, staged.tree, 'two');
  expect(git(root, 'rev-parse', 'precious')).toBe(workspace.base);
  expect(git(workspace.dir, 'rev-parse', '--abbrev-ref', 'HEAD')).toBe('HEAD');
});

test('leftovers go, also ones that hide: nested repositories, sealed folders, odd names; link targets stay', async () => {
  const { root, workspace, sha } = await candidate(
    { 'data/big.bin': 'x', 'in/raw/set.csv': 'y', '.gitignore': 'data\n' },
    ['data', './in/raw/'],
  );
  const { dir } = workspace;
  expect(readlinkSync(join(dir, 'data'))).toBe(join(root, 'data'));
  expect(readlinkSync(join(dir, 'in/raw'))).toBe(join(root, 'in/raw'));
  const outside = temporaryFolder();
  write(outside, { 'keep.txt': 'k' });
  write(dir, {
    'src/.git/config': '[x]',
    'src/new/.git/HEAD': 'x',
    '-rf/ -x\n/a': '1',
    'sealed/a/b': '1',
    'in/other.csv': '1',
  });
  writeFileSync(Buffer.concat([Buffer.from(`${dir}/src/`), Buffer.from([0xff, 0xfe])]), 'x');
  symlinkSync(outside, join(dir, 'out'));
  linkSync(join(outside, 'keep.txt'), join(dir, 'hard'));
  chmodSync(join(dir, 'sealed/a'), 0o000);
  chmodSync(join(dir, 'sealed'), 0o555);
  rmSync(join(dir, 'data'));
  write(dir, { 'data/fake': 'x' });
  renameSync(join(dir, 'in/raw'), join(dir, 'in/moved'));
  symlinkSync(outside, join(dir, 'in/raw'));
  expect(await workspace.changedSince(sha)).toEqual([]);
  await workspace.checkout(sha);
  expect(listing(workspace)).toEqual([...clean, './data', './in/raw'].sort());
  expect(existsSync(join(dir, 'src/.git'))).toBe(false);
  expect(readlinkSync(join(dir, 'data'))).toBe(join(root, 'data'));
  expect(readlinkSync(join(dir, 'in/raw'))).toBe(join(root, 'in/raw'));
  expect(read(root, 'data/big.bin') + read(root, 'in/raw/set.csv') + read(outside, 'keep.txt')).toBe('xyk');
  await workspace.close();
  expect(read(root, 'data/big.bin') + read(root, 'in/raw/set.csv')).toBe('xy');
});

test('a git that a trial left for dead does not lock the worktree for ever', async () => {
  const { workspace } = await candidate();
  const lock = git(workspace.dir, 'rev-parse', '--git-path', 'index.lock');
  writeFileSync(lock, '');
  const staged = await workspace.stage(workspace.base, new Map([['train.py', 'lr = 4\n']]));
  expect(staged.added).toBe(1);
  expect(existsSync(lock)).toBe(false);
});

test.each(['nothing', 'a file', 'a link'])(
  'a trial that leaves %s in place of the worktree',
  async (what) => {
    const { workspace, sha } = await candidate();
    const elsewhere = temporaryFolder();
    write(elsewhere, { 'train.py': 'theirs' });
    rmSync(workspace.dir, { recursive: true });
    if (what === 'a file') writeFileSync(workspace.dir, '');
    if (what === 'a link') symlinkSync(elsewhere, workspace.dir);
    await workspace.checkout(sha);
    expect(listing(workspace)).toEqual(clean);
    expect(git(workspace.dir, 'status', '--porcelain')).toBe('');
    expect(read(elsewhere, 'train.py')).toBe('theirs');
  },
);
