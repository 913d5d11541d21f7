import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { Git } from '../../src/workspace/git.ts';
import { GitSession } from '../../src/workspace/git-session.ts';
import { RunRefs } from '../../src/workspace/run-refs.ts';
import { openRun } from './run-fixture.ts';
import { git, temporaryFolder, temporaryRepository } from './temporary-repository.ts';

const path = process.env.PATH!;
afterEach(() => {
  process.env.PATH = path;
});

const edit = (text: string) => new Map([['train.py', text]]);

/** Open git processes whose work belongs to a process. */
function openGits(parent = process.pid): { pid: number; args: string }[] {
  return execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, ppid, ...args]) => Number(ppid) === parent && args.includes('--stdin'))
    .map(([pid, , ...args]) => ({ pid: Number(pid), args: args.join(' ') }));
}

function locks(root: string): string[] {
  return readdirSync(join(root, '.git'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.lock'),
  );
}

async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; tries < 100 && !isSo(); tries += 1) await delay(50);
  expect(isSo()).toBe(true);
}

test('one process moves the refs of many experiments, holds no lock between them, and ends with the run', async () => {
  const root = temporaryRepository({ 'train.py': '1\n' });
  const { workspace } = await openRun(root);
  const pids = new Set<number>();
  for (let n = 1; n <= 3; n += 1) {
    const staged = await workspace.stage(workspace.base, edit(`${n + 1}\n`));
    expect(staged.diff).toBe(`${git(root, 'diff-tree', '-p', workspace.base, staged.tree)}\n`);
    expect([staged.added, staged.removed]).toEqual([1, 1]);
    const sha = await workspace.commit(n, workspace.base, staged.tree, `n${n}`);
    expect(git(root, 'rev-parse', `refs/pawl/t/${n}`)).toBe(sha);
    expect(locks(root)).toEqual([]);
    for (const { pid } of openGits()) pids.add(pid);
  }
  expect(pids.size).toBe(2);
  await workspace.close();
  await until(() => openGits().every(({ pid }) => !pids.has(pid)));
});

test('a process that is killed is replaced, and nothing is lost', async () => {
  const root = temporaryRepository({ 'train.py': '1\n' });
  const { workspace } = await openRun(root);
  for (let n = 1; n <= 3; n += 1) {
    const staged = await workspace.stage(workspace.base, edit(`${n + 1}\n`));
    expect(staged.added).toBe(1);
    for (const { pid } of openGits()) process.kill(pid, 'SIGKILL');
    const sha = await workspace.commit(n, workspace.base, staged.tree, `n${n}`);
    expect(git(root, 'rev-parse', `refs/pawl/t/${n}`)).toBe(sha);
    for (const { pid } of openGits()) process.kill(pid, 'SIGKILL');
    if (n < 3) continue;
    await workspace.move(workspace.base, sha);
    expect(git(root, 'rev-parse', workspace.branch)).toBe(sha);
  }
  await workspace.close();
});

test('a process that dies after the deed but before the word is not asked to do it again', async () => {
  const root = temporaryRepository({ 'train.py': '1\n' });
  const { workspace } = await openRun(root);
  const staged = await workspace.stage(workspace.base, edit('2\n'));
  const sha = await workspace.commit(1, workspace.base, staged.tree, 'one');
  for (const { pid } of openGits()) process.kill(pid, 'SIGKILL');
  await until(() => openGits().length === 0);
  const bin = temporaryFolder();
  const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
  // The first update-ref swallows `commit: ok` and is gone.
  writeFileSync(
    join(bin, 'git'),
    `#!/bin/sh
case "$*" in
*update-ref*)
  if mkdir ${bin}/once 2>/dev/null; then
    ${real} "$@" 2>/dev/null | { read a; echo "$a"; read a; echo "$a"; read a; kill -9 $$; }
  fi ;;
esac
exec ${real} "$@"
`,
  );
  chmodSync(join(bin, 'git'), 0o755);
  process.env.PATH = `${bin}:${path}`;
  await workspace.move(workspace.base, sha);
  expect(existsSync(join(bin, 'once'))).toBe(true);
  expect(git(root, 'rev-parse', workspace.branch)).toBe(sha);
  await workspace.close();
});

