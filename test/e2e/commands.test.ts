import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { constant, journalFaults, type Night, openNight } from './night.ts';
import { stateIn, until } from './run-pawl.ts';
import { type Steer, steer } from './steer.ts';

// What keys ask of the engine, over its socket, while it works.

let night: Night;
let screen: Steer;
beforeEach(async () => {
  night = await openNight();
});
afterEach(async () => {
  screen?.close();
  expect(journalFaults(night.events())).toEqual([]);
  await night.end();
});

const state = () => stateIn(night.project.directory);
const outcomes = (n: number) => state().experiments[n]?.trials.map((t) => t.outcome);

/** Starts a run and attaches once a trial of `n` runs and stays. */
async function training(n: number, ...args: string[]) {
  night.stay(n);
  const pawl = night.start('run', '--headless', '--seed', '1', ...args);
  await night.event('trial.started', (e) => e.n === n);
  screen = await steer(night.project.directory);
  return pawl;
}

/** Starts a run and attaches while the model is asked for experiment `n` and does not answer. */
async function proposing(n: number, ...args: string[]) {
  const quick = [0.05, 0.06, 0.07, 0.08].slice(0, n - 1).map((x) => constant('LEARNING_RATE', x));
  night.ollama.control.setScript([
    ...quick,
    { text: constant('WIDTH', 20), firstDelayMs: 60_000 },
    constant('WIDTH', 30),
    constant('WIDTH', 40),
    constant('WIDTH', 50),
  ]);
  const pawl = night.start('run', '--headless', '--seed', '1', ...args);
  await until(`the model is asked for #${n}`, () => night.ollama.chats.length === n);
  screen = await steer(night.project.directory);
  return pawl;
}

describe('hold', () => {
  test('after the trial: it ends, is judged, and nothing new begins until release', async () => {
    const pawl = await training(1, '-n', '2');
    expect(await screen.send({ type: 'hold', when: 'after-trial' })).toEqual({
      ok: true,
      message: 'holds after this trial',
    });
    night.letGo(1);
    expect(await night.event('run.held')).toMatchObject({ by: 'user', when: 'after-trial' });
    expect(outcomes(1)).toEqual(['ok']);
    expect(await screen.send({ type: 'hold', when: 'now' })).toMatchObject({
      ok: false,
      message: expect.stringContaining('held already'),
    });
    expect(await screen.send({ type: 'release' })).toMatchObject({ ok: true });
    expect(await screen.send({ type: 'release' })).toEqual({ ok: false, message: 'nothing is held' });
    expect(await pawl.ended).toMatchObject({ code: 0 });
    expect(outcomes(1)).toEqual(['ok']);
  });

  test('now: the trial is stopped and runs again on release, same number, same change', async () => {
    const pawl = await training(1, '-n', '1');
    expect(await screen.send({ type: 'hold', when: 'now' })).toMatchObject({ ok: true });
    await night.event('run.held');
    expect(night.trialProcesses()).toEqual([]);
    const { sha } = state().experiments[1]!;
    night.letGo(1);
    expect(await screen.send({ type: 'release' })).toMatchObject({ ok: true });
    expect(await pawl.ended).toMatchObject({ code: 0 });
    expect(outcomes(1)).toEqual(['stopped', 'ok']);
    expect(state().experiments[1]).toMatchObject({ sha, verdict: 'kept' });
  });

  test('while the model thinks: now cuts it off and asks anew; after waits for it', async () => {
    const pawl = await proposing(1, '-n', '1');
    expect(await screen.send({ type: 'hold', when: 'now' })).toMatchObject({ ok: true });
    await night.event('run.held');
    await until('the request is cancelled', () => night.ollama.chats[0]!.outcome === 'canceled');
    expect(await screen.send({ type: 'release' })).toMatchObject({ ok: true });
    expect(await pawl.ended).toMatchObject({ code: 0 });
    expect(state().experiments[1]).toMatchObject({ hypothesis: 'I believe in WIDTH 30' });
  });

  test('cancelled before it came, and undone', async () => {
    const pawl = await training(1, '-n', '1');
    await screen.send({ type: 'hold', when: 'after-trial' });
    expect(await screen.send({ type: 'release' })).toEqual({ ok: true, message: 'the hold is cancelled' });
    expect(await screen.send({ type: 'undo' })).toMatchObject({ ok: false });
    await screen.send({ type: 'hold', when: 'now' });
    await night.event('run.held');
    night.letGo(1);
    expect(await screen.send({ type: 'undo' })).toEqual({ ok: true, message: 'undid the hold: released' });
    expect(await pawl.ended).toMatchObject({ code: 0 });
  });

  test('stop while held ends the run', async () => {
    const pawl = await training(1);
    await screen.send({ type: 'hold', when: 'now' });
    await night.event('run.held');
    expect(await screen.send({ type: 'stop', when: 'after-trial' })).toMatchObject({ ok: true });
    expect(await pawl.ended).toMatchObject({ code: 0 });
    expect(state().ended).toMatchObject({ outcome: 'stopped' });
  });
});

