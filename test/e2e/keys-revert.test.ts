import { expect, test } from 'vitest';
import { answer, eachNight, press, pressAway } from './key-harness.ts';
import { constant } from './night.ts';
import { until } from './run-pawl.ts';

// The rest of the revert menu and of the stop menu, on a real run.

const here = eachNight({
  // 1 and 2 are kept; 3 is where the tests stand.
  script: [
    constant('LEARNING_RATE', 0.035),
    constant('LEARNING_RATE', 0.06),
    constant('DROPOUT', 0.2),
    constant('DROPOUT', 0.25),
    constant('DROPOUT', 0.26),
    constant('DROPOUT', 0.27),
  ],
});
const { state, training } = here;

test('r l takes back the last keep, r s goes to the selected one; z undoes as u does', async () => {
  const pty = await training(3);
  expect(state().champion.n).toBe(2);
  for (const n of [4, 5, 6]) here.night.stay(n);
  await press(pty, 'r', /undo the last keep +drops #2/);
  await press(pty, 'l', /Revert to #1 .*drops #2; the trial of #3 is stopped\? +y yes/);
  await pressAway(pty, '<enter>', 'Revert to #1');
  expect(state().champion.n).toBe(2);
  await press(pty, 'r', /undo the last keep/);
  await press(pty, 'l', /Revert to #1 .*\? +y yes/);
  await answer(pty, 'y');
  await until('#1 is the champion', () => state().champion.n === 1);
  expect(state().experiments[2]!.verdict).toBe('reverted');
  expect(here.night.project.git('rev-parse', state().branch)).toBe(state().experiments[1]!.sha);
  await press(pty, 'z', /Undo the revert to #1\?/);
  await answer(pty, 'y');
  await until('#2 is back', () => state().champion.n === 2);
  expect(here.night.project.git('rev-parse', state().branch)).toBe(state().experiments[2]!.sha);

  await pty.waitFor(/TRAIN\s+#5/);
  for (const n of [4, 3, 2, 1]) {
    await pty.press('[');
    await pty.waitFor(`viewing #${n}`);
  }
  await press(pty, 'r', /to the selected one +#1/);
  await press(pty, 's', /Revert to #1 .*\? +y yes/);
  await answer(pty, 'y');
  await until('#1 is the champion again', () => state().champion.n === 1);
  await press(pty, 'u', /Undo the revert to #1\?/);
  await answer(pty, 'y');
  await until('#2 is back again', () => state().champion.n === 2);
});

test('Q f lets the trial end, then stops', async () => {
  const pty = await training(3);
  await press(pty, 'Q', /finish this trial, then stop/);
  await pty.press('f');
  await pty.waitFor('stops after this trial');
  expect(state().ended).toBeNull();
  here.night.letGo(3);
  expect(await here.night.event('run.ended')).toMatchObject({ outcome: 'stopped' });
  // Nothing is lost of it: what it measured counts when the run goes on.
  expect(state().experiments[3]!.trials[0]).toMatchObject({ outcome: 'ok' });
  expect(state().experiments).toHaveLength(4);
  await pty.waitFor('STOPPED');
  await here.night.engineGone();
});

test('u takes Q f back: the trial ends, the run goes on, and nobody is told any more that it stops', async () => {
  const pty = await training(3);
  here.night.stay(4);
  await press(pty, 'Q', /finish this trial, then stop/);
  await pressAway(pty, 'f', 'finish this trial, then stop');
  await pty.waitFor(() => /stops after/.test(pty.text().slice(0, 2).join('\n')), 20_000);
  await press(pty, 'u', /Undo the stop after this trial\?/);
  await answer(pty, 'y');
  await pty.waitFor('the run goes on');
  // The header told of a stop that waits; it must not any more.
  await pty.waitFor(() => !/stops after/.test(pty.text().slice(0, 2).join('\n')), 20_000);
  here.night.letGo(3);
  await here.night.event('experiment.decided', (e) => e.n === 3);
  await pty.waitFor(/TRAIN\s+#4/);
  expect(state().ended).toBeNull();
  expect(here.night.events().some((e) => e.type === 'run.ended')).toBe(false);
  expect(state().experiments[3]).toMatchObject({ verdict: expect.any(String) });
  here.night.letGo(4);
});
