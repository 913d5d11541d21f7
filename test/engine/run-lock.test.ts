import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lockHolder, ownLock, silentMs } from '../../src/engine/lock-holder.ts';
import { takeLock } from '../../src/engine/run-lock.ts';
import { bootId, identify } from '../../src/trial/process-table.ts';

let project: string;
const lock = () => join(project, '.pawl', 'lock');
const put = (holder: object | string) =>
  writeFileSync(lock(), typeof holder === 'string' ? holder : JSON.stringify(holder));
const filesLeft = () => readdirSync(join(project, '.pawl'));

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'pawl-lock-'));
  mkdirSync(join(project, '.pawl'));
});
afterEach(() => rmSync(project, { recursive: true, force: true }));

/** The identity of a process that has ended. */
function deadProcess() {
  const { pid } = spawnSync('true');
  return { pid, startTicks: 1, bootId: bootId(), tag: 'old' };
}

describe('one process', () => {
  test('takes a free lock, is its holder, and leaves nothing when it releases it', () => {
    const taken = takeLock(project, 'nov20');
    expect(taken).toHaveProperty('release');
    expect(lockHolder(project)).toMatchObject({ pid: process.pid, tag: 'nov20' });
    if ('release' in taken) taken.release();
    expect(lockHolder(project)).toBeNull();
    expect(filesLeft()).toEqual([]);
  });

  test('does not take the lock of a living process, and leaves it as it is', () => {
    put({ ...identify(process.pid), tag: 'running' });
    const before = readFileSync(lock(), 'utf8');
    expect(takeLock(project, 'nov20')).toMatchObject({ holder: { tag: 'running', pid: process.pid } });
    expect(readFileSync(lock(), 'utf8')).toBe(before);
    expect(filesLeft()).toEqual(['lock']);
  });

  test.each([
    ['a dead process', () => deadProcess()],
    ['a pid that was given to another since', () => ({ ...identify(process.pid), startTicks: 7, tag: 'x' })],
    ['the time before a reboot', () => ({ ...identify(process.pid), bootId: 'another', tag: 'x' })],
    ['nobody: an empty file', () => ''],
    ['nobody: garbage', () => '{"pid": 12, "start'],
  ])('replaces the lock of %s', (_, holder) => {
    put(holder());
    expect(lockHolder(project)).toBeNull();
    const taken = takeLock(project, 'nov20');
    expect(taken).toHaveProperty('release');
    expect(lockHolder(project)).toMatchObject({ pid: process.pid, tag: 'nov20' });
    expect(filesLeft()).toEqual(['lock']);
  });

  test('gets past contenders that died while they removed a stale lock', () => {
    const stale = JSON.stringify(deadProcess());
    const claim = JSON.stringify(deadProcess());
    put(stale);
    const claimOn = (path: string, text: string) =>
      `${path}.dead-${createHash('sha256').update(text).digest('hex').slice(0, 12)}`;
    writeFileSync(claimOn(lock(), stale), claim);
    writeFileSync(claimOn(claimOn(lock(), stale), claim), JSON.stringify(deadProcess()));
    expect(takeLock(project, 'nov20')).toHaveProperty('release');
    expect(filesLeft()).toEqual(['lock']);
  });

  test('removes what contenders left that were killed, and nothing of a living one', () => {
    const dead = deadProcess();
    writeFileSync(`${lock()}.${dead.pid}`, JSON.stringify(dead));
    writeFileSync(`${lock()}.4194999`, '');
    writeFileSync(`${lock()}.dead-0123456789ab`, JSON.stringify(dead));
    writeFileSync(`${lock()}.${process.ppid}`, '');
    writeFileSync(join(project, '.pawl', 'lock.txt'), "the user's own");
    expect(takeLock(project, 'nov20')).toHaveProperty('release');
    expect(filesLeft().sort()).toEqual(['lock', `lock.${process.ppid}`, 'lock.txt'].sort());
  });

  describe('that cannot be looked at from here', () => {
    const elsewhere = (more: object = {}) => ({
      ...ownLock('far'),
      ...deadProcess(),
      bootId: 'another',
      host: 'far-away',
      machine: 'another',
      tag: 'far',
      ...more,
    });
    const silent = () => {
      const at = new Date(Date.now() - silentMs - 1000);
      utimesSync(lock(), at, at);
    };

    test.each([
      ['on another machine', elsewhere()],
      ['in another container', elsewhere({ ...ownLock('far'), pidSpace: 'pid:[1]', startTicks: 7 })],
    ])('%s: it lives as long as it shows signs of life', (_, holder) => {
      put(holder);
      expect(takeLock(project, 'nov20')).toMatchObject({ holder: { tag: 'far' } });
      silent();
      expect(lockHolder(project)).toBeNull();
      expect(takeLock(project, 'nov20')).toHaveProperty('release');
    });

    test('from before a reboot of this machine: it is dead at once', () => {
      put(elsewhere({ machine: ownLock('x').machine }));
      expect(takeLock(project, 'nov20')).toHaveProperty('release');
    });
  });

  test('shows that it lives, puts its lock back when that was deleted, and says who took it', () => {
    const taken = takeLock(project, 'nov20');
    if (!('keep' in taken)) throw new Error('not taken');
    const old = new Date(1000);
    utimesSync(lock(), old, old);
    expect(taken.keep()).toBeNull();
    expect(statSync(lock()).mtimeMs).toBeGreaterThan(Date.now() - 60_000);
    rmSync(lock());
    expect(taken.keep()).toBeNull();
    expect(lockHolder(project)).toMatchObject({ pid: process.pid, tag: 'nov20' });
    put({ ...identify(process.ppid), tag: 'other' });
    expect(taken.keep()).toMatchObject({ tag: 'other' });
    put(deadProcess());
    expect(taken.keep()).toBeNull();
    expect(lockHolder(project)).toMatchObject({ tag: 'nov20' });
    expect(filesLeft()).toEqual(['lock']);
  });

  test('does not remove a lock that is no longer its own', () => {
    const taken = takeLock(project, 'nov20');
    put({ ...identify(process.ppid), tag: 'other' });
    if ('release' in taken) taken.release();
    expect(existsSync(lock())).toBe(true);
  });
});

describe('several processes at once', () => {
  let contenders: ChildProcess[] = [];
  const answer = async (child: ChildProcess) => (await once(child, 'message'))[0] as string;
  const askAll = async (told: object | 'release') => {
    const answers = contenders.map(answer);
    for (const child of contenders) child.send(told);
    return Promise.all(answers);
  };

  beforeEach(async () => {
    const path = fileURLToPath(new URL('./lock-contender.ts', import.meta.url));
    contenders = [1, 2, 3, 4].map(() => fork(path, { execArgv: [], stdio: 'inherit' }));
    await Promise.all(contenders.map(answer));
  });
  afterEach(() => {
    for (const child of contenders) child.kill('SIGKILL');
  });

  test.each(['nothing', 'the lock of a dead process'])(
    'over %s: exactly one wins, every time',
    async (found) => {
      for (let round = 0; round < 50; round++) {
        if (found !== 'nothing') put(deadProcess());
        const answers = await askAll({ try: project, at: Date.now() + 4 });
        expect(
          answers.filter((a) => a === 'won'),
          `round ${round}: ${answers}`,
        ).toHaveLength(1);
        await askAll('release');
        expect(filesLeft()).toEqual([]);
      }
    },
  );
});
