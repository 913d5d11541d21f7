import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { surelyUntracked } from '../../src/workspace/index-bytes.ts';
import { planLinks } from '../../src/workspace/links.ts';
import { mustBeOurFolder } from '../../src/workspace/own-folder.ts';
import { cleanGlob } from '../../src/workspace/surface-glob.ts';
import { surfaceTest } from '../../src/workspace/surface-test.ts';
import { git, temporaryRepository } from './temporary-repository.ts';

test.each([
  ['.pawl/runs/t/journal.jsonl', '.pawl'],
  ['.PAWL/runs/t/journal.jsonl', '.PAWL'],
  ['.Pawl', '.Pawl'],
])('a repository that tracks %s brought it with it: refused', async (path, name) => {
  const root = temporaryRepository({ 'train.py': 'x\n' });
  await mustBeOurFolder(root);
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), 'x\n');
  git(root, 'add', '-Af');
  await expect(mustBeOurFolder(root)).rejects.toThrow(
    `git rm -r --cached ${name} && rm -rf ${name}, then commit`,
  );
});

test('an index that is read as git writes it needs no git; whatever is unusual asks git', async () => {
  const files = { 'train.py': 'x\n', 'sub/deep/a.py': 'x\n', 'src/links.ts': 'x\n' };
  const root = temporaryRepository(files);
  expect(surelyUntracked(root, '.pawl')).toBe(true);
  expect(surelyUntracked(join(root, 'sub/deep'), '.pawl')).toBe(true);
  // A second checkout has an index of its own.
  const other = `${root}-other`;
  git(root, 'worktree', 'add', '-q', other);
  expect(surelyUntracked(other, '.pawl')).toBe(true);
  mkdirSync(join(other, '.pawl'));
  writeFileSync(join(other, '.pawl/x'), '');
  git(other, 'add', '-f', '.pawl/x');
  expect(surelyUntracked(other, '.pawl')).toBe(false);
  expect(surelyUntracked(root, '.pawl')).toBe(true);
  await expect(mustBeOurFolder(other)).rejects.toThrow(/git tracks files/);

  for (const way of [['--index-version', '4'], ['--split-index']]) {
    const unusual = temporaryRepository(files);
    git(unusual, 'update-index', '--force-write-index', ...way);
    expect(surelyUntracked(unusual, '.pawl'), way.join(' ')).toBe(false);
    await mustBeOurFolder(unusual);
  }
  const sparse = temporaryRepository(files);
  git(sparse, 'sparse-checkout', 'set', '--sparse-index', 'src');
  expect(surelyUntracked(sparse, '.pawl')).toBe(false);
  // A name like it somewhere else: git tells them apart.
  const alike = temporaryRepository({ 'docs/my.pawl.md': 'x\n' });
  expect(surelyUntracked(alike, '.pawl')).toBe(false);
  await mustBeOurFolder(alike);
  // No repository; a bare one laid into a folder.
  expect(surelyUntracked('/', '.pawl')).toBe(false);
  git(root, 'init', '-q', '--bare', join(root, 'laid'));
  mkdirSync(join(root, 'laid/project'));
  expect(surelyUntracked(join(root, 'laid/project'), '.pawl')).toBe(false);
  for (const bytes of ['', 'DIRC', 'junk'.repeat(9)]) {
    writeFileSync(join(alike, '.git/index'), bytes);
    expect(surelyUntracked(alike, '.pawl')).toBe(false);
  }
});

test.each(['.pawl', '.PAWL/x.py', '.git/config', '.Git/hooks/*', 'src/.GIT/x', './.pawl/**', '.git./x'])(
  'surface: %s is refused',
  (pattern) => {
    expect(() => cleanGlob(pattern)).toThrow(/is inside \.git or \.pawl, which no experiment may change/);
    // To leave it out is fine.
    expect(cleanGlob(`!${pattern}`)).toMatch(/^!/);
  },
);

test.each([
  ['src/a.py', true],
  ['.github/x.py', true],
  ['src/.gitkeep', true],
  ['.git/config', false],
  ['.GIT/config', false],
  ['.Pawl/x', false],
  ['src/.pawl./x', false],
  ['.gitignore', false],
  ['src/.GitAttributes', false],
  ['.gitmodule\u200cs', false],
  ['pawl.yaml', false],
  ['sub/PAWL.yml', false],
])('with a surface of everything, %s: %s', (path, is) => {
  expect(surfaceTest(['**'], [])(path)).toBe(is);
});

test.each([
  ['.PAWL/data', /it is inside \.git or \.pawl/],
  ['.Git', /it is inside \.git or \.pawl/],
  ['.ssh', /is a place of secrets, which trials must not read/],
  ['keys', /is a place of secrets/],
])('link: %s is refused, also where the home folder is the project', async (entry, why) => {
  const root = temporaryRepository({ 'train.py': 'x\n' });
  const before = process.env.HOME;
  process.env.HOME = root;
  try {
    for (const folder of ['.PAWL/data', '.ssh']) mkdirSync(join(root, folder), { recursive: true });
    symlinkSync('.ssh', join(root, 'keys'));
    await expect(planLinks([entry], root, '', new Map())).rejects.toThrow(why);
  } finally {
    process.env.HOME = before;
  }
});