describe('stop after the trial', () => {
  test('the trial that ended is judged before the run ends', async () => {
    night.ollama.control.setScript([constant('LEARNING_RATE', 0.001)]);
    const pawl = await training(1);
    expect(await screen.send({ type: 'stop', when: 'after-trial' })).toMatchObject({ ok: true });
    night.letGo(1);
    expect(await pawl.ended).toMatchObject({ code: 0 });
    expect(state().ended).toMatchObject({ outcome: 'stopped' });
    expect(state().experiments[1]).toMatchObject({ verdict: 'discarded', by: 'engine' });
    expect(outcomes(1)).toEqual(['ok']);
  });

  test('where the trial must run once more, it stands, and resume goes on with it', async () => {
    night.ollama.control.setScript([constant('LEARNING_RATE', 0.0201), constant('WIDTH', 20)]);
    night.stay(0);
    const pawl = night.start('run', '--headless', '--seed', '1');
    await night.event('trial.started', (e) => e.n === 0);
    screen = await steer(night.project.directory);
    await screen.send({ type: 'stop', when: 'after-trial' });
    night.letGo(0);
    expect(await pawl.ended).toMatchObject({ code: 0 });
    expect(outcomes(0)).toEqual(['ok']);
    expect(state().experiments[0]!.verdict).toBeNull();
    expect((await night.run('show', '0')).stdout).toMatch(
      /^OPEN: \d\S+ after 1 run, not decided yet: the run was stopped; pawl resume goes on$/m,
    );
    expect((await night.run('list')).stdout).toMatch(/^> +0 +open +\d/m);
    expect(await night.run('resume', '--headless', '-n', '1')).toMatchObject({ code: 0 });
    expect(state().experiments[0]!.verdict).toBe('kept');
    expect(state().experiments[1]!.verdict).not.toBeNull();
  });
});

describe('skip', () => {
  test('while training: the trial is stopped, undo runs its change again', async () => {
    const pawl = await training(1, '-n', '3');
    expect(await screen.send({ type: 'skip', n: 1 })).toEqual({ ok: true, message: '#1 skipped' });
    // At once, while the trial may still be on its way out.
    expect(await screen.send({ type: 'undo' })).toEqual({
      ok: true,
      message: 'undid the skip of #1: #1 runs again next',
    });
    expect(await pawl.ended).toMatchObject({ code: 0 });
    expect(state().experiments[1]).toMatchObject({ verdict: 'skipped', by: 'user' });
    expect(outcomes(1)).toEqual(['stopped']);
    const { tree, hypothesis } = state().experiments[1]!;
    // On a slow machine the next idea may have been begun before the undo came.
    const again = state().experiments.find((e) => e.n > 1 && e.proposer === 'human');
    expect(again).toMatchObject({ tree, hypothesis, verdict: 'kept' });
  });

  test('while the model thinks: the next number is asked for; there is nothing to undo', async () => {
    const pawl = await proposing(1, '-n', '2');
    expect(await screen.send({ type: 'skip', n: 1 })).toMatchObject({ ok: true });
    expect(await night.event('experiment.decided', (e) => e.n === 1)).toMatchObject({ verdict: 'skipped' });
    const undone = await screen.send({ type: 'undo' });
    expect(undone).toEqual({
      ok: false,
      message: 'cannot undo the skip of #1: #1 had no change yet that could run again',
    });
    expect(await pawl.ended).toMatchObject({ code: 0 });
    expect(state().experiments[2]).toMatchObject({ verdict: 'kept' });
  });

  test('is refused for what does not run, and for the baseline', async () => {
    const pawl = await training(0, '-n', '1');
    expect(await screen.send({ type: 'skip', n: 0 })).toMatchObject({
      ok: false,
      message: expect.stringContaining('the baseline cannot be skipped'),
    });
    expect(await screen.send({ type: 'skip', n: 5 })).toEqual({
      ok: false,
      message: 'skip: nothing is running',
    });
    night.letGo(0);
    await pawl.ended;
  });
});

