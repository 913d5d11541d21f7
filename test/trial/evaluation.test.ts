import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hasProc } from '../../src/trial/process-table.ts';
import { probeSandbox } from '../../src/trial/sandbox/probe.ts';
import { folder, run, start, until } from './trial-harness.ts';

// The evaluator of a trial in a box of its own: what the training printed, or left running, is no number.

test('the metric is what the evaluator prints; other numbers of the training stay, for guards', async () => {
  const { result, spec, watcher } = await run(
    "echo 'METRIC score=0'; echo 'METRIC vram_mb=7'; echo 'METRIC shared=1'; echo 'step 1 loss: 3'; echo ITEMS 0000",
    { evaluate: "echo 'METRIC shared=2'; echo 'METRIC score=5'; echo 'step 2 loss: 4'; echo ITEMS 0110" },
  );
  expect(result).toMatchObject({
    outcome: 'ok',
    metric: 5,
    metrics: { score: 5, vram_mb: 7, shared: 2 },
    exit: 0,
    swept: 0,
  });
  expect(result.items).toEqual({ count: 4, passed: Buffer.from([0b0110]).toString('base64') });
  // A curve is the training's: the evaluator's steps are none of it.
  expect(result.curve.map((p) => p.value)).toEqual([3]);
  const log = readFileSync(spec.logPath, 'utf8');
  expect(log).toMatch(/METRIC score=0[\s\S]*\[pawl\] the evaluator:\n[\s\S]*METRIC score=5/);
  // On screen as in the log, each line once.
  expect(watcher.lines.filter((line) => line.startsWith('METRIC score'))).toEqual([
    'METRIC score=0',
    'METRIC score=5',
  ]);
});

test.each([
  ['prints nothing', 'true', /^evaluate: exit 0, but it printed no score/],
  ['fails', "echo 'ValueError: no weights' >&2; exit 3", /^evaluate: exit 3: ValueError: no weights$/],
])('an evaluator that %s: no number of the training takes its place', async (_, evaluate, why) => {
  const { result } = await run("echo 'METRIC score=0'", { evaluate });
  expect(result).toMatchObject({ outcome: 'crashed', metric: null });
  expect(result.why).toMatch(why);
});

test('a training that fails is not evaluated', async () => {
  const { root, result } = await run('exit 2', { evaluate: 'touch evaluated; echo METRIC score=1' });
  expect(result).toMatchObject({ outcome: 'crashed', metric: null, why: expect.stringMatching(/^exit 2/) });
  expect(existsSync(join(root, 'evaluated'))).toBe(false);
});

test('half a line of the training is not ended by the evaluator', async () => {
  const { result } = await run("printf 'METRIC score=0 '", { evaluate: "echo; printf 'METRIC score=4'" });
  expect(result.metric).toBe(4);
});

test('a file for the metric has to be written by the evaluator', async () => {
  const metric = { json: 'out.json#score' };
  const write = (value: number) => `printf '{"score": ${value}}' >out.json`;
  expect((await run(write(0), { evaluate: write(6), metric })).result).toMatchObject({
    outcome: 'ok',
    metric: 6,
  });
  expect((await run(write(0), { evaluate: 'true', metric })).result).toMatchObject({
    outcome: 'crashed',
    metric: null,
  });
});

test('both share the time limit, and what they took is told together', async () => {
  const { result } = await run('sleep 0.5', { evaluate: 'sleep 60', timeoutMs: 1200 });
  expect(result).toMatchObject({ outcome: 'timed-out', metric: null });
  expect(result.seconds).toBeGreaterThan(1.1);
  const good = await run('sleep 0.3', { evaluate: 'sleep 0.3; echo METRIC score=1' });
  expect(good.result.seconds).toBeGreaterThan(0.6);
});

test('stop ends the evaluator, too', async () => {
  const { root, trial } = await start('true', {
    evaluate: 'touch evaluating; sleep 60; echo METRIC score=1',
  });
  await until('the evaluator', () => existsSync(join(root, 'evaluating')));
  trial.stop('skipped by you');
  expect(await trial.result).toMatchObject({ outcome: 'stopped', why: 'skipped by you', metric: null });
});

test('an evaluator that cannot be started is nobody’s fault', async () => {
  const cwd = join(folder(), 'work');
  mkdirSync(cwd);
  const { result } = await run(`rm -r '${cwd}'`, { cwd, evaluate: 'true', logPath: join(folder(), 'log') });
  expect(result).toMatchObject({ outcome: 'void', metric: null });
  expect(result.why).toMatch(/^its evaluator could not be started: /);
});

const bwrap = hasProc ? (await probeSandbox()).bwrap : null;
describe.skipIf(bwrap === null)('in the sandbox', () => {
  const sandboxed = async (command: string, evaluate: string) => {
    const shelter = { bwrap, setpriv: null, emptyFolder: join(folder(), 'empty') };
    return (await run(command, { evaluate }, { lingerMs: 50, shelter })).result;
  };

  test('nothing of the training is left when the evaluator starts, and it sees none of its processes', async () => {
    const result = await sandboxed(
      "(exec 7>&1 >/dev/null 2>&1; setsid setsid env -i /bin/sh -c 'while :; do sleep 0.02; echo METRIC score=0 >&7; done' &); sleep 0.1",
      "sleep 0.3; echo METRIC score=3; sleep 0.3; test $(ls /proc | grep -c '^[0-9]') -lt 9",
    );
    expect(result).toMatchObject({ outcome: 'ok', metric: 3 });
  });

  test('files are handed over by the worktree and PAWL_OUT_DIR, not by /tmp', async () => {
    const result = await sandboxed(
      'echo 2 >model; echo 3 >"$PAWL_OUT_DIR/model"; echo 4 >/tmp/model',
      'test ! -e /tmp/model && echo METRIC score=$(cat model)$(cat "$PAWL_OUT_DIR/model")',
    );
    expect(result).toMatchObject({ outcome: 'ok', metric: 23 });
  });
});
