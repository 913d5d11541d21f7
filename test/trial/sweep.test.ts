import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { exemptPids, Family } from '../../src/trial/family.ts';
import { createLocalRunner } from '../../src/trial/local-runner.ts';
import {
  bootId,
  hasProc,
  identify,
  isAlive,
  type ProcessRow,
  readProcessTable,
} from '../../src/trial/process-table.ts';
import { createOrphanSearch } from '../../src/trial/sweep.ts';
import { folder, killAfterTest, makeSpec, pidIn, runs, script, start, until } from './trial-harness.ts';

const runner = createLocalRunner();

/** A process of ours that sleeps, in its own group; reaped by us. */
function sleeper(env: Record<string, string> = {}): number {
  const child = spawn('sleep', ['600'], {
    detached: true,
    stdio: 'ignore',
    env: { PATH: process.env.PATH ?? '', ...env },
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return child.pid!;
}

describe.skipIf(!hasProc)('sweep of what an earlier engine left', () => {
  it('kills the trial of an engine that was killed, from a new process', async () => {
    const root = folder();
    const spec = makeSpec(root, '');
    const trainer = script(
      root,
      'trainer',
      `import { writeFileSync } from 'node:fs'; import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
       process.on('SIGTERM', () => {}); setInterval(() => console.log('on'), 20);
       if (!process.argv[2]) spawn(process.execPath, [process.argv[1], 'child'], { detached: true, stdio: 'inherit' });
       writeFileSync(process.argv[2] ?? 'trainer', '');
       writeFileSync((process.argv[2] ?? 'trainer') + '.pid', process.pid + '\\n');`,
    );
    const source = fileURLToPath(new URL('../../src/trial/local-runner.ts', import.meta.url));
    script(
      root,
      'engine',
      `import { writeFileSync } from 'node:fs'; import { createLocalRunner } from ${JSON.stringify(source)};
       const trial = await createLocalRunner().start(${JSON.stringify({ ...spec, command: `exec ${trainer}` })}, { log() {}, curve() {}, memory() {} });
       process.stdout.write(JSON.stringify(trial.process) + '\\n');`,
    );
    const engine = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', join(root, 'engine.mjs')],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let output = '';
    engine.stdout.on('data', (data) => {
      output += data;
    });
    await until('the trial', () => output.endsWith('\n'));
    const recorded = JSON.parse(output);
    killAfterTest(recorded);
    const child = await until('the child', () => pidIn(join(root, 'child.pid')));
    const ended = new Promise((resolve) => engine.once('exit', resolve));
    engine.kill('SIGKILL');
    await ended;
    expect(isAlive(recorded)).toBe(true);

    expect(await runner.sweep('some other run', null)).toBe(0);
    expect(isAlive(recorded)).toBe(true);
    expect(await runner.sweep(spec.cookie, recorded)).toBe(2);
    expect(isAlive(recorded)).toBe(false);
    expect(runs(child)).toBe(false);
    expect(await runner.sweep(spec.cookie, recorded)).toBe(0);
  });

  it('never touches a process that only has the recorded pid', async () => {
    const pid = sleeper();
    const id = identify(pid);
    expect(await runner.sweep('nobody', { ...id, startTicks: id.startTicks! - 1 })).toBe(0);
    expect(await runner.sweep('nobody', { ...id, startTicks: null })).toBe(0);
    expect(await runner.sweep('nobody', { ...id, bootId: 'another boot' })).toBe(0);
    expect(isAlive(id)).toBe(true);
    expect(await runner.sweep('nobody', id)).toBe(1);
    expect(isAlive(id)).toBe(false);
  });

  it('needs the whole cookie, as an entry of its own', async () => {
    const near = [
      sleeper({ PAWL_RUN_ID: 'abcd' }),
      sleeper({ X: 'PAWL_RUN_ID=abc' }),
      sleeper({ XPAWL_RUN_ID: 'abc' }),
    ];
    const exact = sleeper({ PAWL_RUN_ID: 'abc' });
    await until('exec', () => runs(exact));
    expect(await runner.sweep('abc', null)).toBe(1);
    expect(runs(exact)).toBe(false);
    expect(near.every(runs)).toBe(true);
  });

  it('never kills itself or its ancestors, whatever is recorded', async () => {
    expect(await runner.sweep('nobody', identify(process.pid))).toBe(0);
    expect(await runner.sweep('nobody', identify(process.ppid))).toBe(0);
    expect(await runner.sweep('nobody', identify(1))).toBe(0);
  });

  it('leaves another trial of the same run alone when one ends', async () => {
    const root = folder();
    const long = await start('sleep 600', { cwd: root, cookie: 'same', logPath: join(root, 'a.log') });
    const short = await start('echo METRIC score=1', {
      cwd: root,
      cookie: 'same',
      logPath: join(root, 'b.log'),
    });
    expect(await short.trial.result).toMatchObject({ outcome: 'ok', swept: 0 });
    expect(isAlive(long.trial.process)).toBe(true);
    long.trial.stop('test');
    await long.trial.result;
  });
});

describe.skipIf(!hasProc)('proof that an orphan is ours', () => {
  it('is its environment, or our log as its append-only output, and nothing older', async () => {
    const logPath = join(folder(), 'log');
    const appending = openSync(logPath, 'a');
    const writing = openSync(logPath, 'r+');
    const reading = openSync(logPath, 'r');
    const sleeps = (env: Record<string, string>, output: number | 'ignore') => {
      const child = spawn('/bin/sleep', ['600'], {
        detached: true,
        stdio: ['ignore', output, 'ignore'],
        env,
      });
      onTestFinished(() => {
        child.kill('SIGKILL');
      });
      return child.pid!;
    };
    const ours = [sleeps({ MARK: 'm1' }, 'ignore'), sleeps({}, appending)];
    const others = [sleeps({ MARK: 'm2' }, 'ignore'), sleeps({}, writing), sleeps({}, reading)];
    for (const fd of [appending, writing, reading]) closeSync(fd);
    const table = readProcessTable();
    const found = (since: number | null) => {
      const family = new Family(exemptPids(table));
      createOrphanSearch({ entry: 'MARK=m1', logPath, since }, family)(table);
      family.update(table);
      return family.living.map((row) => row.pid).filter((pid) => [...ours, ...others].includes(pid));
    };
    expect(found(null).sort()).toEqual(ours.sort());
    expect(found(identify(ours[0]!).startTicks! + 1_000_000)).toEqual([]);
  });
});

describe('identity of a process', () => {
  it('is pid, start and boot', () => {
    const me = identify(process.pid);
    expect(me.bootId).toBe(bootId());
    expect(isAlive(me)).toBe(true);
    if (hasProc) expect(isAlive({ ...me, startTicks: me.startTicks! + 1 })).toBe(false);
    expect(isAlive({ ...me, bootId: 'x' })).toBe(false);
    expect(isAlive({ pid: 2 ** 22 + 5, startTicks: 1, bootId: bootId() })).toBe(false);
  });
});

describe('Family', () => {
  const row = (
    pid: number,
    ppid: number,
    pgid = pid,
    session = pgid,
    more: Partial<ProcessRow> = {},
  ): ProcessRow => ({
    pid,
    ppid,
    pgid,
    session,
    state: 'S',
    threads: 1,
    startTicks: pid * 10,
    rssBytes: 0,
    ...more,
  });
  const family = (...exempt: number[]) => {
    const made = new Family(new Set([0, 1, ...exempt]));
    made.adopt(row(100, 50));
    return made;
  };
  const pids = (f: Family) => f.living.map((r) => r.pid).sort((a, b) => a - b);

  it('finds descendants, listed in any order, and leaves others', () => {
    const f = family();
    f.update([row(103, 102, 100), row(102, 101, 102), row(200, 50), row(101, 100, 100), row(100, 50)]);
    expect(pids(f)).toEqual([100, 101, 102, 103]);
  });
  it('remembers who was a descendant after its parents died', () => {
    const f = family();
    f.update([row(100, 50), row(101, 100, 101)]);
    f.update([row(101, 1, 101), row(105, 1, 101), row(106, 1, 106)]);
    expect(pids(f)).toEqual([101, 105]);
  });
  it('does not take a stranger for a member that died', () => {
    const f = family();
    f.update([row(100, 50), row(101, 100, 101)]);
    f.update([
      row(101, 1, 101, 101, { startTicks: 99_999 }),
      row(102, 101, 101, 101, { startTicks: 99_999 }),
    ]);
    expect(pids(f)).toEqual([]);
  });
  it('forgets a group once it was empty', () => {
    const f = family();
    f.update([row(100, 50), row(101, 100, 101)]);
    f.update([]);
    f.update([row(300, 1, 100, 100), row(301, 1, 101, 101)]);
    expect(pids(f)).toEqual([]);
  });
  it('counts zombies as dead, unless their threads live', () => {
    const f = family();
    f.update([
      row(100, 50),
      row(101, 100, 100, 100, { state: 'Z' }),
      row(102, 100, 100, 100, { state: 'Z', threads: 3 }),
    ]);
    expect(pids(f)).toEqual([100, 102]);
  });
  it('never takes ourselves, our session, or kernel threads', () => {
    const f = family(50, 60);
    f.update([
      row(100, 50),
      row(101, 100, 40, 40),
      row(60, 100, 40, 40),
      row(50, 40, 40, 40),
      row(41, 40, 40, 40),
      row(2, 0, 0, 0),
      row(102, 100, 0, 0),
    ]);
    expect(pids(f)).toEqual([100, 101, 102]);
  });
});