test('a ref that somebody holds for a moment is waited for', async () => {
  const root = temporaryRepository({ 'train.py': '1\n' });
  const { workspace } = await openRun(root);
  const first = await workspace.stage(workspace.base, edit('2\n'));
  const one = await workspace.commit(1, workspace.base, first.tree, 'one');
  const lock = join(root, '.git/refs/pawl/t/champion.lock');
  writeFileSync(lock, '');
  setTimeout(() => rmSync(lock), 700);
  await workspace.move(workspace.base, one);
  expect(git(root, 'rev-parse', 'refs/pawl/t/champion')).toBe(one);
  await workspace.close();
});

test('a ref that exists is refused in the open process as in a new one', async () => {
  const root = temporaryRepository({ 'train.py': '1\n' });
  const base = git(root, 'rev-parse', 'HEAD');
  const refs = new RunRefs(new Git({ cwd: root }), 't', true);
  expect(await refs.add(1, base)).toBe(true);
  expect(await refs.add(1, base)).toBe(false);
  expect(await refs.add(2, base)).toBe(true);
  await expect(refs.move(base, base, null)).rejects.toThrow(/moved the branch/);
  expect(locks(root)).toEqual([]);
  await refs.close();
});

test('without git, asking fails and does not hang', async () => {
  const root = temporaryRepository({ 'train.py': '1\n' });
  process.env.PATH = temporaryFolder();
  const session = new GitSession(new Git({ cwd: root }), ['update-ref', '--stdin']);
  await expect(session.ask('start\n', 'start: ok\n')).rejects.toThrow(/ENOENT/);
  await session.close();
});

test('an engine that is killed in the middle of a transaction leaves no process and no lock', async () => {
  const root = temporaryRepository({ 'train.py': '1\n' });
  const base = git(root, 'rev-parse', 'HEAD');
  const source = (name: string) =>
    JSON.stringify(fileURLToPath(new URL(`../../src/workspace/${name}.ts`, import.meta.url)));
  const program = `
    import { Git } from ${source('git')};
    import { GitSession } from ${source('git-session')};
    const session = new GitSession(new Git({ cwd: ${JSON.stringify(root)} }), ['update-ref', '--stdin']);
    await session.ask('start\\ncreate refs/pawl/t/1 ${base}\\nprepare\\n', 'prepare: ok\\n');
    console.log('prepared');
    setInterval(() => {}, 1000);
  `;
  const engine = spawn(
    process.execPath,
    ['--experimental-strip-types', '--no-warnings', '--input-type=module', '-e', program],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await new Promise((resolve) => engine.stdout.once('data', resolve));
  const [open] = openGits(engine.pid);
  expect(open?.args).toMatch(/update-ref/);
  expect(locks(root)).toEqual(['refs/pawl/t/1.lock']);
  engine.kill('SIGKILL');
  await until(() => !existsSync(`/proc/${open!.pid}`) && locks(root).length === 0);
  expect(git(root, 'for-each-ref', 'refs/pawl/t/1')).toBe('');
});

test('an open process does not keep Node alive', () => {
  const root = temporaryRepository({ 'train.py': '1\n' });
  const source = fileURLToPath(new URL('../../src/workspace/', import.meta.url));
  const program = `
    import { Git } from ${JSON.stringify(`${source}git.ts`)};
    import { GitSession } from ${JSON.stringify(`${source}git-session.ts`)};
    const session = new GitSession(new Git({ cwd: ${JSON.stringify(root)} }), ['update-ref', '--stdin']);
    await session.ask('start\\n', 'start: ok\\n');
    console.log('asked');
  `;
  const args = ['--experimental-strip-types', '--no-warnings', '--input-type=module', '-e', program];
  expect(execFileSync(process.execPath, args, { encoding: 'utf8', timeout: 10_000 })).toBe('asked\n');
});
