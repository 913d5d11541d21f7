import { expect, test } from 'vitest';
import type { Pty } from '../harness/pty.ts';
import { answer, eachNight, press, pressAway } from './key-harness.ts';
import { constant } from './night.ts';
import { until } from './run-pawl.ts';

// Every key of the screen, pressed in a real terminal on a real run, and what came of it in the journal.

const here = eachNight();
const { state, open, training } = here;

test('p holds after the trial and releases; P stops the trial now and runs it again', async () => {
  const pty = await training(1);
  await pty.press('p');
  await pty.waitFor('holds after this trial, p releases');
  await pty.press('p');
  await pty.waitFor('the hold is cancelled');
  await press(pty, 'P', /run it again on release\? +y yes/);
  await answer(pty, 'n');
  expect(state().held).toBeNull();
  await press(pty, 'P', /run it again on release\? +y yes/);
  await answer(pty, 'y');
  await pty.waitFor('HELD');
  expect(state().experiments[1]!.trials.map((t) => t.outcome)).toEqual(['stopped']);
  here.night.letGo(1);
  await press(pty, 'p', 'released');
  await here.night.event('experiment.decided', (e) => e.n === 1);
  expect(
    state()
      .experiments[1]!.trials.map((t) => t.outcome)
      .slice(0, 2),
  ).toEqual(['stopped', 'ok']);
});

