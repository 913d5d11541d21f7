import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Chord } from '../../src/screen/keys/chord.ts';
import type { Pty } from '../harness/pty.ts';
import { openScreen, press, pressAway } from './key-harness.ts';
import { type KeyStep, sequences } from './look-keys.ts';
import { lookProject, lookScript } from './look-project.ts';
import { journalFaults, type Night, openNight } from './night.ts';

// Keys that only look, pressed in a real terminal on one real run that goes on all the while.

let night: Night;
const terminals: Pty[] = [];
beforeAll(async () => {
  night = await openNight({ project: lookProject, script: lookScript, thinks: true });
  night.stay(3);
  night.start('run', '--headless', '--seed', '1');
  await night.event('trial.started', (e) => e.n === 3);
});
afterEach(() => {
  for (const pty of terminals.splice(0)) pty.kill('SIGKILL');
});
afterAll(() => night.end());

async function open(size?: [number, number], env: Record<string, string> = {}): Promise<Pty> {
  // Zoom and sizes are remembered: each screen starts as a new user's.
  const state = mkdtempSync(join(night.project.home, 'state-'));
  const pty = openScreen(night, ['attach'], { XDG_STATE_HOME: state, ...env }, size);
  terminals.push(pty);
  await pty.waitFor(/TRAIN\s+#3/);
  await pty.waitFor(/line 0300|LEARNING_RATE = 0\.06/);
  return pty;
}

/** A chord as the harness presses it: `<ctrl-d>`, `<up>`, `j`. */
const keysOf = (chord: Chord) => (chord.length === 1 ? chord : `<${chord.replace('+', '-')}>`);

async function take(pty: Pty, { id, chord, shows }: KeyStep): Promise<void> {
  const before = pty.screen();
  expect(shows(before, before), `${id} (${chord}) shows already:\n${before}`).toBe(false);
  await pty.press(keysOf(chord));
  await pty
    .waitFor((screen) => shows(screen, before))
    .catch((error: Error) => {
      throw new Error(`${id} by ${chord}: ${error.message}`);
    });
}

test.each(sequences)('$title', async ({ size, steps }) => {
  const pty = await open(size);
  const before = night.events().length;
  for (const step of steps) {
    if ('id' in step) await take(pty, step);
    else {
      await pty.press(step.keys);
      await pty.waitFor(step.until);
    }
  }
  expect(night.events().length).toBe(before);
  expect(journalFaults(night.events())).toEqual([]);
});

test('Ctrl-L draws the whole screen afresh', async () => {
  const pty = await open();
  await pty.virtual.feed('\x1b[30;20Hsomebody wrote over it\x1b[1;1H');
  await pty.waitFor('somebody wrote over it');
  await pressAway(pty, '<ctrl-l>', 'somebody wrote over it');
  await pty.waitFor(/TRAIN\s+#3/);
});

test('keys of the user’s own: a new one, none, and a mistake that is told with its place', async () => {
  const config = mkdtempSync(join(night.project.home, 'config-'));
  mkdirSync(join(config, 'pawl'));
  writeFileSync(
    join(config, 'pawl', 'config.yaml'),
    'keys:\n  zoom: [ctrl+y, W]\n  detach: []\n  chart-scale: X\n  hodl: p\n',
  );
  const pty = await open(undefined, { XDG_CONFIG_HOME: config });
  // The mistake is said with its line; all the rest holds.
  await pty.waitFor(/config\.yaml:5: keys\.hodl: there is no act of that name/);
  await pty.waitFor(/Ctrl-Y zoom/);
  expect(pty.screen()).not.toMatch(/detach/);
  await press(pty, 'X', 'logarithmic axis');
  await pty.press('<ctrl-y>');
  await pty.waitFor((screen) => !screen.includes('[2] Metric'));
  await pty.press('W');
  await pty.waitFor('[2] Metric');
  // The shipped ones do nothing any more.
  await pty.press('f');
  await pty.press('L');
  await pty.press('q');
  await press(pty, '?', 'Steer the run');
  await pressAway(pty, '<esc>', 'Steer the run');
  expect(pty.screen()).toContain('[2] Metric');
  await press(pty, 'X', 'linear axis');
});

test('after a long absence the briefing opens by itself, once', async () => {
  const home = mkdtempSync(join(night.project.home, 'away-'));
  const first = await open(undefined, { XDG_STATE_HOME: home });
  await press(first, '[', 'viewing');
  await first.press('q');
  await first.exit;
  // As if those keys had been pressed an hour ago, before anything was decided.
  const seen = join(home, 'pawl', 'seen');
  const file = join(seen, readdirSync(seen)[0]!);
  const left = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, JSON.stringify({ ...left, at: new Date(Date.now() - 3_600_000).toISOString() }));
  const back = openScreen(night, ['attach'], { XDG_STATE_HOME: home });
  terminals.push(back);
  await back.waitFor(/Briefing: while you were away/);
  await back.waitFor(/(59|60) min|1 h/);
  await pressAway(back, '<esc>', 'Briefing');
  await back.press('q');
  await back.exit;
  const again = await open(undefined, { XDG_STATE_HOME: home });
  await press(again, 'j', 'viewing');
  expect(again.screen()).not.toContain('Briefing');
});
