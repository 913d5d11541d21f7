import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { answer, eachNight, press, pressAway } from './key-harness.ts';
import { constant } from './night.ts';
import { until } from './run-pawl.ts';

// The verdict menu, the briefing, the palette and what leaves the screen, on a real run.

const here = eachNight({
  // 1 is kept; 2 and 3 are worse and discarded; 4 is where the tests stand.
  script: [
    constant('LEARNING_RATE', 0.035),
    constant('DROPOUT', 0.6),
    constant('DROPOUT', 0.7),
    constant('DROPOUT', 0.8),
    constant('DROPOUT', 0.9),
    constant('DROPOUT', 0.95),
  ],
});
const { state, training } = here;
const at = (n: number) => state().experiments[n]!;

test('v k keeps a discarded one, v d discards a kept one, each after y; u gives both back', async () => {
  const pty = await training(4);
  const before = { champion: state().champion, verdicts: state().experiments.map((e) => e.verdict) };
  expect(at(3).verdict).toBe('discarded');
  await press(pty, '[', /viewing #3/);
  await press(pty, 'v', /keep it anyway/);
  await pressAway(pty, '<esc>', 'keep it anyway');
  await press(pty, 'v', /keep it anyway/);
  await press(pty, 'k', /Keep #3 anyway\?/);
  await pressAway(pty, 'n', 'Keep #3 anyway?');
  expect(state().champion).toEqual(before.champion);
  await press(pty, 'v', /keep it anyway/);
  await press(pty, 'k', /Keep #3 anyway\?/);
  // The others stand still: a champion that is found meanwhile makes the undo senseless.
  const others = Array.from({ length: 20 }, (_, i) => 5 + i);
  for (const n of others) here.night.stay(n);
  await answer(pty, 'y');
  expect(await here.night.event('champion.moved', (e) => e.cause === 'forced')).toMatchObject({
    n: 3,
    by: 'user',
  });
  expect(at(3)).toMatchObject({ verdict: 'kept', by: 'user' });
  const { branch } = state();
  expect(here.night.project.git('rev-parse', branch)).toBe(at(3).sha);
  await press(pty, 'u', /Undo the forced keep of #3\?/);
  await answer(pty, 'y');
  await here.night.event('champion.moved', (e) => e.cause === 'undone');
  await until('as before', () => state().champion.n === before.champion.n);
  expect(state().champion).toEqual(before.champion);
  expect(here.night.project.git('rev-parse', branch)).toBe(before.champion.sha);
  expect(
    state()
      .experiments.map((e) => e.verdict)
      .slice(0, 4),
  ).toEqual(before.verdicts.slice(0, 4));

  // And the other way round: the kept one is discarded.
  const kept = before.champion.n;
  for (let n = 2; n >= kept; n--) await press(pty, '[', `viewing #${n}`);
  await press(pty, 'v', /discard it/);
  await press(pty, 'd', new RegExp(`Discard #${kept}`));
  await answer(pty, 'y');
  await until('it is discarded', () => at(kept).verdict === 'reverted');
  expect(state().champion.n).toBe(0);
  await press(pty, 'u', /Undo the revert to the baseline\?/);
  await answer(pty, 'y');
  await until('it is kept again', () => at(kept).verdict === 'kept');
  expect(state().champion).toEqual(before.champion);
  for (const n of [4, ...others]) here.night.letGo(n);
});

test('v x runs one again, u takes it out of the queue; v m pins, u unpins', async () => {
  const pty = await training(4);
  await press(pty, '[', /viewing #3/);
  await press(pty, 'v', /run it again/);
  await pressAway(pty, 'x', 'run it again');
  await pty.waitFor('#3 runs once more');
  expect(state().reruns).toEqual([3]);
  await press(pty, 'u', /Undo the re-run of #3\?/);
  await answer(pty, 'y');
  await until('it is taken out', () => state().reruns.length === 0);
  expect(state().reruns).toEqual([]);
  await press(pty, 'v', /run it again/);
  await pressAway(pty, 'm', 'run it again');
  await pty.waitFor('#3 is pinned');
  expect(at(3).pinned).toBe(true);
  await press(pty, 'u', /Undo the pin on #3\?/);
  await answer(pty, 'y');
  await until('it is not pinned', () => !at(3).pinned);
  await press(pty, 'v', /run it again/);
  await pressAway(pty, 'x', 'run it again');
  await pty.waitFor('#3 runs once more');
  const before = at(3);
  here.night.letGo(4);
  const again = await here.night.event('experiment.remeasured', (e) => e.n === 3);
  expect(again.why).toMatch(/in the mean of two runs/);
  expect(at(3)).toMatchObject({ verdict: before.verdict, remeasured: 1 });
  expect(at(3).trials.filter((t) => t.outcome === 'ok')).toHaveLength(
    before.trials.filter((t) => t.outcome === 'ok').length + 1,
  );
});

test('B tells what happened, Enter shows one in all panes, x runs it again; Esc closes', async () => {
  const pty = await training(4);
  await press(pty, 'B', /Briefing: the whole run/);
  await pty.waitFor(/▸ #1/);
  await press(pty, 'x', /#1 runs once more/);
  await pressAway(pty, '<enter>', 'Briefing');
  await pty.waitFor(/viewing #1/);
  await pressAway(pty, '<esc>', 'viewing #1');
  await pty.press('B');
  await pty.waitFor(/runs again/);
  await pty.press('<esc>');
  await pty.waitFor((screen) => !screen.includes('Briefing'));
  expect(state().reruns).toEqual([1]);
  here.night.letGo(4);
  await here.night.event('experiment.remeasured', (e) => e.n === 1);
});

test(': finds an act by its letters and does it; one that makes no sense says why', async () => {
  const pty = await training(2);
  await press(pty, ':', /Commands/);
  await pty.press('detach');
  await pty.waitFor(': detach');
  await pty.press('<ctrl-u>');
  await pty.waitFor(/1 of \d\d/);
  await pty.press('notes');
  await pty.waitFor(': notes');
  await pty.press('<enter>');
  await pty.waitFor(/no note is in force/);
  await pressAway(pty, '<esc>', 'Commands');
  await press(pty, '<ctrl-p>', /Commands/);
  await pty.press('hold');
  await pty.waitFor(': hold');
  await pressAway(pty, '<enter>', 'Commands');
  await pty.waitFor('holds after this trial, p releases');
  await press(pty, 'u', /Undo the hold\?/);
  await answer(pty, 'y');
  await pty.waitFor('undid the hold: released');
  here.night.letGo(2);
});

test('? searched by /, I lists notes and withdraws one after y', async () => {
  const pty = await training(2);
  await press(pty, '?', /\/ filters/);
  await pty.press('/');
  await pty.waitFor('Enter keeps');
  await pty.press('verdict');
  await pty.waitFor((screen) => !screen.includes('Hold after') && /keep anyway, discard/.test(screen));
  await pty.press('<esc>');
  await pty.waitFor('/ filters');
  await pressAway(pty, '<esc>', '/ filters');
  await press(pty, 'i', 'Note to the proposer');
  await pty.press('first');
  await pty.waitFor('› first');
  await pty.press('<enter>');
  await here.night.event('human.noted');
  await pty.waitFor((screen) => !screen.includes('Note to the proposer'));
  await press(pty, 'i', 'Note to the proposer');
  await pty.press('<up>');
  await pty.waitFor('› first');
  await pty.press('<tab>');
  await pty.waitFor('every proposal from now on reads it');
  await pressAway(pty, '<enter>', 'Note to the proposer');
  expect(await here.night.event('human.noted', (e) => e.sticky)).toMatchObject({ text: 'first' });
  await press(pty, 'I', 'Notes in force');
  await press(pty, 'd', /Withdraw the note "first"\?/);
  await pressAway(pty, 'n', 'Withdraw the note');
  await press(pty, 'I', 'Notes in force');
  await press(pty, 'd', /Withdraw the note "first"\?/);
  await answer(pty, 'y');
  await here.night.event('human.withdrew');
  here.night.letGo(2);
});

test('y copies by OSC 52; e and o open what the pane shows in other programs, and the screen comes back', async () => {
  const seen = join(here.night.project.home, 'seen');
  const pty = await training(2, {
    EDITOR: `sh -c 'cat "$1" > ${seen}.editor' sh`,
    PAGER: `sh -c 'cat "$1" > ${seen}.pager' sh`,
  });
  await press(pty, '[', /viewing #1/);
  await press(pty, 'y', /Copy of #1/);
  await press(pty, 'h', /commit copied/);
  await press(pty, '3', /┏━\[3\] Diff/);
  await pty.press('e');
  await until('the editor was opened', () => existsSync(`${seen}.editor`));
  expect(readFileSync(`${seen}.editor`, 'utf8')).toMatch(/LEARNING_RATE = 0\.035/);
  await press(pty, '4', /┏━\[4\] Log/);
  await pty.press('o');
  await until('the pager was opened', () => existsSync(`${seen}.pager`));
  await press(pty, '3', /┏━\[3\] Diff/);
  here.night.letGo(2);
});

test('Ctrl-Z gives the shell its terminal back, fg the screen; the run goes on', async () => {
  const first = await training(2);
  await first.press('q');
  await first.exit;
  const { directory, env, home } = here.night.project;
  const { openPty } = await import('../harness/pty.ts');
  const { launcher } = await import('./run-pawl.ts');
  const shell = openPty('bash', ['--norc', '--noprofile', '-i'], {
    cwd: directory,
    env: { ...env, STAY: join(home, 'stay'), PS1: 'shell> ' },
  });
  here.closes(shell);
  await shell.waitFor('shell>');
  await shell.press(`${process.execPath} ${launcher} attach<enter>`);
  await shell.waitFor(/TRAIN\s+#2/);
  await shell.press('<ctrl-z>');
  await shell.waitFor(/Stopped/);
  await shell.press('echo still here<enter>');
  await shell.waitFor(/\nstill here/);
  expect(here.night.engine()).not.toBeNull();
  await shell.press('fg<enter>');
  await shell.waitFor(/TRAIN\s+#2/);
  await shell.press('q');
  await shell.waitFor(/pawl goes on with run/);
  here.night.letGo(2);
});
