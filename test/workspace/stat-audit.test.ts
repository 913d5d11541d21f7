import {
  chmodSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { StatAudit } from '../../src/workspace/stat-audit.ts';
import { openRun } from './run-fixture.ts';
import { git, read, temporaryFolder, temporaryRepository, write } from './temporary-repository.ts';

const path = process.env.PATH!;
afterEach(() => {
  process.env.PATH = path;
});

const names = ['train.py', 'src/model.py', 'link'];

function folder(): string {
  const dir = join(temporaryFolder(), 'files');
  write(dir, { 'train.py': 'lr = 1\n', 'src/model.py': 'm\n' });
  symlinkSync('train.py', join(dir, 'link'));
  return dir;
}

/** A file that was just written there, with a time in the past, as the copy of the index has. */
function stampFor(dir: string): string {
  const stamp = `${dir}.stamp`;
  writeFileSync(stamp, '');
  utimesSync(stamp, Date.now() / 1000 - 1, Date.now() / 1000 - 1);
  return stamp;
}

/** Other contents, everything else that a program can set as before. */
function forge(file: string, text: string): void {
  const { atime, mtime } = statSync(file);
  writeFileSync(file, text);
  utimesSync(file, atime, mtime);
}

const tricks: [string, boolean, (dir: string) => void][] = [
  ['does nothing', true, () => {}],
  ['reads and lists', true, (dir) => void read(dir, 'train.py')],
  ['writes another file', true, (dir) => writeFileSync(join(dir, 'src/new.py'), '')],
  ['forges size and time', false, (dir) => forge(join(dir, 'train.py'), 'lr = 9\n')],
  ['forges size and time below', false, (dir) => forge(join(dir, 'src/model.py'), 'n\n')],
  ['makes a file executable', false, (dir) => chmodSync(join(dir, 'train.py'), 0o755)],
  ['gives a file another name too', false, (dir) => linkSync(join(dir, 'train.py'), join(dir, 'other'))],
  ['deletes a file', false, (dir) => unlinkSync(join(dir, 'src/model.py'))],
  [
    'puts another file there',
    false,
    (dir) => {
      writeFileSync(join(dir, 'new'), 'lr = 1\n');
      renameSync(join(dir, 'new'), join(dir, 'train.py'));
    },
  ],
  [
    'points a link elsewhere',
    false,
    (dir) => {
      unlinkSync(join(dir, 'link'));
      symlinkSync('other.py', join(dir, 'link'));
    },
  ],
  [
    'moves a folder and links it back',
    false,
    (dir) => {
      renameSync(join(dir, 'src'), `${dir}.src`);
      symlinkSync(`${dir}.src`, join(dir, 'src'));
    },
  ],
  [
    'puts a file in place of a folder',
    false,
    (dir) => {
      rmSync(join(dir, 'src'), { recursive: true });
      writeFileSync(join(dir, 'src'), '');
    },
  ],
];

test.each(tricks)('right after it was looked at, somebody %s', (_what, holds, act) => {
  const dir = folder();
  const audit = StatAudit.of(dir, names, stampFor(dir))!;
  act(dir);
  expect(audit.holds()).toBe(holds);
});

test('the same with files that have been there for a while, where contents are not read', async () => {
  const dirs = tricks.map(() => folder());
  await delay(3200);
  for (const [at, [what, holds, act]] of tricks.entries()) {
    const dir = dirs[at]!;
    const audit = StatAudit.of(dir, names, stampFor(dir))!;
    act(dir);
    expect(audit.holds(), what).toBe(holds);
  }
});

test('what it cannot vouch for is left to git', () => {
  const dir = folder();
  const stamp = stampFor(dir);
  const none = (...paths: string[]) => expect(StatAudit.of(dir, paths, stamp)).toBeNull();
  none('train.py', 'missing.py');
  none('src');
  writeFileSync(join(dir, 'big'), Buffer.alloc(2 << 20));
  none('big');
  none(...Array.from({ length: 1001 }, () => 'train.py'));
  // A file system on which a ctime is what somebody set: its stamp shows no later ctime.
  const ahead = Date.now() / 1000 + 100;
  utimesSync(stamp, ahead, ahead);
  none('train.py');
});

test('when nothing changed, a trial is checked and the next edit laid without asking git what is there', async () => {
  const root = temporaryRepository({ 'train.py': '1\n', 'src/model.py': 'm\n' });
  const { workspace } = await openRun(root);
  const first = await workspace.stage(workspace.base, new Map([['train.py', '2\n']]));
  const one = await workspace.commit(1, workspace.base, first.tree, 'one');
  process.env.PATH = temporaryFolder();
  expect(await workspace.changedSince(one)).toEqual([]);
  process.env.PATH = path;
  const second = await workspace.stage(workspace.base, new Map([['train.py', '3\n']]));
  expect(git(root, 'show', `${second.tree}:train.py`)).toBe('3');
  expect(git(root, 'ls-tree', '-r', '--name-only', second.tree)).toBe('src/model.py\ntrain.py');
});

test('edits of different files, new ones too, never mix', async () => {
  const root = temporaryRepository({ 'train.py': '1\n', 'src/model.py': 'm\n', README: 'r\n' });
  const { workspace } = await openRun(root);
  const edits: Record<string, string>[] = [
    { 'train.py': '2\n' },
    { 'train.py': '3\n', 'src/new.py': 'n\n' },
    { 'train.py': '4\n' },
    { 'src/model.py': 'x\n' },
    { 'src/model.py': 'y\n', 'train.py': '1\n' },
    { 'src/model.py': 'm\n', 'train.py': '5\n' },
    { 'src/deep/a.py': 'a\n' },
    { 'src/deep/a.py': 'b\n' },
    { 'train.py': '2\n' },
  ];
  let parent = workspace.base;
  for (const [at, files] of edits.entries()) {
    const staged = await workspace.stage(parent, new Map(Object.entries(files)));
    const all = new Map(
      git(root, 'ls-tree', '-r', '--name-only', parent)
        .split('\n')
        .map((name) => [name, `${git(root, 'show', `${parent}:${name}`)}\n`]),
    );
    for (const [name, text] of Object.entries(files)) all.set(name, text);
    const found = git(root, 'ls-tree', '-r', '--name-only', staged.tree).split('\n');
    expect(found.sort()).toEqual([...all.keys()].sort());
    for (const [name, text] of all) expect(`${git(root, 'show', `${staged.tree}:${name}`)}\n`).toBe(text);
    for (const [name, text] of all) expect(read(workspace.dir, name)).toBe(text);
    const sha = await workspace.commit(at + 1, parent, staged.tree, `n${at}`);
    expect(git(workspace.dir, 'rev-parse', 'HEAD')).toBe(sha);
    expect(git(workspace.dir, 'status', '--porcelain', '--ignored')).toBe('');
    if (at % 3 === 2) {
      await workspace.move(parent, sha);
      parent = sha;
    }
    // Now and then a trial leaves something, or the files are brought back for another trial.
    if (at % 2 === 1) mkdirSync(join(workspace.dir, 'src/out'), { recursive: true });
    if (at % 4 === 1) await workspace.checkout(sha);
    expect(await workspace.changedSince(sha)).toEqual([]);
  }
});
