import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasProc, identify } from '../../src/trial/process-table.ts';
import { folder, killAfterTest, pidIn, run, runs, script, start, until } from './trial-harness.ts';

// What a trial may do to outlive itself. Each leaves its pid in a file, and none may live afterwards.

/** A process that ignores every polite signal and never ends. */
const immortal = `import { writeFileSync } from 'node:fs';
for (const s of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(s, () => {});
setInterval(() => {}, 1000);
writeFileSync(process.argv[2], process.pid + '\\n');`;

/** Starts argv[3..] detached, with or without environment and output, and waits until its pid file is there. */
const starter = `import { spawn } from 'node:child_process'; import { existsSync } from 'node:fs';
const [mode, file, ...command] = process.argv.slice(2);
const child = spawn(command[0], command.slice(1), {
  detached: !mode.includes('group'), stdio: mode.includes('closed') ? 'ignore' : 'inherit',
  env: mode.includes('bare') ? {} : process.env });
child.unref();
const sign = mode.includes('seen') ? 'seen' : file;
setInterval(() => { if (existsSync(sign)) process.exit(0) }, 5);`;

async function runAway(mode: string, nested: boolean) {
  const root = folder();
  const node = JSON.stringify(process.execPath);
  script(root, 'immortal', immortal);
  script(root, 'starter', starter);
  const inner = `${node} immortal.mjs escaped.pid`;
  // Nested: the starter is itself started detached, so that the survivor's parent and grandparent are gone.
  const once = `${node} starter.mjs ${mode} escaped.pid ${inner}`;
  const command = nested ? `${node} starter.mjs ${mode} escaped.pid ${once}` : once;
  const { trial, watcher } = await start(`${command} && echo METRIC score=1`, { cwd: root });
  const pid = await until('the runaway', () => pidIn(join(root, 'escaped.pid')));
  killAfterTest(identify(pid));
  if (mode.includes('seen')) {
    const looks = watcher.rss.length;
    await until('another look at the process table', () => watcher.rss.length > looks);
    writeFileSync(join(root, 'seen'), '');
  }
  return { pid, result: await trial.result };
}

describe.skipIf(!hasProc)('nothing of a trial outlives it', () => {
  const ways: [what: string, mode: string, nested: boolean][] = [
    ['a child that ignores TERM', 'group', false],
    ['a child that closed its output', 'group-closed', false],
    ['a grandchild in its own session', 'session', false],
    ['a double fork in its own session', 'session', true],
    ['a double fork without environment', 'bare', true],
    ['a double fork without output', 'closed', true],
    ['a double fork without environment and output, seen while it ran', 'bare-closed-seen', true],
  ];
  it.each(ways)('%s', async (_what, mode, nested) => {
    const { pid, result } = await runAway(mode, nested);
    expect(runs(pid)).toBe(false);
    expect(result).toMatchObject({ outcome: 'ok', metric: 1, swept: 1 });
  });

  it('the leader ends, a grandchild writes on: it is ended, and so is the log', async () => {
    const { result, spec } = await run(
      `(trap '' TERM INT HUP; i=0; while :; do echo "METRIC score=9$i"; i=$((i+1)); sleep 0.02; done) & echo METRIC other=1; sleep 0.2`,
      {},
      { lingerMs: 50 },
    );
    expect(result.swept).toBeGreaterThanOrEqual(1);
    expect(result.logBytes).toBe(statSync(spec.logPath).size);
  });

  it('processes that fork while they are swept', async () => {
    const root = folder();
    const bomb = script(
      root,
      'bomb',
      `import { spawn } from 'node:child_process'; import { appendFileSync } from 'node:fs';
       appendFileSync('pids', process.pid + '\\n'); process.on('SIGTERM', () => {});
       const depth = Number(process.argv[2]);
       for (let i = 0; i < 2 && depth > 0; i++) spawn(process.execPath, [process.argv[1], String(depth - 1)], { detached: true, stdio: 'ignore' }).unref();
       setInterval(() => {}, 1000);`,
    );
    const { result } = await run(
      `${bomb} 4 & while ! [ -s pids ]; do :; done; echo METRIC score=1`,
      { cwd: root },
      { lingerMs: 0 },
    );
    expect(result.outcome).toBe('ok');
    const pids = readFileSync(join(root, 'pids'), 'latin1').trim().split('\n').map(Number);
    expect(pids.filter(runs)).toEqual([]);
  });

  it('lets stragglers go by themselves', async () => {
    const { result } = await run(`(sleep 0.1; echo bye) & echo METRIC score=1`, {}, { lingerMs: 5000 });
    expect(result).toMatchObject({ outcome: 'ok', swept: 0 });
    expect(result.seconds).toBeLessThan(0.1);
  });
});
