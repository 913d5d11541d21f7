import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isAlive } from '../../src/trial/process-table.ts';
import { folder, pidIn, run, runs, script, start, until } from './trial-harness.ts';

describe('the time box', () => {
  it('interrupts first: the script may print its last words, the outcome stays', async () => {
    const root = folder();
    const command = script(
      root,
      'polite',
      `process.on('SIGINT', () => { console.log('METRIC score=0.5'); process.exit(0) }); setInterval(() => {}, 1000); console.log('up')`,
    );
    const { trial, watcher } = await start(`exec ${command}`, { cwd: root, timeoutMs: 1500 });
    await until('start', () => watcher.lines.includes('up'));
    const result = await trial.result;
    expect(result).toMatchObject({ outcome: 'timed-out', metric: null, metrics: { score: 0.5 }, exit: 0 });
    expect(result.why).toBe('still running after 1.5 s');
    expect(result.seconds).toBeGreaterThanOrEqual(1.5);
    expect(result.seconds).toBeLessThan(1.9);
  });

  it('climbs to TERM', async () => {
    const root = folder();
    const command = script(
      root,
      'stubborn',
      `process.on('SIGINT', () => console.log('not yet')); process.on('SIGTERM', () => { console.log('terminated'); process.exit(3) });
       setInterval(() => {}, 1000); console.log('up')`,
    );
    const { trial, watcher } = await start(`exec ${command}`, { cwd: root });
    await until('start', () => watcher.lines.includes('up'));
    trial.stop('by key');
    const result = await trial.result;
    // pawl's own last word: what the script says of the signal is no mistake of its own.
    expect(watcher.lines).toEqual(['up', 'not yet', 'terminated', '[pawl] ended by pawl: by key']);
    expect(readFileSync(join(root, 'logs', 'trial-1.log'), 'utf8')).toMatch(
      /terminated\n\n\[pawl\] ended by pawl: by key\n$/,
    );
    expect(result).toMatchObject({ outcome: 'stopped', why: 'by key', exit: 3, metric: null });
  });

  it('leaves a trainer its time to terminate when the shell around it is gone', async () => {
    const root = folder();
    const trainer = script(
      root,
      'saver',
      `process.on('SIGINT', () => console.log('not yet')); process.on('SIGTERM', () => setTimeout(() => { console.log('saved'); process.exit(0) }, 100));
       setInterval(() => {}, 1000); console.log('up')`,
    );
    const delays = { interruptMs: 100, terminateMs: 5000 };
    const { trial, watcher } = await start(`${trainer}; echo METRIC score=1`, { cwd: root }, { delays });
    await until('start', () => watcher.lines.includes('up'));
    trial.stop('by key');
    const result = await trial.result;
    expect(watcher.lines.slice(0, 3)).toEqual(['up', 'not yet', 'saved']);
    expect(result).toMatchObject({ outcome: 'stopped', swept: 0 });
  });

  it('climbs to KILL, for the children too', async () => {
    const root = folder();
    script(
      root,
      'child',
      `process.on('SIGINT', () => {}); process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log(process.pid)`,
    );
    const command = `trap '' INT TERM; ${script(
      root,
      'child',
      `
      import { writeFileSync } from 'node:fs';
      process.on('SIGINT', () => {}); process.on('SIGTERM', () => {}); setInterval(() => {}, 1000);
      writeFileSync('child.pid', process.pid + '\\n');`,
    )} & wait; wait; sleep 1000`;
    const { trial } = await start(command, { cwd: root });
    const child = await until('child', () => pidIn(join(root, 'child.pid')));
    trial.stop('enough');
    trial.stop('again');
    const result = await trial.result;
    expect(result).toMatchObject({ outcome: 'stopped', why: 'enough', signal: 'SIGKILL' });
    expect(runs(child)).toBe(false);
    expect(isAlive(trial.process)).toBe(false);
  });

  it('ends a command that stopped itself', async () => {
    const { result } = await run('kill -STOP $$', { timeoutMs: 200 });
    expect(result.outcome).toBe('timed-out');
  });

  it('passes the interrupt on to a trainer in its own group', async () => {
    const root = folder();
    const trainer = script(
      root,
      'inner',
      `process.on('SIGINT', () => { console.log('last words'); process.exit(0) }); setInterval(() => {}, 1000); console.log('up')`,
    );
    const command = script(
      root,
      'wrapper',
      `import { spawn } from 'node:child_process'; process.on('SIGINT', () => {});
       const child = spawn('/bin/sh', ['-c', process.env.TRAINER], { detached: true, stdio: 'inherit' });
       child.on('exit', () => process.exit(0));`,
    );
    const { trial, watcher } = await start(
      command,
      { cwd: root },
      { env: { ...process.env, TRAINER: `exec ${trainer}` } },
    );
    await until('start', () => watcher.lines.includes('up'));
    trial.stop('test');
    await trial.result;
    expect(watcher.lines).toEqual(['up', 'last words', '[pawl] ended by pawl: test']);
  });

  it('a stop after the end changes nothing', async () => {
    const { trial, result } = await run('echo METRIC score=1');
    trial.stop('late');
    expect((await trial.result).outcome).toBe('ok');
    expect(result.outcome).toBe('ok');
  });
});