describe('revert', () => {
  test.each([
    ['last-kept', { to: 'last-kept' } as const, 1, [2]],
    ['baseline', { to: 'baseline' } as const, 0, [1, 2]],
    ['experiment', { to: 'experiment', n: 1 } as const, 1, [2]],
  ])(
    '%s while training: the trial stops, the champion moves and is measured again',
    async (_, target, n, gone) => {
      const pawl = await training(3, '-n', '4');
      expect(await screen.send({ type: 'revert', target })).toMatchObject({ ok: true });
      const moved = state().moves.at(-1)!;
      expect(moved).toMatchObject({ n, reverted: gone, by: 'user', cause: 'reverted' });
      night.letGo(3);
      expect(await pawl.ended).toMatchObject({ code: 0 });
      const after = state();
      expect(outcomes(3)).toEqual(['stopped']);
      expect(after.experiments[3]).toMatchObject({
        verdict: 'skipped',
        why: 'the champion it stood on was reverted',
      });
      for (const m of gone) expect(after.experiments[m]).toMatchObject({ verdict: 'reverted' });
      // Before anything else is compared with it.
      const next = night
        .events()
        .find((e) => e.type === 'trial.started' && Date.parse(e.at) > Date.parse(moved.at));
      expect(next).toMatchObject({ role: 'champion', n });
      expect(after.experiments[4]).toMatchObject({ parent: after.experiments[n]!.sha });
      expect(night.project.git('merge-base', '--is-ancestor', after.experiments[n]!.sha!, after.branch)).toBe(
        '',
      );
    },
  );

  test('undo brings the champion back, and that is measured again too', async () => {
    const pawl = await training(2, '-n', '3');
    await screen.send({ type: 'revert', target: { to: 'baseline' } });
    await night.event('champion.moved', (e) => e.cause === 'reverted');
    night.stay(3);
    night.letGo(2);
    await night.event('trial.started', (e) => e.n === 3);
    expect(await screen.send({ type: 'undo' })).toMatchObject({
      ok: true,
      message: 'undid the revert to the baseline: the champion is #1 again',
    });
    night.letGo(3);
    await pawl.ended;
    expect(state()).toMatchObject({ champion: { n: 1 } });
    expect(state().moves.at(-1)).toMatchObject({ cause: 'undone', restored: [1], reverted: [] });
    expect(state().experiments[1]).toMatchObject({ verdict: 'kept' });
    expect(night.project.git('rev-parse', state().branch)).toBe(state().experiments[1]!.sha);
  });

  test('while the model thinks: the proposal is given up', async () => {
    const pawl = await proposing(2, '-n', '3');
    expect(await screen.send({ type: 'revert', target: { to: 'last-kept' } })).toMatchObject({ ok: true });
    expect(await pawl.ended).toMatchObject({ code: 0 });
    expect(state().experiments[2]).toMatchObject({ verdict: 'skipped', sha: null });
    expect(state().experiments[3]).toMatchObject({ parent: state().base });
  });

  test('while held: the champion moves at once, the standing experiment is given up on release', async () => {
    const pawl = await training(2, '-n', '3');
    await screen.send({ type: 'hold', when: 'now' });
    await night.event('run.held');
    night.letGo(2);
    expect(await screen.send({ type: 'revert', target: { to: 'baseline' } })).toMatchObject({ ok: true });
    expect(state()).toMatchObject({ champion: { n: 0 }, held: { by: 'user' } });
    expect(await screen.send({ type: 'release' })).toMatchObject({ ok: true });
    await pawl.ended;
    expect(state().experiments[2]).toMatchObject({ verdict: 'skipped' });
  });

  test('is refused with the reason, and then nothing is disturbed', async () => {
    const pawl = await training(2, '-n', '2');
    const refusals = [
      [{ to: 'experiment', n: 9 }, 'there is no experiment #9'],
      [{ to: 'experiment', n: 1 }, '#1 is the champion already'],
      [{ to: 'experiment', n: 2 }, '#2 was never kept (not decided yet)'],
    ] as const;
    for (const [target, message] of refusals)
      expect(await screen.send({ type: 'revert', target })).toEqual({ ok: false, message });
    night.letGo(2);
    await pawl.ended;
    expect(outcomes(2)).toEqual(['ok']);
    expect(state().acts).toEqual([]);
  });
});

describe('notes', () => {
  test('reach the next proposal once, or every one when sticky; undo takes an unread one back', async () => {
    night.ollama.control.setScript([constant('WIDTH', 30), constant('WIDTH', 40), constant('WIDTH', 50)]);
    const pawl = await training(1, '-n', '3');
    await screen.send({ type: 'note', text: 'Try the WIDTH of a whale', sticky: false });
    await screen.send({ type: 'note', text: 'Never touch the dropout', sticky: true });
    await screen.send({ type: 'note', text: 'Forget this', sticky: false });
    expect(await screen.send({ type: 'undo' })).toMatchObject({ ok: true });
    night.letGo(1);
    await pawl.ended;
    const asked = night.ollama.chats.map((c) => c.body.messages!.map((m) => m.content).join('\n'));
    expect(asked.map((text) => text.includes('whale'))).toEqual([false, true, false]);
    expect(asked.map((text) => text.includes('Never touch'))).toEqual([false, true, true]);
    expect(asked.some((text) => text.includes('Forget this'))).toBe(false);
    const notes = state().notes;
    expect(notes.map((note) => note.withdrawn)).toEqual([false, false, true]);
  });

  test('one that was read cannot be taken back; with nothing done there is nothing to undo', async () => {
    const pawl = await training(1, '-n', '2');
    expect(await screen.send({ type: 'undo' })).toEqual({ ok: false, message: 'nothing to undo' });
    await screen.send({ type: 'note', text: 'Hello', sticky: false });
    night.stay(2);
    night.letGo(1);
    await night.event('trial.started', (e) => e.n === 2);
    expect(await screen.send({ type: 'undo' })).toMatchObject({
      ok: false,
      message: expect.stringContaining('#2 has read the note already'),
    });
    night.letGo(2);
    await pawl.ended;
  });
});
