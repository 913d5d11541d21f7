import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { openRun } from './run-fixture.ts';
import { git, read, temporaryFolder, temporaryRepository } from './temporary-repository.ts';

const path = process.env.PATH!;
afterEach(() => {
  process.env.PATH = path;
});

async function commitOne(root: string, text = '2\n') {
  const { workspace } = await openRun(root);
  const { base } = workspace;
  const staged = await workspace.stage(base, new Map([['train.py', text]]));
  return { workspace, base, sha: await workspace.commit(1, base, staged.tree, 'one') };
}

test('the user commits, packs refs and collects garbage while the run goes on', async () => {
  const root = temporaryRepository({ 'train.py': '1\n' });
  const { workspace, base, sha } = await commitOne(root);
  const stop = join(root, '../stop');
  // With gc's usual two weeks of grace: --prune=now beside any running git may take objects that have no ref yet.
  // A process of its own: synchronous calls from here would only take turns with the workspace.
  const user = spawn(
    'sh',
    [
      '-ec',
      `i=0
       while [ ! -e ../stop ]; do
         i=$((i+1)); echo $i > notes.txt; git add notes.txt; git commit -qm "note $i"; git pack-refs --all
         if [ $i = 3 ]; then git gc -q; fi
       done`,
    ],
    { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const ended = once(user, 'exit');
  onTestFinished(() => void user.kill());
  await workspace.move(base, sha);
  let tip = sha;
  for (let n = 2; n <= 12; n += 1) {
    const staged = await workspace.stage(tip, new Map([['train.py', `x = ${n}\n`]]));
    const next = await workspace.commit(n, tip, staged.tree, `${n}`);
    expect(await workspace.changedSince(next)).toEqual([]);
    await workspace.move(tip, next);
    tip = next;
  }
  await vi.waitFor(() => expect(Number(git(root, 'rev-list', '--count', 'main'))).toBeGreaterThan(5), 20_000);
  writeFileSync(stop, '');
  expect((await ended)[0]).toBe(0);
  expect(git(root, 'rev-list', '--count', 'pawl/t')).toBe('13');
  expect(git(root, 'log', '-1', '--format=%s', 'main')).toBe(`note ${read(root, 'notes.txt').trim()}`);
  expect(git(root, 'status', '--porcelain')).toBe('');
});

test('a lock that somebody holds for a moment is waited for; one that stays is an environment failure', async () => {
  const root = temporaryRepository({ 'train.py': '1\n' });
  const { workspace, base, sha } = await commitOne(root);
  const lock = join(root, '.git/refs/pawl/t/champion.lock');
  writeFileSync(lock, '');
  const move = workspace.move(base, sha);
  setTimeout(() => rmSync(lock), 200);
  await move;
  expect(await workspace.tip()).toBe(sha);
  writeFileSync(lock, '');
  const error = await workspace.move(sha, base).catch((thrown) => thrown);
  expect(error).toMatchObject({ name: 'EnvironmentFailure', retryMs: 15_000 });
  expect(error.message).toContain(lock);
  rmSync(lock);
  await workspace.move(sha, base);
});

test('somebody moved the branch: nothing is moved, and the message says how to put it back', async () => {
  const root = temporaryRepository({ 'train.py': '1\n' });
  const { workspace, base, sha } = await commitOne(root);
  git(root, 'commit', '-q', '--allow-empty', '-m', 'mine');
  git(root, 'branch', '-f', 'pawl/t', 'main');
  const error = await workspace.move(base, sha).catch((thrown) => thrown);
  expect(error).toMatchObject({ name: 'EnvironmentFailure', retryMs: null });
  expect(error.message).toMatch(/moved the branch pawl\/t/);
  expect(error.next).toContain(`git branch -f pawl/t ${base.slice(0, 12)}`);
  expect(await workspace.tip()).toBe(base);
  git(root, 'branch', '-f', 'pawl/t', base);
  await workspace.move(base, sha);
  await expect(workspace.move(base, sha)).rejects.toThrow(/should be/);
  git(root, 'update-ref', 'refs/pawl/t/champion', base);
  await expect(workspace.move(sha, base)).rejects.toThrow(/should be/);
});

test("the user checks the run's branch out: it stays where it is until they leave it, and the loop goes on", async () => {
  const root = temporaryRepository({ 'train.py': '1\n' });
  const { workspace, base, sha } = await commitOne(root);
  git(root, 'checkout', '-q', 'pawl/t');
  await workspace.move(base, sha);
  expect(await workspace.tip()).toBe(sha);
  expect(git(root, 'rev-parse', 'pawl/t')).toBe(base);
  expect(git(root, 'status', '--porcelain')).toBe('');
  const reopened = await openRun(root, { base, resume: true });
  expect(await reopened.workspace.tip()).toBe(sha);
  expect(read(reopened.workspace.dir, 'train.py')).toBe('2\n');
  const staged = await reopened.workspace.stage(sha, new Map([['train.py', '3\n']]));
  const second = await reopened.workspace.commit(2, sha, staged.tree, 'two');
  git(root, 'checkout', '-q', 'main');
  await reopened.workspace.move(sha, second);
  expect(git(root, 'rev-parse', 'pawl/t')).toBe(second);
  git(root, 'checkout', '-q', 'pawl/t');
  await reopened.workspace.move(second, sha);
  git(root, 'checkout', '-q', 'main');
  await reopened.workspace.close();
  expect(git(root, 'rev-parse', 'pawl/t')).toBe(sha);
});

test('an environment that gave git an index, hooks and an editor of its own', async () => {
  const root = temporaryRepository({ 'train.py': '1\n' });
  const mark = join(temporaryFolder(), 'mark');
  Object.assign(process.env, {
    GIT_INDEX_FILE: '/nowhere',
    GIT_DIR: '/nowhere',
    GIT_EDITOR: `touch ${mark}`,
    EDITOR: 'false',
    PAGER: 'false',
  });
  try {
    const { workspace, base, sha } = await commitOne(root);
    await workspace.move(base, sha);
  } finally {
    for (const name of ['GIT_INDEX_FILE', 'GIT_DIR', 'GIT_EDITOR', 'EDITOR', 'PAGER'])
      delete process.env[name];
  }
  expect(existsSync(mark)).toBe(false);
});

/** A git that fails at one subcommand with a message, as on a full disk. */
function failingGit(subcommand: string, message: string): void {
  const bin = temporaryFolder();
  const real = path
    .split(':')
    .map((dir) => join(dir, 'git'))
    .find((file) => existsSync(file))!;
  writeFileSync(
    join(bin, 'git'),
    `#!/bin/sh\nfor arg in "$@"; do if [ "$arg" = ${subcommand} ]; then echo "${message}" >&2; exit 128; fi; done\nexec ${real} "$@"\n`,
  );
  chmodSync(join(bin, 'git'), 0o755);
  process.env.PATH = `${bin}:${path}`;
}

test('a folder that gc removed under our hands is made again', async () => {
  const root = temporaryRepository({ 'train.py': '1\n' });
  const { workspace } = await openRun(root);
  failingGit('add', 'error: unable to create temporary file: No such file or directory');
  setTimeout(() => {
    process.env.PATH = path;
  }, 50);
  const staged = await workspace.stage(workspace.base, new Map([['train.py', '2\n']]));
  expect(staged.added).toBe(1);
});

test.each([
  ['add', 'error: unable to create temporary file: No space left on device', /disk is full/],
  ['write-tree', 'fatal: unable to write new index file: Disk quota exceeded', /disk is full/],
  ['read-tree', "fatal: Unable to create '/x/index.lock': Read-only file system", /read-only/],
  ['add', 'error: open: Input/output error', /disk answers with errors/],
  ['add', 'error: insufficient permission for adding an object to repository database', /Permission denied/],
  ['write-tree', 'fatal: something unheard of', /git failed/],
])(
  '%s says %j: an environment failure, and it works again afterwards',
  async (subcommand, message, expected) => {
    const root = temporaryRepository({ 'train.py': '1\n' });
    const { workspace } = await openRun(root);
    // So that files have to be brought back: of files that are as they were, git is not asked.
    writeFileSync(join(workspace.dir, 'train.py'), 'theirs\n');
    failingGit(subcommand, message);
    const files = new Map([['train.py', '2\n']]);
    const error = await workspace.stage(workspace.base, files).catch((thrown) => thrown);
    expect(error.name).toBe('EnvironmentFailure');
    expect(error.message).toMatch(expected);
    expect(error.next.length).toBeGreaterThan(10);
    process.env.PATH = path;
    expect((await workspace.stage(workspace.base, files)).added).toBe(1);
  },
);
