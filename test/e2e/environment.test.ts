import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type MakeBelieveMachine, makeBelieveMachine } from '../harness/make-believe-machine.ts';
import { constant, ever, journalFaults, type Night, openNight } from './night.ts';
import { stateIn, until } from './run-pawl.ts';
import { steer } from './steer.ts';

// What the environment does never becomes a verdict.

// The engine tries again by itself; here it does not wait long between two tries.
let night: Night;
let machine: MakeBelieveMachine;
beforeEach(async () => {
  machine = makeBelieveMachine({ impatient: true });
  night = await openNight({ project: { env: machine.env } });
});
afterEach(async () => {
  expect(journalFaults(night.events())).toEqual([]);
  await night.end();
  machine.dispose();
});

describe('Ollama in mid-run', () => {
  test('is stopped: the run is held with the reason, and goes on when it is back', async () => {
    night.stay(1);
    const pawl = night.start('run', '--headless', '-n', '3');
    await night.event('trial.started', (e) => e.n === 1);
    await night.ollama.control.stop();
    night.letGo(1);
    const held = await night.event('run.held');
    expect(held).toMatchObject({ by: 'engine', kind: 'model' });
    expect(held.reason).toMatch(/^Ollama does not answer at http:\/\/127\.0\.0\.1:\d+$/);
    expect(held.next).toMatch(/ollama serve/);
    await night.ollama.control.start();
    expect(await pawl.ended).toMatchObject({ code: 0 });
    const state = stateIn(night.project.directory);
    expect(state.experiments.map((e) => e.verdict)).toEqual(['kept', 'kept', 'kept', 'kept']);
    expect(state.experiments[2]).toMatchObject({ refusals: [] });
  });

  test('breaks off in the middle of a reply and comes back: the run goes on by itself', async () => {
    night.ollama.control.setScript([
      { text: 'HYPOTHESIS: I', end: 'silence' },
      constant('LEARNING_RATE', 0.06),
    ]);
    const pawl = night.start('run', '--headless', '-n', '1');
    await until('the model speaks', () => night.ollama.chats.length > 0);
    await night.ollama.control.stop();
    await night.event('run.held');
    await night.ollama.control.start();
    expect(await pawl.ended).toMatchObject({ code: 0 });
    const released = night.events().find((e) => e.type === 'run.released');
    expect(released).toMatchObject({ by: 'engine' });
    expect(stateIn(night.project.directory).experiments[1]).toMatchObject({ verdict: 'kept' });
    // Nobody presses a key: it looks again every 15 s.
  }, 60_000);

  test('is restarted in the middle of a reply: asked again, nobody is bothered', async () => {
    night.ollama.control.setScript([
      { text: 'HYPOTHESIS: I', end: 'silence' },
      constant('LEARNING_RATE', 0.06),
    ]);
    const pawl = night.start('run', '--headless', '-n', '1');
    await until('the model speaks', () => night.ollama.chats.length > 0);
    night.ollama.control.restart();
    expect(await pawl.ended).toMatchObject({ code: 0 });
    expect(night.events().filter((e) => e.type === 'run.held')).toEqual([]);
    expect(stateIn(night.project.directory).experiments[1]).toMatchObject({ verdict: 'kept', refusals: [] });
  });

  const noMemory = 'llama-server reported out-of-memory during startup: cudaMalloc failed: out of memory';
  test.each([
    [
      'when the model is loaded',
      () => night.ollama.control.setModels([{ name: 'scripted:7b', loadError: noMemory }]),
      () => night.ollama.control.setModels([{ name: 'scripted:7b' }]),
    ],
    [
      'in the middle of a reply',
      () =>
        night.ollama.control.setScript([
          {
            text: 'HYPOTHESIS: I',
            end: 'error',
            error: 'an error was encountered while running the model: CUDA error: out of memory',
          },
        ]),
      () => night.ollama.control.setScript(ever),
    ],
  ])('runs out of memory %s: held, no attempt is used up, and it goes on', async (_, harm, mend) => {
    harm();
    const pawl = night.start('run', '--headless', '-n', '1');
    const held = await night.event('run.held');
    expect(held).toMatchObject({ by: 'engine', kind: 'model' });
    expect(held.reason).toMatch(/^Not enough memory to run scripted:7b: .*out of memory$/);
    expect(held.next).toMatch(
      /^Free GPU memory, choose a smaller model \(model\.name\), or lower model\.num_ctx\.$/,
    );
    mend();
    expect(await pawl.ended).toMatchObject({ code: 0 });
    expect(stateIn(night.project.directory).experiments[1]).toMatchObject({ verdict: 'kept', refusals: [] });
  });

  test('comes back with too small a context: held, and it goes on when that is mended', async () => {
    night.stay(1);
    const pawl = night.start('run', '--headless', '-n', '2');
    await night.event('trial.started', (e) => e.n === 1);
    await night.ollama.control.stop();
    night.ollama.control.setModels([{ name: 'scripted:7b', contextLength: 512 }]);
    await night.ollama.control.start();
    night.letGo(1);
    const held = await night.event('run.held');
    expect(held).toMatchObject({ by: 'engine', kind: 'model' });
    expect(held.reason).toMatch(/^The prompt does not fit into the model's context: /);
    expect(held.next).toMatch(/raise model\.num_ctx/);
    await night.ollama.control.stop();
    night.ollama.control.setModels([{ name: 'scripted:7b' }]);
    await night.ollama.control.start();
    expect(await pawl.ended).toMatchObject({ code: 0 });
    expect(stateIn(night.project.directory).experiments[2]).toMatchObject({ verdict: 'kept', refusals: [] });
  });

  test('loses its model: held, the reason follows what is wrong now, and it goes on when the model is back', async () => {
    night.stay(1);
    const pawl = night.start('run', '--headless', '-n', '2');
    await night.event('trial.started', (e) => e.n === 1);
    await night.ollama.control.stop();
    night.letGo(1);
    await night.event('run.held');
    night.ollama.control.setModels([{ name: 'another:7b' }]);
    await night.ollama.control.start();
    const held = await night.event('run.held', (e) => /scripted:7b/.test(e.reason));
    expect(held).toMatchObject({ by: 'engine', kind: 'model' });
    expect(held.next).toMatch(/ollama pull scripted:7b/);
    night.ollama.control.setModels([{ name: 'scripted:7b' }]);
    expect(await pawl.ended).toMatchObject({ code: 0 });
    expect(night.events().findLast((e) => e.type === 'run.released')).toMatchObject({ by: 'engine' });
    expect(stateIn(night.project.directory).experiments[2]).toMatchObject({ verdict: 'kept', refusals: [] });
  });

  test('held for the environment: skip, revert and stop still work', async () => {
    night.stay(1);
    night.start('run', '--headless', '-n', '3');
    await night.event('trial.started', (e) => e.n === 1);
    await night.ollama.control.stop();
    night.letGo(1);
    await night.event('run.held');
    const screen = await steer(night.project.directory);
    expect(await screen.send({ type: 'revert', target: { to: 'last-kept' } })).toMatchObject({ ok: true });
    expect(await night.event('champion.moved', (e) => e.cause === 'reverted')).toMatchObject({ n: 0 });
    expect(await screen.send({ type: 'stop', when: 'after-trial' })).toMatchObject({ ok: true });
    screen.close();
    await night.engineGone();
    expect(stateIn(night.project.directory).ended).toMatchObject({ outcome: 'stopped' });
  });
});

describe('Ollama at the start', () => {
  const leftBehind = () => ({
    refs: night.project.git('for-each-ref', '--format=%(refname)'),
    worktrees: night.project.git('worktree', 'list'),
    runs: existsSync(join(night.project.directory, '.pawl/runs'))
      ? readdirSync(join(night.project.directory, '.pawl/runs'))
      : [],
    status: night.project.git('status', '--porcelain', '--ignored=no'),
    lock: existsSync(join(night.project.directory, '.pawl/lock')),
  });

  test.each([
    [
      'does not answer',
      () => night.ollama.control.stop(),
      /Ollama does not answer at http.* Start it with `ollama serve`/,
    ],
    ['has no model', async () => night.ollama.control.setModels([]), /ollama pull/],
    [
      'has only a model of the cloud',
      async () => night.ollama.control.setModels([{ name: 'big:cloud', remoteHost: 'https://ollama.com' }]),
      /ollama pull/,
    ],
  ])('%s: exit 3, what to do, and nothing left behind', async (_, harm, message) => {
    const before = leftBehind();
    await harm();
    const ran = await night.run('run', '--headless');
    expect(ran).toMatchObject({ code: 3, stdout: '' });
    expect(ran.stderr).toMatch(message);
    expect(ran.stderr).not.toMatch(/the engine failed| at .*:\d+:\d+/);
    await night.engineGone();
    expect(leftBehind()).toEqual(before);
  });

  test('does not have the named model: exit 3 names it', async () => {
    const before = leftBehind();
    const ran = await night.run('run', '--headless', '--model', 'nothere:3b');
    expect(ran).toMatchObject({ code: 3 });
    expect(ran.stderr).toMatch(/nothere:3b.*ollama pull nothere:3b/s);
    await night.engineGone();
    expect(leftBehind()).toEqual(before);
    // The next try has a free name and a free project.
    night.ollama.control.setScript(ever);
    expect(await night.run('run', '--headless', '-n', '1')).toMatchObject({ code: 0 });
  });

  test('auto without Ollama: the tuner, and the first line says why', async () => {
    await night.ollama.control.stop();
    const ran = await night.run('run', '--headless', '-n', '1', '--proposer', 'auto');
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.stdout.split('\n')[0]).toMatch(/proposer tuner \(.*Ollama does not answer/);
  });

  test('is gone when the run is to be resumed: exit 3, and the run is as it was', async () => {
    night.stay(1);
    const pawl = night.start('run', '--headless', '-n', '1');
    await night.event('trial.started', (e) => e.n === 1);
    await night.run('stop', '--now');
    await pawl.ended;
    await night.engineGone();
    night.letGo(1);
    const before = night.events();
    await night.ollama.control.stop();
    expect(await night.run('resume', '--headless')).toMatchObject({ code: 3 });
    await night.engineGone();
    expect(night.events()).toEqual(before);
  });
});
