import { afterEach, expect, test } from 'vitest';
import { constant, ever, journalFaults, type Night, openNight } from './night.ts';
import { stateIn } from './run-pawl.ts';
import { steer } from './steer.ts';

// Several proposers in one run, over HTTP and in real processes.

let night: Night;
afterEach(async () => {
  expect(journalFaults(night.events())).toEqual([]);
  await night.end();
});

const hybrid = (model: unknown = 'auto', more: object = {}) => ({
  settings: { proposer: 'hybrid', verify: 0, model, ...more },
});

test('tuner and model take turns at first; who proposes, and why, is in the journal; a note goes to the model', async () => {
  night = await openNight({ project: hybrid() });
  expect(await night.run('run', '--headless', '-n', '4')).toMatchObject({ code: 0 });
  const { directory } = night.project;
  const asked = stateIn(directory).experiments.slice(1);
  expect(asked.map((e) => e.arm.model ?? e.arm.proposer)).toEqual([
    'scripted:7b',
    'tuner',
    'scripted:7b',
    'tuner',
  ]);
  expect(asked.every((e) => e.choice?.includes('equally often'))).toBe(true);
  expect(night.ollama.chats).toHaveLength(2);
  expect(night.ollama.loads('scripted:7b')).toBe(1);

  // The tuner's turn, but a note is there that only a model can read; then the run goes on as it was.
  const going = night.start('resume', '--headless', '-n', '8');
  night.stay(5);
  await night.event('trial.started', (e) => e.n === 5);
  const screen = await steer(directory);
  await screen.send({ type: 'note', text: 'try a larger batch', sticky: false });
  screen.close();
  night.letGo(5);
  expect(await going.ended).toMatchObject({ code: 0 });
  const state = stateIn(directory);
  expect(state.experiments[6]).toMatchObject({
    arm: { proposer: 'ollama', model: 'scripted:7b' },
    choice: 'scripted:7b: your note waits for a model',
  });
  expect(state.notes[0]).toMatchObject({ usedBy: 6 });
  const arms = state.experiments.slice(1).map((e) => e.arm.proposer);
  expect(arms.filter((a) => a === 'tuner')).toHaveLength(4);
});

test('the model is gone in the middle of the night: the tuner goes on, nothing is held or lost', async () => {
  night = await openNight({
    project: hybrid(),
    script: (_, i) => (i === 0 ? constant('WIDTH', 96) : { end: 'reset' }),
  });
  night.stay(1);
  const going = night.start('run', '--headless', '-n', '4');
  await night.event('trial.started', (e) => e.n === 1);
  await night.ollama.control.stop();
  night.letGo(1);
  expect(await going.ended).toMatchObject({ code: 0 });
  const state = stateIn(night.project.directory);
  expect(state.experiments.slice(1).map((e) => e.arm.proposer)).toEqual([
    'ollama',
    'tuner',
    'tuner',
    'tuner',
  ]);
  expect(state.incidents).toEqual([]);
});

test('several models: only one of them is ever in memory', async () => {
  night = await openNight({
    models: ['first:7b', 'second:3b'],
    script: ever,
    project: hybrid(['first:7b', 'second:3b'], { proposer: 'ollama' }),
  });
  expect(await night.run('run', '--headless', '-n', '4')).toMatchObject({ code: 0 });
  expect(night.ollama.chats.map((c) => c.body.model)).toEqual([
    'first:7b',
    'second:3b',
    'first:7b',
    'second:3b',
  ]);
  expect(night.ollama.mostAtOnce).toBe(1);
});
