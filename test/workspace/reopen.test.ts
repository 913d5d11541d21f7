import { existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { openRun } from './run-fixture.ts';
import { fingerprint, git, read, temporaryRepository, write } from './temporary-repository.ts';

async function cutOff() {
  const root = temporaryRepository({ 'train.py': '1\n', 'src/a.py': 'a\n' });
  const before = fingerprint(root);
  const { workspace } = await openRun(root);
  const { base } = workspace;
  const staged = await workspace.stage(base, new Map([['train.py', '2\n']]));
  const kept = await workspace.commit(1, base, staged.tree, 'one');
  await workspace.move(base, kept);
  const next = await workspace.stage(kept, new Map([['train.py', '3\n']]));
  const tried = await workspace.commit(2, kept, next.tree, 'two');
  return { root, before, dir: workspace.dir, base, kept, tried };
}

test.each<[string, RegExp | null, (at: { root: string; dir: string; entry: string }) => void]>([
  ['in the middle of a trial', /train\.py differed/, () => {}],
  ['after its worktree was deleted', /folder was gone/, ({ dir }) => rmSync(dir, { recursive: true })],
  [
    'after its worktree was pruned, as if it had been closed in order',
    /^$/,
    ({ root, dir, entry }) => {
      rmSync(entry, { recursive: true });
      rmSync(dir, { recursive: true });
      git(root, 'worktree', 'prune');
    },
  ],
  [
    'after only the entry in .git was deleted',
    /git did not list it/,
    ({ entry }) => rmSync(entry, { recursive: true }),
  ],
  [
    'with stale locks of its own',
    /index\.lock/,
    ({ root, entry }) => {
      writeFileSync(join(entry, 'index.lock'), '');
      writeFileSync(join(entry, 'HEAD.lock'), '');
      writeFileSync(join(root, '.git/refs/heads/pawl/t.lock'), '');
      writeFileSync(join(root, '.git/refs/pawl/t/champion.lock'), '');
    },
  ],
  [
    'with HEAD on another branch',
    /differed/,
    ({ root, dir }) => {
      git(root, 'branch', 'other', 'HEAD');
      git(dir, 'checkout', '-q', 'other');
    },
  ],
  [
    'with a dirty worktree and a ruined index',
    /differed/,
    ({ dir, entry }) => {
      write(dir, { 'src/a.py': 'changed', 'junk/x': 'y' });
      writeFileSync(join(entry, 'index'), 'junk');
    },
  ],
  ['without its index copy', /differed/, ({ dir }) => rmSync(`${dir}.index`)],
  ['after the branch was deleted', /branch pawl\/t again/, ({ root }) => git(root, 'branch', '-D', 'pawl/t')],
  ['after gc and pack-refs', /differed/, ({ root }) => git(root, 'gc', '-q', '--prune=now')],
])('a run is taken up again %s', async (_what, expected, act) => {
  const { root, before, dir, base, kept, tried } = await cutOff();
  const entry = git(dir, 'rev-parse', '--absolute-git-dir');
  act({ root, dir, entry });
  const { workspace, recovered } = await openRun(root, { base, resume: true });
  expect(recovered.join('\n')).toMatch(expected ?? /^$/);
  expect(workspace.dir).toBe(dir);
  expect(await workspace.tip()).toBe(kept);
  expect(git(root, 'rev-parse', 'pawl/t')).toBe(kept);
  expect(await workspace.commitOf(2)).toBe(tried);
  expect(read(dir, 'train.py')).toBe('2\n');
  expect(git(dir, 'status', '--porcelain', '--ignored')).toBe('');
  expect(git(dir, 'rev-parse', '--abbrev-ref', 'HEAD')).toBe('HEAD');
  const third = await workspace.stage(kept, new Map([['src/a.py', 'b\n']]));
  await workspace.move(kept, await workspace.commit(3, kept, third.tree, 'three'));
  await workspace.close();
  expect(git(root, 'worktree', 'list').split('\n')).toHaveLength(1);
  const same = (lines: string[]) => lines.filter((line) => !/^packed-refs|^refs\/heads\/other/.test(line));
  expect(same(fingerprint(root))).toEqual(same(before));
});

test('a clean reopen has nothing to repair, and whether to resume is found out when not told', async () => {
  const { root, base, kept } = await cutOff();
  const again = await openRun(root, { base, resume: true });
  await again.workspace.checkout(kept);
  const { resume: _, ...untold } = { resume: undefined };
  const third = await (await import('../../src/workspace/open-workspace.ts')).openWorkspace({
    projectDir: root,
    runDir: join(root, '.pawl/runs/t'),
    tag: 't',
    base,
    surface: ['*.py'],
    link: [],
    ...untold,
  });
  expect(third.recovered).toEqual([]);
  expect(await third.workspace.tip()).toBe(kept);
  await expect(openRun(root, { base })).rejects.toThrow(/There is a run named t already.*pawl resume t/s);
});

test('a project that was moved', async () => {
  const { root, base, kept } = await cutOff();
  const moved = join(dirname(root), 'renamed');
  renameSync(root, moved);
  const { workspace, recovered } = await openRun(moved, { base, resume: true });
  expect(recovered.join('\n')).toMatch(/Forgot the run's worktree at .*repo/);
  expect(await workspace.tip()).toBe(kept);
  expect(readdirSync(join(moved, '.git/worktrees'))).toHaveLength(1);
  expect(git(workspace.dir, 'status', '--porcelain')).toBe('');
});

test('worktrees of the user are left alone, also missing ones', async () => {
  const { root, base } = await cutOff();
  git(root, 'worktree', 'add', '-q', '--detach', '../theirs');
  rmSync(join(root, '../theirs'), { recursive: true });
  const { workspace } = await openRun(root, { base, resume: true });
  await workspace.close();
  expect(git(root, 'worktree', 'list')).toContain('/theirs');
});

test('a start that was killed half way is started over; one that fails takes back what it made', async () => {
  const root = temporaryRepository({ 'train.py': '1\n' });
  const before = git(root, 'for-each-ref');
  await openRun(root);
  const { workspace, recovered } = await openRun(root);
  expect(recovered).toEqual([]);
  expect(read(workspace.dir, 'train.py')).toBe('1\n');
  await workspace.abandon();
  // A file where the worktree's entry must go.
  writeFileSync(join(root, '.git/worktrees'), '');
  await expect(openRun(root)).rejects.toThrow(/cannot make a worktree/);
  expect(git(root, 'for-each-ref')).toBe(before);
  expect(existsSync(join(root, '.pawl/runs/t/worktree'))).toBe(false);
});

test.each([
  [{ tag: '../x' }, /cannot be the tag/, 2],
  [{ tag: 'x.lock' }, /cannot be the tag/, 2],
  [{ link: ['nowhere'] }, /link: nowhere does not exist/, 3],
  [{ link: ['src'] }, /tracked by git/, 2],
  [{ link: ['train.py/x'] }, /below train\.py/, 2],
  [{ link: ['../x'] }, /inside the project/, 2],
  [{ link: ['/etc'] }, /inside the project/, 2],
  [{ surface: ['../x.py'] }, /inside the project/, 2],
  [{ base: 'f'.repeat(40) }, /not in this repository/, 3],
])('an impossible start says why: %j', async (more, message, exitCode) => {
  const root = temporaryRepository({ 'train.py': '1\n', 'src/a.py': 'a\n' });
  const before = git(root, 'for-each-ref');
  const error = await openRun(root, more).catch((thrown) => thrown);
  expect(error.message).toMatch(message);
  expect(error).toMatchObject({ name: 'UserError', exitCode });
  expect(git(root, 'for-each-ref')).toBe(before);
  expect(git(root, 'worktree', 'list').split('\n')).toHaveLength(1);
});

test('a branch named pawl is in the way', async () => {
  const root = temporaryRepository({ 'train.py': '1\n' });
  git(root, 'branch', 'pawl');
  await expect(openRun(root)).rejects.toThrow(/branch named pawl.*git branch -m pawl/s);
});
