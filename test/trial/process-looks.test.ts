import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { openProcessLooks, type TableSource } from '../../src/trial/process-looks.ts';
import type { ProcessRow } from '../../src/trial/process-table.ts';

const row = (pid: number, ppid = 1): ProcessRow => ({
  pid,
  ppid,
  pgid: pid,
  session: pid,
  state: 'S',
  threads: 1,
  startTicks: pid,
  rssBytes: 4096,
});

function machine(rows: ProcessRow[]) {
  const now = new Map(rows.map((r) => [r.pid, r]));
  const read: (number | 'all')[] = [];
  const source: TableSource & { newest: number | null } = {
    newest: 100,
    table() {
      read.push('all');
      return [...now.values()];
    },
    pids: () => [...now.keys()],
    row(pid) {
      read.push(pid);
      return now.get(pid) ?? null;
    },
    lastPid: () => source.newest,
  };
  return { now, source, readSince: () => read.splice(0) };
}

const ours = (r: ProcessRow) => r.pid === 3;

test('strangers are read once, ours and new ones at each look, gone ones are gone', () => {
  const { now, source, readSince } = machine([row(1), row(2), row(3)]);
  const looks = openProcessLooks(source, () => 0);
  expect(looks.look(ours)).toHaveLength(3);
  expect(readSince()).toEqual(['all']);
  now.set(3, { ...row(3), rssBytes: 9 });
  now.set(4, row(4, 3));
  now.delete(2);
  source.newest = 104;
  expect(looks.look(ours)).toEqual([row(1), { ...row(3), rssBytes: 9 }, row(4, 3)]);
  expect(readSince()).toEqual([3, 4]);
});

test('numbers that ran round, a kernel that does not tell, and half a minute: everything is read', () => {
  const { now, source, readSince } = machine([row(1), row(2), row(3)]);
  let clock = 0;
  const looks = openProcessLooks(source, () => clock);
  looks.look(ours);
  // The stranger's number is a child of ours now.
  now.set(2, row(2, 3));
  source.newest = 2;
  expect(looks.look(ours)).toContainEqual(row(2, 3));
  clock = 30_000;
  looks.look(ours);
  source.newest = null;
  looks.look(ours);
  expect(readSince()).toEqual(['all', 'all', 'all', 'all']);
});

test('of this machine: a process that began after the first look is seen, and that it ended', async () => {
  const looks = openProcessLooks();
  looks.look(() => false);
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  await once(child, 'spawn');
  expect(looks.look(() => false)).toContainEqual(
    expect.objectContaining({ pid: child.pid, ppid: process.pid }),
  );
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(looks.look(() => false).map((r) => r.pid)).not.toContain(child.pid);
});
