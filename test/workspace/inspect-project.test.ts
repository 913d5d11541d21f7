import { chmodSync, chownSync, mkdirSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { inspectProject } from '../../src/workspace/inspect-project.ts';
import { runBranches } from '../../src/workspace/run-branches.ts';
import { openRun } from './run-fixture.ts';
import {
  fingerprint,
  git,
  read,
  temporaryFolder,
  temporaryRepository,
  write,
} from './temporary-repository.ts';

const path = process.env.PATH!;
afterEach(() => {
  process.env.PATH = path;
});

async function refusal(dir: string, surface: string[], link: string[] = []) {
  const error = await inspectProject(dir, { surface, link }).then(
    () => new Error('it was accepted'),
    (thrown) => thrown,
  );
  expect(error.name, error.stack).toBe('UserError');
  return error as { message: string; exitCode: number };
}

test('a sound project: root, prefix, HEAD, branch and the surface; nothing is touched', async () => {
  const root = temporaryRepository({
    'p q/src/ü.py': '1',
    'p q/src/sub/b.py': '2',
    'p q/-dash.py': '3',
    'other.py': '4',
  });
  const before = fingerprint(root);
  const found = await inspectProject(join(root, 'p q'), {
    surface: ['src/**/*.py', './-dash.py', '!src/sub'],
  });
  expect(found).toMatchObject({
    root,
    project: join(root, 'p q'),
    prefix: 'p q/',
    head: git(root, 'rev-parse', 'HEAD'),
    branch: 'main',
    surface: ['-dash.py', 'src/ü.py'],
    warnings: [],
    shallow: false,
  });
  expect(fingerprint(root)).toEqual(before);
});

test('detached HEAD, a linked worktree, a shallow clone and a folder reached through a link all work', async () => {
  const root = temporaryRepository({ 'train.py': '1' });
  git(root, 'commit', '-q', '--allow-empty', '-m', 'second');
  git(root, 'worktree', 'add', '-q', '-b', 'side', '../side');
  expect(await inspectProject(join(root, '../side'), { surface: ['*.py'] })).toMatchObject({
    branch: 'side',
  });
  const { workspace } = await openRun(join(root, '../side'));
  expect(read(workspace.dir, 'train.py')).toBe('1');
  await workspace.close();
  git(root, 'checkout', '-q', '--detach');
  expect(await inspectProject(root, { surface: ['*.py'] })).toMatchObject({ branch: null });
  git(root, 'clone', '-q', '--depth=1', `file://${root}`, '../shallow');
  const shallow = join(root, '../shallow');
  expect(await inspectProject(shallow, { surface: ['*.py'] })).toMatchObject({ shallow: true });
  const run = (await openRun(shallow)).workspace;
  const staged = await run.stage(run.base, new Map([['train.py', '2\n']]));
  await run.move(run.base, await run.commit(1, run.base, staged.tree, 'x'));
  symlinkSync(root, join(root, '../linked'));
  expect(await inspectProject(join(root, '../linked'), { surface: ['*.py'] })).toMatchObject({
    project: root,
  });
});

test('not a folder, not a repository, inside .git, bare, without commits', async () => {
  const dir = temporaryFolder();
  expect((await refusal(join(dir, 'none'), ['*.py'])).message).toMatch(/There is no folder/);
  expect((await refusal(dir, ['*.py'])).message).toMatch(
    /not in a git repository.*git init && git add \. && git commit/s,
  );
  git(dir, 'init', '-q', '--bare', 'bare');
  expect((await refusal(join(dir, 'bare'), ['*.py'])).message).toMatch(/bare repository/);
  git(dir, 'init', '-q', 'empty');
  expect((await refusal(join(dir, 'empty'), ['*.py'])).message).toMatch(/no commits yet.*git add/s);
  expect((await refusal(join(dir, 'empty/.git'), ['*.py'])).message).toMatch(/inside a \.git folder/);
});

test('git missing, git too old', async () => {
  const root = temporaryRepository({ 'train.py': '1' });
  const bin = temporaryFolder();
  process.env.PATH = bin;
  expect(await refusal(root, ['*.py'])).toMatchObject({
    message: expect.stringMatching(/git is not installed/),
    exitCode: 3,
  });
  writeFileSync(join(bin, 'git'), '#!/bin/sh\necho git version 2.30.2\n');
  chmodSync(join(bin, 'git'), 0o755);
  process.env.PATH = `${bin}:${path}`;
  expect(await refusal(root, ['*.py'])).toMatchObject({
    message: expect.stringMatching(/git 2\.30\.2 is too old.*2\.31/),
    exitCode: 3,
  });
});

test('a surface that matches nothing names near matches', async () => {
  const root = temporaryRepository({
    'train.py': '1',
    'src/model.py': '2',
    'src/eval.py': '3',
    'notes.md': '4',
  });
  const near = async (glob: string) => (await refusal(root, [glob])).message;
  expect(await near('trian.py')).toMatch(/trian\.py matches no tracked file in .*Did you mean train\.py\?/);
  expect(await near('model.py')).toMatch(/Did you mean src\/model\.py\?/);
  expect(await near('lib/**/*.py')).toMatch(/Did you mean .*\.py/);
  expect(await near('zzz.bin')).not.toMatch(/Did you mean/);
  expect((await refusal(root, ['train.py', 'lib'])).message).toMatch(/surface: lib matches no/);
  expect((await refusal(root, ['/etc/passwd'])).message).toMatch(/inside the project/);
  expect((await refusal(root, ['src/model.py'], ['src'])).message).toMatch(/matches no tracked file/);
});

test('uncommitted changes: on the surface an error with the command, elsewhere a warning', async () => {
  const root = temporaryRepository({ "it's a.py": '1\n', 'b.py': '2\n', 'other file.txt': '3\n' });
  write(root, { 'other file.txt': 'changed\n' });
  const found = await inspectProject(root, { surface: ['*.py'] });
  expect(found.warnings.join()).toMatch(/does not see uncommitted changes: other file\.txt /);
  write(root, { "it's a.py": 'changed\n' });
  const { message, exitCode } = await refusal(root, ['*.py']);
  expect(exitCode).toBe(2);
  expect(message).toContain("uncommitted changes: it's a.py.");
  const { execFileSync } = await import('node:child_process');
  execFileSync('sh', ['-c', message.slice(message.indexOf('Commit them: ') + 13)], { stdio: 'ignore' });
  expect((await inspectProject(root, { surface: ['*.py'] })).surface).toEqual(['b.py', "it's a.py"]);
  unlinkSync(join(root, 'b.py'));
  expect((await refusal(root, ['*.py'])).message).toContain('b.py');
  git(root, 'checkout', '-q', 'b.py');
  write(root, { 'new.py': 'n\n' });
  git(root, 'add', 'new.py');
  expect((await refusal(root, ['*.py'])).message).toMatch(/uncommitted changes: new\.py/);
});

test('an untracked file on the surface, ignored or not', async () => {
  const root = temporaryRepository({ 'a.py': '1\n', '.gitignore': 'hidden.py\nvenv\n' });
  write(root, { 'venv/lib/x.py': 'x', 'hidden.py': 'x', '.pawl/runs/x/y.py': '1' });
  expect((await inspectProject(root, { surface: ['**/*.py'] })).surface).toEqual(['a.py']);
  const { message } = await refusal(root, ['a.py', 'hidden.py']);
  expect(message).toMatch(/hidden\.py is not tracked by git/);
  expect(message).toContain('add -f -- hidden.py');
  write(root, { 'sub/new one.py': 'n' });
  expect((await refusal(root, ['**/*.py'])).message).toContain("add -- 'sub/new one.py'");
  expect((await inspectProject(root, { surface: ['**/*.py'], link: ['sub'] })).surface).toEqual(['a.py']);
  rmSync(join(root, 'sub'), { recursive: true });
});

test('binary, large and linked surface files', async () => {
  const root = temporaryRepository({
    'a.py': '1\n',
    'w.bin': new Uint8Array([0, 1]),
    'l.txt': new Uint8Array([0xe9, 10]),
    'big.txt': 'x'.repeat(5 * 1024 * 1024 + 1),
  });
  symlinkSync('a.py', join(root, 'link.py'));
  git(root, 'add', '-A');
  git(root, 'commit', '-qm', 'link');
  expect((await refusal(root, ['w.bin'])).message).toMatch(/w\.bin is not UTF-8 text/);
  expect((await refusal(root, ['l.txt'])).message).toMatch(/l\.txt is not UTF-8 text/);
  expect((await refusal(root, ['*.txt'])).message).toMatch(/big\.txt is larger than 5 MB/);
  expect((await refusal(root, ['link.py'])).message).toMatch(/link\.py is a symbolic link/);
  expect((await inspectProject(root, { surface: ['*.py'] })).surface).toEqual(['a.py']);
});

test('submodules: a warning, an error when the surface is inside one; the run works beside them', async () => {
  const inner = temporaryRepository({ 'm.py': '1\n' }, 'inner');
  const root = temporaryRepository({ 'train.py': '1\n' });
  git(root, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner, 'lib/mod');
  git(root, 'commit', '-qm', 'module');
  const found = await inspectProject(root, { surface: ['*.py'] });
  expect(found.warnings.join()).toMatch(/Submodules are empty.*lib\/mod/);
  expect((await refusal(root, ['lib/mod/m.py'])).message).toMatch(/inside the submodule lib\/mod/);
  const { workspace } = await openRun(root);
  write(workspace.dir, { 'lib/mod/left.py': 'x' });
  const staged = await workspace.stage(workspace.base, new Map([['train.py', '2\n']]));
  const sha = await workspace.commit(1, workspace.base, staged.tree, 'x');
  expect(await workspace.changedSince(sha)).toEqual([]);
  expect(git(workspace.dir, 'status', '--porcelain')).toBe('');
  await workspace.close();
  // The submodule is a project of its own.
  expect((await inspectProject(join(root, 'lib/mod'), { surface: ['*.py'] })).surface).toEqual(['m.py']);
  const own = (await openRun(join(root, 'lib/mod'))).workspace;
  expect(read(own.dir, 'm.py')).toBe('1\n');
  await own.close();
});

test('a merge that stopped: an error on the surface, a warning elsewhere', async () => {
  const root = temporaryRepository({ 'train.py': '1\n', 'b.txt': '1\n' });
  for (const [branch, text] of [
    ['x', 'x\n'],
    ['y', 'y\n'],
  ] as const) {
    git(root, 'checkout', '-q', '-b', branch, 'main');
    write(root, { 'train.py': text, 'b.txt': text });
    git(root, 'commit', '-qam', branch);
  }
  expect(() => git(root, 'merge', '-q', 'x')).toThrow();
  expect((await refusal(root, ['*.py'])).message).toMatch(
    /train\.py is on the surface and has a merge conflict/,
  );
  write(root, { 'train.py': 'y\n' });
  git(root, 'add', 'train.py');
  expect((await inspectProject(root, { surface: ['*.py'] })).warnings.join()).toMatch(/b\.txt/);
});

test('files in Git LFS are named', async () => {
  const root = temporaryRepository({ 'a.py': '1\n', '.gitattributes': '*.bin filter=lfs\n', 'x.bin': 'x' });
  expect((await inspectProject(root, { surface: ['*.py'] })).warnings.join()).toMatch(
    /1 files? .*Git LFS.*git lfs pull/,
  );
});

test.skipIf(process.getuid?.() !== 0)(
  'a repository of another user: the message has the command',
  async () => {
    const root = temporaryRepository({ 'a.py': '1\n' });
    for (const file of [root, join(root, '.git'), dirname(root)]) chownSync(file, 12345, 12345);
    expect(await refusal(root, ['*.py'])).toMatchObject({
      message: expect.stringContaining(`git config --global --add safe.directory ${root}`),
      exitCode: 3,
    });
  },
);

test.skipIf(process.getuid?.() === 0)('a folder that may not be written to', async () => {
  const root = temporaryRepository({ 'a.py': '1\n' });
  chmodSync(root, 0o555);
  const refused = await refusal(root, ['*.py']);
  chmodSync(root, 0o755);
  expect(refused).toMatchObject({
    message: expect.stringMatching(/cannot write to the project folder/),
    exitCode: 3,
  });
});

test('the tags that the repository knows', async () => {
  const root = temporaryRepository({ 'a.py': '1\n' });
  expect(await runBranches(root)).toEqual([]);
  await openRun(root, { tag: 'nov20' });
  git(root, 'branch', 'pawl/old');
  git(root, 'update-ref', 'refs/pawl/gone/1', 'HEAD');
  expect(await runBranches(root)).toEqual(['gone', 'nov20', 'old']);
  mkdirSync(join(root, 'x'), { recursive: true });
});

test('a pawl.yaml that is not committed as it is counts all the same, and is told', async () => {
  const root = temporaryRepository({ 'a.py': 'x\n' });
  const warnings = async () => (await inspectProject(root, { surface: ['a.py'] })).warnings;
  write(root, { 'pawl.yaml': 'command: x\n' });
  expect(await warnings()).toEqual([
    'pawl.yaml is not committed: the run takes it as it is now, and keeps a copy.',
  ]);
  git(root, 'add', 'pawl.yaml');
  git(root, 'commit', '-q', '-m', 'config');
  expect(await warnings()).toEqual([]);
  write(root, { 'pawl.yaml': 'command: y\n' });
  expect(await warnings()).toEqual([
    expect.stringMatching(/^pawl\.yaml has uncommitted changes: the run takes/),
  ]);
});
