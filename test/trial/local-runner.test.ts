import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EnvironmentFailure } from '../../src/protocol/failure.ts';
import { isAlive } from '../../src/trial/process-table.ts';
import { folder, run, script, start, until } from './trial-harness.ts';

describe('a trial that works', () => {
  it('measures, draws, and tells the environment of the contract', async () => {
    const root = folder();
    const command = script(
      root,
      'train',
      `const e = process.env;
       for (let i = 1; i <= 3; i++) process.stdout.write(\`step \${i}/3 | loss: \${3 - i / 2}\\r\`);
       console.log('\\n---\\nscore:            0.5\\nepochs:           3');
       console.log(JSON.stringify([e.PAWL_BUDGET_SECONDS, e.PAWL_SEED, e.PAWL_RUN_ID, e.PAWL_EXPERIMENT, e.PAWL_OUT_DIR,
         e.PYTHONUNBUFFERED, e.NO_COLOR, e.HF_HUB_OFFLINE, e.WANDB_MODE, e.MINE, e.NODE_COMPILE_CACHE, e.PAWL_SECRET, e.CI]));
       console.error('METRIC score=0.25');`,
    );
    const env = { ...process.env, MINE: 'kept', CI: 'true', NODE_COMPILE_CACHE: '/x', PAWL_SECRET: 'x' };
    const { result, spec, watcher, trial } = await run(command, { cwd: root }, { env });
    expect(result).toMatchObject({
      outcome: 'ok',
      why: null,
      metric: 0.25,
      metrics: { score: 0.25, epochs: 3 },
      exit: 0,
      signal: null,
      swept: 0,
      peakVramMiB: null,
    });
    expect(result.curve.map((p) => [p.step, p.value])).toEqual([
      [1, 2.5],
      [2, 2],
      [3, 1.5],
    ]);
    expect(watcher.points).toHaveLength(3);
    expect(result.seconds).toBeGreaterThan(0);
    expect(result.logBytes).toBe(readFileSync(spec.logPath).length);
    const json = [
      '5',
      '42',
      spec.cookie,
      '7',
      spec.outDir,
      '1',
      '1',
      '1',
      'offline',
      'kept',
      null,
      null,
      'true',
    ];
    expect(watcher.lines).toContain(JSON.stringify(json));
    expect(isAlive(trial.process)).toBe(false);
  });

  it('runs in the folder it was given, with spaces and unicode in its name', async () => {
    const cwd = join(folder(), 'mes projets é');
    mkdirSync(cwd);
    const { watcher } = await run('pwd; echo METRIC score=1', { cwd });
    expect(watcher.lines[0]).toBe(cwd);
  });

  it('shows a log live, and the peak of its memory', async () => {
    const root = folder();
    const command = script(
      root,
      'grow',
      `const held = Buffer.alloc(80 * 1024 * 1024, 1);
       process.stdout.write('ready\\n 10%\\r 20%');
       const { existsSync } = await import('node:fs');
       const timer = setInterval(() => { if (existsSync('go')) { clearInterval(timer); console.log('\\nMETRIC score=1', held.length) } }, 10);`,
    );
    const { trial, watcher } = await start(command, { cwd: root });
    await until('the live line', () => watcher.lines.includes('ready') && watcher.live === ' 20%');
    expect(trial.process.pid).toBeGreaterThan(1);
    expect(isAlive(trial.process)).toBe(true);
    await until('memory', () => watcher.rss.some((mib) => mib > 80));
    writeFileSync(join(root, 'go'), '');
    const result = await trial.result;
    expect(result.outcome).toBe('ok');
    expect(result.peakRssMiB).toBeGreaterThan(80);
    expect(watcher.lines).toContain(' 20%');
  });

  it('reads a metric from a JSON file in the working or the output folder', async () => {
    const inCwd = await run(`echo '{"eval":{"loss":0.5}}' > r.json`, {
      metric: { json: 'r.json#eval.loss' },
    });
    expect(inCwd.result).toMatchObject({ outcome: 'ok', metric: 0.5, metrics: { score: 0.5 } });
    const rubric = await run(`echo '{"eval":{"loss":0.5},"items":[1,0]}' > r.json`, {
      metric: { json: 'r.json#eval.loss' },
    });
    expect(rubric.result).toMatchObject({ outcome: 'ok', metric: 0.5, items: { count: 2, passed: 'AQ==' } });
    const told = await run('echo "ITEMS 10"; echo METRIC score=0.5');
    expect(told.result).toMatchObject({ outcome: 'ok', items: { count: 2, passed: 'AQ==' } });
    const inOut = await run(`echo '[1, {"x": 2}]' > "$PAWL_OUT_DIR/r.json"`, {
      metric: { json: 'r.json#1.x' },
    });
    expect(inOut.result.metric).toBe(2);
  });
});

