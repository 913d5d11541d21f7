import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { beInTheMiddle, fingerprint } from './fingerprint.ts';
import { constant, journalFaults, type Night, openNight } from './night.ts';
import { stateIn } from './run-pawl.ts';
import { steer } from './steer.ts';

let night: Night;
afterEach(async () => {
  expect(journalFaults(night.events())).toEqual([]);
  await night.end();
});

test('a whole run with every key, a crash and a resume: the checkout is byte for byte what it was', async () => {
  night = await openNight({
    project: { files: { '.gitignore': 'secret\n', 'data/corpus.txt': 'words', 'run.sh': '#!/bin/sh\n' } },
  });
  const { project } = night;
  beInTheMiddle(project);
  symlinkSync('/nowhere', join(project.directory, 'dangling'));
  const before = fingerprint(night.project);

  night.ollama.control.setScript((_, index) =>
    constant('LEARNING_RATE', Number((0.03 + 0.002 * index).toFixed(3))),
  );
  night.stay(2);
  night.start('run', '--headless', '-n', '8', '--seed', '1');
  await night.event('trial.started', (e) => e.n === 2);
  expect(fingerprint(night.project)).toMatchObject({ ...before, worktrees: expect.any(String) });
  let screen = await steer(project.directory);
  await screen.send({ type: 'note', text: 'a note', sticky: true });
  night.stay(3);
  await screen.send({ type: 'skip', n: 2 });
  await night.event('trial.started', (e) => e.n === 3);
  await screen.send({ type: 'undo' });
  await screen.send({ type: 'hold', when: 'now' });
  await night.event('run.held');
  await screen.send({ type: 'revert', target: { to: 'baseline' } });
  await screen.send({ type: 'release' });
  night.stay(5);
  night.letGo(3);
  await night.event('trial.started', (e) => e.n === 5);
  screen.close();
  await night.killEngine();
  night.letGo(2);
  night.letGo(5);
  night.stay(6);
  night.start('resume', '--headless');
  await night.event('trial.started', (e) => e.n === 6);
  screen = await steer(project.directory);
  await screen.send({ type: 'undo' });
  await screen.send({ type: 'stop', when: 'now' });
  screen.close();
  await night.engineGone();
  night.letGo(6);
  expect(await night.run('resume', '--headless')).toMatchObject({ code: 0 });
  await night.engineGone();
  expect(stateIn(project.directory).experiments).toHaveLength(9);
  expect(fingerprint(night.project)).toEqual(before);
});
