import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { EditRefused } from '../../src/workspace/edit-path.ts';
import { openRun } from './run-fixture.ts';
import { fingerprint, git, plantHooks, read, temporaryRepository, write } from './temporary-repository.ts';

const edit = (text: string) => new Map([['train.py', text]]);

test('keep, discard and revert leave a branch of kept commits only, and every commit under its number', async () => {
  const root = temporaryRepository({ 'train.py': 'lr = 1\n', 'data.csv': '1,2\n' });
  const mark = plantHooks(root);
  rmSync(mark, { force: true });
  const before = fingerprint(root);
  const { workspace, recovered } = await openRun(root);
  expect(recovered).toEqual([]);
  const { base } = workspace;
  expect(workspace.branch).toBe('pawl/t');
  expect(await workspace.surface(base)).toEqual(new Map([['train.py', 'lr = 1\n']]));

  const one = await workspace.stage(base, edit('lr = 2\nwd = 0\n'));
  expect(one).toMatchObject({ files: ['train.py'], added: 2, removed: 1 });
  expect(one.diff).toMatch(/^diff --git a\/train\.py b\/train\.py\n/);
  expect(one.diff).toContain('\n-lr = 1\n+lr = 2\n+wd = 0\n');
  const first = await workspace.commit(1, base, one.tree, '#1 Raise the rate');
  expect(git(root, 'rev-parse', 'refs/pawl/t/1')).toBe(first);
  expect(git(workspace.dir, 'rev-parse', 'HEAD')).toBe(first);
  expect(git(workspace.dir, 'status', '--porcelain')).toBe('');
  expect(await workspace.changedSince(first)).toEqual([]);
  await workspace.move(base, first);

  const two = await workspace.stage(first, edit('lr = 3\n'));
  const second = await workspace.commit(2, first, two.tree, '#2 Raise it more\u001b[31m');
  await workspace.checkout(first);
  expect(read(workspace.dir, 'train.py')).toBe('lr = 2\nwd = 0\n');

  expect(await workspace.tip()).toBe(first);
  expect(await workspace.commitOf(2)).toBe(second);
  expect(await workspace.commitOf(3)).toBeNull();
  expect(git(root, 'log', '--format=%s', 'pawl/t')).toBe('#1 Raise the rate\nStart');
  const trailers = git(root, 'log', '-1', '--format=%(trailers:only)%an', second);
  expect(trailers).toBe(`Pawl-Run: t\nPawl-Experiment: 2\nPawl-Parent: ${first}\nAda`);
  expect(git(root, 'log', '-1', '--format=%s', second)).toBe('#2 Raise it more');
  expect(await workspace.diff(base, second)).toContain('+lr = 3');

  await workspace.move(first, base);
  expect(git(root, 'rev-parse', 'pawl/t')).toBe(base);
  expect(fingerprint(root)).toEqual(before);
  git(root, '-c', 'gc.reflogExpire=now', '-c', 'gc.reflogExpireUnreachable=now', 'gc', '-q', '--prune=now');
  for (const sha of [first, second]) expect(git(root, 'cat-file', '-t', sha)).toBe('commit');
  await workspace.close();
  expect(existsSync(workspace.dir)).toBe(false);
  expect(git(root, 'worktree', 'list').split('\n')).toHaveLength(1);
  expect(existsSync(mark)).toBe(false);
});

test('the same tree has the same id, and a new file may lie in new folders and be ignored by git', async () => {
  const root = temporaryRepository({ 'src/a.py': 'a\n', '.gitignore': '*.gen.py\n' });
  const { workspace } = await openRun(root);
  const same = await workspace.stage(workspace.base, new Map([['src/a.py', 'a\n']]));
  expect(same).toMatchObject({ files: [], diff: '', added: 0, removed: 0 });
  expect(same.tree).toBe(git(root, 'rev-parse', 'HEAD^{tree}'));
  const fresh = new Map([['src/déjà vu/-x.gen.py', 'neu\n']]);
  const staged = await workspace.stage(workspace.base, fresh);
  expect(staged).toMatchObject({ files: ['src/déjà vu/-x.gen.py'], added: 1 });
  expect(staged.diff).toContain('+++ b/src/déjà vu/-x.gen.py');
  const sha = await workspace.commit(1, workspace.base, staged.tree, 'new');
  expect((await workspace.surface(sha)).get('src/déjà vu/-x.gen.py')).toBe('neu\n');
  // Staged again over the same parent: what the earlier stage added is gone.
  const other = await workspace.stage(workspace.base, new Map([['src/a.py', 'b\n']]));
  expect(git(root, 'ls-tree', '-r', '--name-only', other.tree).split('\n')).toEqual([
    '.gitignore',
    'src/a.py',
  ]);
  expect(existsSync(join(workspace.dir, 'src/déjà vu'))).toBe(false);
});

