import { execFile, spawn } from 'node:child_process';
import { existsSync, linkSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import { mergedPacked, packExperiments, removeStalePackLock } from '../../src/workspace/pack-refs.ts';
import { openRun } from './run-fixture.ts';
import { git, read, temporaryRepository } from './temporary-repository.ts';

let root: string;
let common: string;
let tip: string;
const refs = () => git(root, 'for-each-ref', '--format=%(refname) %(objectname) %(*objectname)');
const loose = (folder: string) =>
  existsSync(join(common, folder)) ? readdirSync(join(common, folder)).sort() : [];

beforeEach(() => {
  root = temporaryRepository({ 'a.py': 'a\n', '.gitignore': '.pawl\n' });
  common = join(root, '.git');
  tip = git(root, 'rev-parse', 'HEAD');
  git(root, 'branch', 'packed-branch');
  git(root, 'tag', '-a', 'v1', '-m', 'one');
  git(root, 'pack-refs', '--all');
  git(root, 'branch', 'loose-branch');
  git(root, 'tag', '-a', 'v2', '-m', 'two');
});

/** Refs of a run, as files. */
function experiments(count: number, tag = 't'): void {
  const folder = join(common, 'refs/pawl', tag);
  mkdirSync(folder, { recursive: true });
  for (let n = 1; n <= count; n++) writeFileSync(join(folder, String(n)), `${tip}\n`);
  for (const name of ['base', 'champion']) writeFileSync(join(folder, name), `${tip}\n`);
}

test('only the experiments of the run are packed; git sees the same refs, and can pack, delete and add', async () => {
  experiments(300);
  experiments(3, 'other');
  const before = refs();
  const heads = loose('refs/heads');
  expect(await packExperiments(common, 't', 500)).toBe(0);
  expect(await packExperiments(common, 't', 200)).toBe(300);
  expect(refs()).toBe(before);
  expect(loose('refs/pawl/t')).toEqual(['base', 'champion']);
  expect(loose('refs/pawl/other')).toEqual(['1', '2', '3', 'base', 'champion']);
  expect(loose('refs/heads')).toEqual(heads);
  expect(loose('refs/tags')).toEqual(['v2']);
  expect(readdirSync(common).filter((name) => /lock|packing/.test(name))).toEqual([]);
  // The same file as git itself would write.
  const ours = read(common, 'packed-refs').split('\n');
  git(root, 'pack-refs', '--all');
  expect(refs()).toBe(before);
  const theirs = read(common, 'packed-refs').split('\n');
  expect(theirs[0]).toBe(ours[0]);
  const named = (line: string) => !line.startsWith('^') && ours.includes(line);
  expect(theirs.filter(named)).toEqual(ours.filter(named));
  git(root, 'update-ref', '-d', 'refs/pawl/t/7');
  git(root, 'branch', '-D', 'packed-branch');
  git(root, 'fsck', '--strict');
  expect(git(root, 'for-each-ref', 'refs/pawl/t').split('\n')).toHaveLength(301);
});

test('a run goes on over packed refs: what has a commit keeps it, what is new comes as a file; few are left alone in the end', async () => {
  const first = await openRun(root);
  const stage = (text: string) => first.workspace.stage(tip, new Map([['a.py', text]]));
  for (let n = 1; n <= 3; n++) {
    const { tree } = await stage(`a = ${n}\n`);
    await first.workspace.commit(n, tip, tree, `#${n}`);
  }
  const before = refs();
  expect(await first.workspace.packRefs(1)).toBe(3);
  expect(refs()).toBe(before);
  const again = await stage('b = 1\n');
  const two = await first.workspace.commitOf(2);
  const other = await first.workspace.commit(2, tip, again.tree, '#2, but another');
  expect(git(root, 'for-each-ref', '--format=%(objectname)', 'refs/pawl/t/lost')).toBe(two);
  const sha = await first.workspace.commit(4, tip, again.tree, '#4');
  expect(await first.workspace.commitOf(4)).toBe(sha);
  expect(await first.workspace.commitOf(3)).not.toBeNull();
  expect(loose('refs/pawl/t')).toEqual(['2', '4', 'base', 'champion', 'lost']);
  // A file says more than what is packed, and is what is packed then.
  expect(await first.workspace.packRefs(1)).toBe(2);
  expect([await first.workspace.commitOf(2), await first.workspace.commitOf(4)]).toEqual([other, sha]);
  const last = await stage('c = 1\n');
  await first.workspace.commit(5, tip, last.tree, '#5');
  // So few are left alone in the end.
  await first.workspace.close();
  expect(loose('refs/pawl/t')).toContain('5');
});

test('whoever packs now is not disturbed: nothing happens, nothing is left', async () => {
  experiments(5);
  const before = [refs(), read(common, 'packed-refs')];
  writeFileSync(join(common, 'packed-refs.lock'), '');
  expect(await packExperiments(common, 't', 1)).toBe(0);
  expect(removeStalePackLock(common, 't')).toBe(false);
  expect(loose('.').filter((name) => /lock|packing/.test(name))).toEqual(['packed-refs.lock']);
  rmSync(join(common, 'packed-refs.lock'));
  expect([refs(), read(common, 'packed-refs')]).toEqual(before);
});

test('the lock of a killed engine goes with the next start of its run, nobody else’s does', async () => {
  const half = join(common, 'pawl-packing-t');
  const lock = join(common, 'packed-refs.lock');
  writeFileSync(half, 'x');
  linkSync(half, lock);
  expect(removeStalePackLock(common, 'another')).toBe(false);
  expect(existsSync(lock)).toBe(true);
  const { recovered } = await openRun(root);
  expect(recovered).toContain('Removed a lock of packed refs that the killed engine had left.');
  expect([existsSync(lock), existsSync(half)]).toEqual([false, false]);
  // Killed after it had replaced the file: only its half is left, and the lock is another's.
  writeFileSync(half, 'x');
  writeFileSync(lock, 'y');
  expect(removeStalePackLock(common, 't')).toBe(false);
  expect([existsSync(lock), existsSync(half)]).toEqual([true, false]);
});

const module = pathToFileURL(join(import.meta.dirname, '../../src/workspace/pack-refs.ts')).href;
const run = promisify(execFile);

test('kill -9 at any moment of packing: every ref is where it was, and git can go on', async () => {
  experiments(400);
  const before = refs();
  for (let kill = 0; kill < 6; kill++) {
    const code = `import { packExperiments } from ${JSON.stringify(module)};
      console.log('go'); await packExperiments(${JSON.stringify(common)}, 't', 1);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    await sleep(kill * 8);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('close', resolve));
    // As the next start of the run does.
    removeStalePackLock(common, 't');
    for (const name of loose('refs/pawl/t'))
      if (name.endsWith('.lock')) rmSync(join(common, 'refs/pawl/t', name));
    expect(refs()).toBe(before);
    git(root, 'branch', `after-${kill}`);
    git(root, 'branch', '-D', `after-${kill}`);
    if (loose('refs/pawl/t').length < 10) experiments(400);
  }
}, 30_000);

test('beside somebody who deletes packed branches nothing is lost and nothing comes back', async () => {
  experiments(100);
  for (let i = 0; i < 12; i++) git(root, 'branch', `gone-${i}`);
  git(root, 'pack-refs', '--all', '--no-prune');
  for (let i = 0; i < 12; i++) rmSync(join(common, `refs/heads/gone-${i}`), { force: true });
  const deleting = (async () => {
    for (let i = 0; i < 12; i++) await run('git', ['branch', '-D', `gone-${i}`], { cwd: root });
  })();
  let over = false;
  void deleting.finally(() => {
    over = true;
  });
  while (!over) {
    experiments(100);
    await packExperiments(common, 't', 1);
    await sleep(1);
  }
  await deleting;
  await packExperiments(common, 't', 1);
  expect(refs()).not.toContain('gone-');
  expect(git(root, 'for-each-ref', 'refs/pawl/t').split('\n')).toHaveLength(102);
  expect(refs()).toMatch(/refs\/heads\/packed-branch /);
}, 30_000);

const sha = fc.stringMatching(/^[0-9a-f]{40}$/);
const name = fc.stringMatching(/^refs\/(heads|tags|pawl)\/[!-9;=@-Z_a-z|\u00c0-\u00ff]{1,8}$/);
test('merged: sorted, complete, and nobody else’s line is changed', () => {
  fc.assert(
    fc.property(
      fc.dictionary(name, fc.tuple(sha, fc.boolean())),
      fc.dictionary(fc.stringMatching(/^[1-9]\d{0,3}$/), sha),
      (packed, mine) => {
        const names = Object.keys(packed).sort((a, b) => (a < b ? -1 : 1));
        const head = '# pack-refs with: peeled fully-peeled sorted ';
        const text = `${[head, ...names.flatMap((n) => [`${packed[n]![0]} ${n}`, ...(packed[n]![1] ? [`^${packed[n]![0]}`] : [])])].join('\n')}\n`;
        const merged = mergedPacked(text, 'refs/pawl/t/', new Map(Object.entries(mine)))!;
        const lines = merged.split('\n').slice(1, -1);
        const found = lines.filter((line) => !line.startsWith('^')).map((line) => line.slice(41));
        expect(found).toEqual(
          [...names, ...Object.keys(mine).map((n) => `refs/pawl/t/${n}`)].sort((a, b) => (a < b ? -1 : 1)),
        );
        for (const line of text.split('\n').slice(1, -1)) expect(lines).toContain(line);
        expect(mergedPacked(merged, 'refs/pawl/t/', new Map(Object.entries(mine)))).toBe(merged);
      },
    ),
  );
  for (const odd of [
    '# pack-refs with: peeled \n',
    'nonsense\n',
    '# pack-refs with: peeled fully-peeled sorted \nabc',
  ])
    expect(mergedPacked(odd, 'refs/pawl/t/', new Map())).toBeNull();
});