describe('a trial that fails says why', () => {
  const why = async (command: string, changes = {}) => {
    const { result } = await run(command, changes);
    expect(result.metric).toBeNull();
    return `${result.outcome}: ${result.why}`;
  };
  it('without a metric, or with one that is not finite', async () => {
    expect(await why('echo fine')).toBe('crashed: exit 0, but it printed no score');
    expect(await why('echo METRIC score=nan')).toBe('crashed: score is NaN');
    expect(await why('echo "step 4 loss: inf"; echo METRIC score=-inf')).toBe(
      'crashed: score is minus infinite; the live curve was not finite from step 4',
    );
  });
  it('with the last error of a traceback, and no metric however early it was printed', async () => {
    const log = [
      'METRIC score=0.1',
      'Traceback (most recent call last):',
      '  File "train.py", line 3, in <module>',
      'torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB',
      '[rank0]: cleanup done',
    ];
    const text = await why(`cat <<'E'\n${log.join('\n')}\nE\nexit 1`);
    expect(text).toBe(
      'crashed: exit 1: torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB',
    );
    expect(await why(`echo "ModuleNotFoundError: No module named 'torch'"; exit 1`)).toBe(
      "crashed: exit 1: ModuleNotFoundError: No module named 'torch'",
    );
    const glued = await why(
      `printf '\\rstep 00012 (1.2%%) | loss: nan | remaining: 290s    FAIL\\n'; exit 1`,
    );
    expect(glued).toMatch(/^crashed: exit 1: step 00012 .*FAIL; the live curve was not finite from step 12$/);
  });
  it('for a missing command, a signal, and a kill that was not ours', async () => {
    expect(await why('no-such-trainer --fast')).toMatch(
      /^crashed: exit 127, a command was not found: .*no-such-trainer/,
    );
    expect(await why('kill -SEGV $$')).toBe('crashed: ended by SIGSEGV');
    expect(await why('kill -KILL $$')).toMatch(
      /^crashed: signal SIGKILL without our kill: killed by the kernel/,
    );
    expect(await why('sh -c "kill -KILL \\$\\$"; exit $?')).toMatch(
      /^crashed: exit 137 without our kill: .*out of memory/,
    );
  });
  it('for a JSON file that is stale, missing, elsewhere, no file, too large or broken', async () => {
    const json = (
      command: string,
      prepare: (root: string) => void = () => undefined,
      reference = 'r.json#a',
    ) => {
      const root = folder();
      prepare(root);
      return why(command, { cwd: root, metric: { json: reference } });
    };
    const put = (text: string) => (root: string) => writeFileSync(join(root, 'r.json'), text);
    expect(await json('true', put('{"a":1}'))).toMatch(/r\.json was not written by this trial/);
    expect(await json('true')).toMatch(/r\.json was not written$/);
    expect(await json('ln -s /etc/hostname r.json')).toMatch(/lies outside/);
    expect(await json('true', undefined, '/etc/hostname#a')).toMatch(/not written|outside/);
    expect(await json('mkfifo r.json')).toMatch(/not a plain file/);
    expect(await json('head -c 5000000 /dev/zero > r.json')).toMatch(/larger than 4 MiB/);
    expect(await json('echo "{" > r.json')).toMatch(/not valid JSON/);
    expect(await json(`echo '{"a":NaN}' > r.json`)).toMatch(/score is NaN/);
    expect(await json(`echo '{"b":1}' > r.json`)).toMatch(/has no a/);
    expect(await json(`echo '{"a":{}}' > r.json`)).toMatch(/not a number/);
  });
});

describe('an environment that fails is not an experiment', () => {
  it('without the working folder, or with a log that cannot be made', async () => {
    const root = folder();
    await expect(start('true', { cwd: join(root, 'gone') })).rejects.toThrow(EnvironmentFailure);
    writeFileSync(join(root, 'file'), '');
    await expect(start('true', { cwd: root, logPath: join(root, 'file', 'x.log') })).rejects.toThrow(
      /not a folder|cannot be/,
    );
    symlinkSync('/etc/hostname', join(root, 'link.log'));
    await expect(start('true', { cwd: root, logPath: join(root, 'link.log') })).rejects.toThrow(
      /symbolic link/,
    );
  });
  it.skipIf(process.getuid?.() === 0)('in a read-only folder', async () => {
    const root = folder();
    chmodSync(root, 0o500);
    await expect(start('true', { cwd: root })).rejects.toThrow(/permission denied/);
    chmodSync(root, 0o700);
  });
  it('with a command that is longer than the kernel takes', async () => {
    await expect(start(`: ${'x'.repeat(3_000_000)}`)).rejects.toThrow(EnvironmentFailure);
  });
});