test.each([
  ['../x.py', 'off-surface'],
  ['/etc/x.py', 'off-surface'],
  ['src/../train.py', 'off-surface'],
  ['src/.git/x.py', 'off-surface'],
  ['src/.GIT/x.py', 'off-surface'],
  ['src/.Git./x.py', 'off-surface'],
  ['src/.gi\u200dt/x.py', 'off-surface'],
  ['src/git~1/x.py', 'off-surface'],
  ['src/.pawl/x.py', 'off-surface'],
  ['src/.PAWL/x.py', 'off-surface'],
  ['src/.GitAttributes', 'off-surface'],
  ['PAWL.yaml', 'off-surface'],
  ['src//x.py', 'off-surface'],
  ['src/a\u0000.py', 'off-surface'],
  ['locked.txt', 'off-surface'],
  ['src/link.py', 'off-surface'],
  ['src/out/x.py', 'off-surface'],
  ['src/a.py/x.py', 'off-surface'],
  ['src', 'off-surface'],
  ['pawl.yaml', 'off-surface'],
  ['src/.gitattributes', 'off-surface'],
])('stage refuses %j', async (path, code) => {
  const root = temporaryRepository({ 'src/a.py': 'a\n', 'locked.txt': 'x\n' });
  const { symlinkSync } = await import('node:fs');
  symlinkSync('../locked.txt', join(root, 'src/link.py'));
  symlinkSync('/tmp', join(root, 'src/out'));
  git(root, 'add', '-A');
  git(root, 'commit', '-qm', 'links');
  const { workspace } = await openRun(root, { surface: ['src', '*.py', 'pawl.yaml'] });
  const refused = await workspace.stage(workspace.base, new Map([[path, 'x\n']])).catch((error) => error);
  expect(refused).toBeInstanceOf(EditRefused);
  expect(refused.code).toBe(code);
  expect(read(root, 'locked.txt')).toBe('x\n');
  expect(existsSync('/tmp/x.py')).toBe(false);
});

test('stage refuses a text of more than 5 MB', async () => {
  const root = temporaryRepository({ 'train.py': 'a\n' });
  const { workspace } = await openRun(root);
  const refused = await workspace
    .stage(workspace.base, edit('x'.repeat(5 * 1024 * 1024 + 1)))
    .catch((e) => e);
  expect(refused).toMatchObject({ name: 'EditRefused', code: 'too-large' });
});

test('a crash between commit and journal: the same edit keeps its commit, another one keeps the lost one reachable', async () => {
  const root = temporaryRepository({ 'train.py': '1\n' });
  const { workspace } = await openRun(root);
  const { base } = workspace;
  const a = await workspace.stage(base, edit('2\n'));
  const lost = await workspace.commit(1, base, a.tree, 'two');
  const again = await workspace.stage(base, edit('2\n'));
  expect(await workspace.commit(1, base, again.tree, 'other words')).toBe(lost);
  expect(await workspace.changedSince(lost)).toEqual([]);
  const b = await workspace.stage(base, edit('3\n'));
  const kept = await workspace.commit(1, base, b.tree, 'three');
  expect(await workspace.commitOf(1)).toBe(kept);
  expect(git(root, 'rev-parse', `refs/pawl/t/lost/1-${lost.slice(0, 12)}`)).toBe(lost);
  expect(await workspace.changedSince(kept)).toEqual([]);
});

test('a project in a subfolder: paths are relative to it, files outside stay locked', async () => {
  const root = temporaryRepository({
    'sub dir/ü/train.py': '1\n',
    'train.py': 'outer\n',
    'sub dir/x.txt': 'x\n',
  });
  const { workspace } = await openRun(join(root, 'sub dir', 'ü'), { surface: ['*.py'] });
  expect(workspace.cwd).toBe(join(workspace.dir, 'sub dir', 'ü'));
  expect([...(await workspace.surface(workspace.base)).keys()]).toEqual(['train.py']);
  const staged = await workspace.stage(workspace.base, edit('2\n'));
  expect(git(root, 'show', `${staged.tree}:sub dir/ü/train.py`)).toBe('2');
  expect(git(root, 'show', `${staged.tree}:train.py`)).toBe('outer');
  expect(readFileSync(join(workspace.cwd, 'train.py'), 'utf8')).toBe('2\n');
});

test('the executable bit of an edited file stays, and a diff is plain whatever the config says', async () => {
  const root = temporaryRepository({ 'train.py': '1\n' });
  git(root, 'update-index', '--chmod=+x', 'train.py');
  git(root, 'commit', '-qm', 'x');
  git(root, 'checkout', '-q', '.');
  for (const [key, value] of [
    ['diff.noprefix', 'true'],
    ['color.ui', 'always'],
    ['diff.external', 'false'],
    ['core.fsmonitor', 'true'],
    ['core.autocrlf', 'input'],
    ['core.safecrlf', 'true'],
    ['commit.gpgsign', 'true'],
  ])
    git(root, 'config', key!, value!);
  const { workspace } = await openRun(root);
  const staged = await workspace.stage(workspace.base, edit('2\n'));
  expect(git(root, 'ls-tree', staged.tree)).toMatch(/^100755 /);
  expect(staged.diff).toMatch(/^diff --git a\/train\.py b\/train\.py\n/);
  await workspace.commit(1, workspace.base, staged.tree, 'x');
  await workspace.close();
});

test('abandon takes back a run that never began', async () => {
  const root = temporaryRepository({ 'train.py': '1\n' });
  const before = git(root, 'for-each-ref');
  const { workspace } = await openRun(root);
  await workspace.abandon();
  expect(git(root, 'for-each-ref')).toBe(before);
  expect(existsSync(workspace.dir)).toBe(false);
  write(root, {});
});
