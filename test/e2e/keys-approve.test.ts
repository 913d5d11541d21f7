import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Pty } from '../harness/pty.ts';
import { answer, eachNight, press, pressAway } from './key-harness.ts';
import { constant } from './night.ts';
import { until } from './run-pawl.ts';

// Approve mode at the keyboard: a, then y, n, e and i on a real run.

const here = eachNight();
const { state, open } = here;

/** A program that changes what it is given to edit, as a person would. */
function editor(script: string): string {
  const path = join(here.night.project.home, 'editor.sh');
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

async function waiting(n: number, env: Record<string, string> = {}): Promise<Pty> {
  here.night.stay(0);
  const pty = open(['run', '--seed', '1'], env);
  await here.night.event('trial.started');
  await pty.waitFor('BASELINE');
  await press(pty, 'a', 'each proposal waits for your yes');
  here.night.letGo(0);
  await pty.waitFor(new RegExp(`\\? APPROVE +#${n} `));
  await pty.waitFor(new RegExp(`Run #${n}\\?`));
  return pty;
}

test('y runs what waits, n rejects it, u takes the rejection back; a lets them run by themselves', async () => {
  // Those after the first must not be kept: a rejected change stands on the champion of its time.
  here.night.ollama.control.setScript([
    constant('LEARNING_RATE', 0.035),
    ...[0.6, 0.7, 0.8, 0.9].map((value) => constant('DROPOUT', value)),
  ]);
  const pty = await waiting(1);
  // The diff that is to be judged is on the screen.
  await pty.waitFor(/[+] *const LEARNING_RATE|\+.*LEARNING_RATE/);
  here.night.stay(1);
  await press(pty, 'y', /TRAIN +#1/);
  here.night.letGo(1);
  await pty.waitFor(/Run #2\?/);
  await press(pty, 'n', /#2 rejected|Run #3\?/);
  expect(await here.night.event('experiment.decided', (e) => e.n === 2)).toMatchObject({
    verdict: 'rejected',
    by: 'user',
  });
  await pty.waitFor(/Run #3\?/);
  await press(pty, 'u', /Undo the rejection of #2\?/);
  await pressAway(pty, '<esc>', 'Undo the rejection');
  await press(pty, 'u', /Undo the rejection of #2\?/);
  await answer(pty, 'y');
  await pty.waitFor('#2 runs again next');
  await press(pty, 'a', 'proposals run by themselves');
  const again = await here.night.event('experiment.started', (e) => e.n === 4);
  expect(again.proposer).toBe('human');
  await here.night.event('experiment.decided', (e) => e.n === 4);
  expect(state().experiments[4]!.tree).toBe(state().experiments[2]!.tree);
});

test('u takes a back, also while a proposal waits: the header follows, and it runs by itself', async () => {
  here.night.ollama.control.setScript([
    constant('LEARNING_RATE', 0.035),
    ...[0.6, 0.7].map((value) => constant('DROPOUT', value)),
  ]);
  here.night.stay(0);
  const pty = open(['run', '--seed', '1']);
  await here.night.event('trial.started');
  await pty.waitFor(/BASELINE/);
  const header = () => pty.text().slice(0, 2).join('\n');
  const shows = (mode: 'AUTO' | 'APPROVE') => pty.waitFor(() => header().includes(mode), 20_000);
  const modes = () => here.night.events().flatMap((e) => (e.type === 'mode.changed' ? [[e.mode, e.by]] : []));
  await shows('AUTO');
  await press(pty, 'a', 'each proposal waits for your yes');
  await shows('APPROVE');
  expect(header()).not.toContain('AUTO');
  await press(pty, 'u', /Undo the switch to APPROVE\?/);
  await pressAway(pty, 'n', 'Undo the switch to APPROVE?');
  expect(modes()).toEqual([['approve', 'user']]);
  await press(pty, 'u', /the mode is AUTO again/);
  await answer(pty, 'y');
  await shows('AUTO');
  expect(modes()).toEqual([
    ['approve', 'user'],
    ['auto', 'user'],
  ]);
  expect(state().mode).toBe('auto');

  await press(pty, 'a', 'each proposal waits for your yes');
  here.night.stay(1);
  here.night.letGo(0);
  await pty.waitFor(/Run #1\?/);
  await press(pty, 'u', /the mode is AUTO again, and #1 runs/);
  await answer(pty, 'y');
  await pty.waitFor(/TRAIN +#1/);
  await shows('AUTO');
  expect(modes().at(-1)).toEqual(['auto', 'user']);
  expect(await here.night.event('trial.started', (e) => e.n === 1)).toMatchObject({ role: 'candidate' });
  here.night.letGo(1);
});

test('i rejects with a note that the next proposal reads', async () => {
  const pty = await waiting(1);
  await press(pty, 'i', 'Reject #1 and say why');
  await pty.press('<enter>');
  await pty.waitFor('say why, or Esc');
  await pty.press('leave the rate alone<enter>');
  expect(await here.night.event('human.noted')).toMatchObject({
    text: 'leave the rate alone',
    sticky: false,
  });
  await here.night.event('experiment.decided', (e) => e.n === 1 && e.verdict === 'rejected');
  await pty.waitFor(/Run #2\?/);
  const asked = here.night.ollama.chats[1]!.body.messages!.map((m) => m.content).join('\n');
  expect(asked).toContain('leave the rate alone');
});

test('e changes the files in $EDITOR, they are checked, and run as the user’s; u puts them back', async () => {
  here.night.ollama.control.setScript([constant('LEARNING_RATE', 0.05), constant('DROPOUT', 0.3)]);
  const pty = await waiting(1, { EDITOR: editor('sed -i s/0.05/0.055/ "$1"') });
  const proposed = state().approval!.tree;
  await press(pty, 'e', /is what you made of it/);
  await pty.waitFor(/0\.055/);
  expect(state().approval).toMatchObject({ edited: true });
  await press(pty, 'u', /Undo your edit of #1\?/);
  await answer(pty, 'y');
  await until('it is as proposed', () => state().approval!.tree === proposed);
  await pty.waitFor('#1 is what it was before your edit');
  await press(pty, 'e', /Run #1\?.*edited by you/);
  await until('it is edited again', () => state().approval!.tree !== proposed);
  await pty.press('y');
  await here.night.event('experiment.decided', (e) => e.n === 1);
  expect(state().experiments[1]).toMatchObject({ proposer: 'human' });
  expect(here.night.project.git('show', `${state().experiments[1]!.sha}:train.mjs`)).toContain('0.055');
});

test('an editor that changes nothing, or is not there, changes nothing and says so', async () => {
  const pty = await waiting(1, { EDITOR: 'true' });
  const before = here.night.events().length;
  await press(pty, 'e', 'nothing was changed');
  await pty.waitFor(/Run #1\?/);
  expect(here.night.events().length).toBe(before);
  await pty.press('q');
  await pty.exit;
  const other = open(['attach'], { EDITOR: 'no-such-editor' });
  await other.waitFor(/Run #1\?/);
  await press(other, 'e', /there is no no-such-editor; set \$EDITOR/);
});

test('who leaves while it waits finds the same question; kill -9 and resume too', async () => {
  const pty = await waiting(1);
  const { tree } = state().approval!;
  await pty.press('q');
  await pty.exit;
  expect(state().approval).toMatchObject({ n: 1, answer: null });
  await here.night.killEngine();
  const back = open(['resume']);
  await back.waitFor(/\? APPROVE +#1 /);
  await back.waitFor(/Run #1\?/);
  expect(state().approval!.tree).toBe(tree);
  // Q: nothing is lost by stopping now.
  await press(back, 'Q', /nothing is lost: the proposal of #1/);
  await press(back, 'n', /Stop the run now\?/);
  await answer(back, 'y');
  await back.waitFor('STOPPED');
  await until('it still waits', () => state().approval?.tree === tree && state().ended);
});