test('s asks, only y skips; u runs the skipped change again', async () => {
  // The next one must not be kept: the skipped change stands on the champion of its time.
  here.night.ollama.control.setScript([
    constant('LEARNING_RATE', 0.05),
    constant('DROPOUT', 0.9),
    constant('DROPOUT', 0.8),
  ]);
  const pty = await training(1);
  await press(pty, 's', /Skip #1.*result is lost/);
  await pressAway(pty, '<enter>', 'result is lost');
  await press(pty, 's', /Skip #1/);
  here.night.stay(2);
  await answer(pty, 'y');
  expect(await here.night.event('experiment.decided', (e) => e.n === 1)).toMatchObject({
    verdict: 'skipped',
    by: 'user',
  });
  await press(pty, 'u', /Undo the skip of #1\?/);
  await answer(pty, 'y');
  await pty.waitFor('#1 runs again next');
  here.night.letGo(1);
  here.night.letGo(2);
  const again = await here.night.event('experiment.started', (e) => e.n > 1 && e.proposer === 'human');
  await until('the change of #1 is committed again', () => state().experiments[again.n]?.sha);
  expect(state().experiments[again.n]!.hypothesis).toBe(state().experiments[1]!.hypothesis);
});

test('r moves the champion back, stops the trial that stood on it, measures it again; u restores', async () => {
  const pty = await training(3);
  const kept = state().champion;
  expect(kept.n).toBeGreaterThan(0);
  await press(pty, 'r', /Revert/);
  await press(pty, '0', /y yes/);
  expect(state().champion).toEqual(kept);
  here.night.stay(4);
  await answer(pty, 'y');
  await here.night.event('champion.moved', (e) => e.cause === 'reverted');
  await here.night.event('trial.ended', (e) => e.n === 0 && e.role === 'champion');
  expect(state().experiments[3]).toMatchObject({ verdict: 'skipped', trials: [{ outcome: 'stopped' }] });
  expect(state().experiments[kept.n]!.verdict).toBe('reverted');
  await press(pty, 'u', /Undo the revert to the baseline\?/);
  await answer(pty, 'y');
  await here.night.event('champion.moved', (e) => e.cause === 'undone');
  await until('the champion is back', () => state().champion.n === kept.n);
  here.night.letGo(3);
  here.night.letGo(4);
});

test('i writes a note, u withdraws it; the next proposal reads what stands', async () => {
  const pty = await training(1);
  await press(pty, 'i', 'Note to the proposer');
  // On a busy machine a letter and Enter arrive together, and that is a paste: it sends nothing.
  await pty.press('try width');
  await pty.waitFor('› try width');
  await pressAway(pty, '<enter>', 'Note to the proposer');
  expect(await here.night.event('human.noted')).toMatchObject({ text: 'try width', sticky: false });
  await press(pty, 'u', /Undo the note "try width"\?/);
  await answer(pty, 'y');
  await pty.waitFor('the note is withdrawn');
  await press(pty, 'i', 'Note to the proposer');
  await pty.press('leave the rate alone');
  await pty.waitFor('› leave the rate alone');
  await pty.press('<tab>');
  await pty.waitFor('every proposal from now on reads it');
  await pty.press('<enter>');
  expect(await here.night.event('human.noted', (e) => e.sticky)).toMatchObject({
    text: 'leave the rate alone',
  });
  here.night.letGo(1);
  const asked = await until('#2 is proposed', () => here.night.ollama.chats[1]);
  const prompt = asked.body.messages!.map((m) => m.content).join('\n');
  expect(prompt).toContain('leave the rate alone');
  expect(prompt).not.toContain('try width');
});

test('?, Tab, digits, f, j, k, [ and ] look around and change nothing', async () => {
  const pty = await training(2);
  const before = here.night.events().length;
  // Each effect is waited for: keys that arrive together on a busy machine are one paste, and Esc before a [ is an
  // introducer.
  const then = async (key: string, wanted: Parameters<Pty['waitFor']>[0]) => {
    await pty.press(key);
    await pty.waitFor(wanted);
  };
  await then('?', 'Steer the run');
  await then('<esc>', (screen) => !screen.includes('Steer the run'));
  await then('4', /┏━\[4\] Log/);
  await then('f', (screen) => /\[4\] Log/.test(screen) && !/\[1\] Experiments/.test(screen));
  await then('<esc>', /\[1\] Experiments/);
  await then('3', /┏━\[3\] Diff/);
  await then('<tab>', /┏━\[4\] Log/);
  await then('1', /┏━\[1\] Experiments/);
  await then('j', /viewing/);
  await then('k', (screen) => !screen.includes('viewing'));
  await then('[', /viewing #1/);
  await pty.press('<esc>');
  await pty.waitFor((screen) => !screen.includes('viewing'));
  expect(here.night.events().length).toBe(before);
});

test('q leaves, attach comes back to the same screen, Ctrl-C twice leaves too; Q stops', async () => {
  const first = await training(2);
  await first.press('q');
  expect(await first.exit).toMatchObject({ code: 0 });
  expect(first.screen()).toMatch(/pawl attach/);
  expect(here.night.engine()).not.toBeNull();
  const second = open(['attach']);
  await second.waitFor(/TRAIN\s+#2/);
  await second.waitFor(/I believe in LEARNING_RATE/);
  await second.press('<ctrl-c>');
  await second.waitFor(/again/);
  await second.press('<ctrl-c>');
  expect(await second.exit).toMatchObject({ code: 0 });
  const third = open(['attach']);
  await third.waitFor(/TRAIN\s+#2/);
  await press(third, 'Q', /stop now/);
  await press(third, 'n', /y yes/);
  await answer(third, 'y');
  expect(await here.night.event('run.ended')).toMatchObject({ outcome: 'stopped' });
  await third.waitFor('STOPPED');
  await third.press('q');
  expect(await third.exit).toMatchObject({ code: 0 });
  await here.night.engineGone();
  expect(here.night.trialProcesses()).toEqual([]);
});

test('a terminal that stops reading does not stop the engine; it shows the present when it reads again', async () => {
  const pty = await training(1);
  pty.pause();
  // Enough news to fill the terminal's buffer many times over.
  pty.resize(200, 60);
  here.night.letGo(1);
  await here.night.event('experiment.decided', (e) => e.n === 8);
  here.night.stay(12);
  await here.night.event('trial.started', (e) => e.n === 12);
  pty.resume();
  await pty.waitFor(/TRAIN\s+#12/);
});
