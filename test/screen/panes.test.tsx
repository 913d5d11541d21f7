import stringWidth from 'string-width';
import { afterEach, expect, test } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { App } from '../../src/screen/app.tsx';
import { happenings } from '../../src/screen/events.ts';
import type { Extents } from '../../src/screen/keys/moves.ts';
import { overlayBox } from '../../src/screen/panes/overlay-rows.ts';
import { perHour, upSeconds } from '../../src/screen/selectors.ts';
import type { ScreenStore, Snapshot } from '../../src/screen/store.ts';
import { createLook, lookOf } from '../../src/screen/theme/look.ts';
import { loadTheme } from '../../src/screen/theme/themes.ts';
import type { View } from '../../src/screen/view.ts';
import { initialView } from '../../src/screen/view.ts';
import { type InkTerminal, mountInTerminal } from '../harness/ink-terminal.ts';
import * as f from './fixtures.ts';
import { states } from './states.ts';

const trueColour = { COLORTERM: 'truecolor' };
const mounted: InkTerminal[] = [];
afterEach(async () => {
  for (const terminal of mounted.splice(0)) await terminal.unmount();
});

/** The rows that a terminal shows for a snapshot. */
async function rowsOf(snapshot: Snapshot): Promise<string[]> {
  const extents: Extents = {};
  const store = { published: createStore(() => snapshot) } as unknown as ScreenStore;
  const screen = { store, extents, look: createLook(lookOf(loadTheme('dark', { env: trueColour }), 'true')) };
  const terminal = mountInTerminal(
    <App screen={screen} controller={{ key() {}, paste() {} }} />,
    snapshot.size,
  );
  mounted.push(terminal);
  // The bottom row is written last.
  await terminal.waitFor(/q detach|q leave|q leaves|Esc close|Esc cancel|n no/);
  return terminal.text();
}

function at(size: string): { size: Snapshot['size'] } {
  const [columns, rows] = size.split('x').map(Number);
  return { size: { columns: columns!, rows: rows! } };
}
const look = (view: Partial<View>) => ({ view: { ...initialView(), ...view } });

const sizes = ['60x16', '80x24', '84x50', '100x30', '120x40', '200x60'];

test.each(sizes)('every state fits %s: no row too wide, frames closed, hints at the bottom', async (size) => {
  for (const [name, state] of Object.entries(states)) {
    const snapshot = state(at(size));
    const rows = await rowsOf(snapshot);
    const where = `${name} at ${size}`;
    expect(rows.length, where).toBe(snapshot.size.rows);
    for (const row of rows) expect(stringWidth(row), where).toBeLessThanOrEqual(snapshot.size.columns);
    expect(rows.at(-1), where).toMatch(/\? help {2}q (detach|leave)/);
    const screen = rows.join('');
    for (const [open, close] of ['╭╮', '╰╯', '┏┓', '┗┛'])
      expect(screen.split(open!).length, `${where} ${open}${close}`).toBe(screen.split(close!).length);
    await mounted.pop()!.unmount();
  }
});

// What the eye must find in each state, at 120x40.
const told: Record<string, (string | RegExp)[]> = {
  connecting: ['CONNECTING', 'waiting for the engine', 'What the run has tried shows here'],
  setup: [
    /✓ branch +pawl\/nov20 on a{7}/,
    /✓ metric +val_bpb, smaller is better/,
    /✓ GPU +NVIDIA GeForce RTX 4090/,
    'No trial has run yet.',
    'SETUP',
    'No experiments yet.',
    'No numbers yet.',
    'Waiting for the first sample.',
  ],
  baseline: ['BASELINE', 'The baseline changes nothing', /0 . {2}baseline 0:21/, '0:21/1:00', 'loss'],
  proposing: [
    /PROPOSE +#17 +with warm-up in place/,
    /17 . {2}proposing 0:12 +with warm-up in place/,
    '[7] Model',
    'generating',
    '38.4/s',
    'context 34% of 16k',
    'HYPOTHESIS',
    'used by the model',
  ],
  checking: ['CHECK', '+4 −1', '[3] Diff'],
  training: [
    'TRAIN',
    '#17',
    '0:38/1:00',
    'best 1.9731 −8.24%',
    '● ',
    'FOLLOW',
    'used by the trial of #17',
    'RTX 4090',
    '22.1G',
  ],
  'training without a GPU': ['No GPU found; trials run on the CPU.', /cpu +\d+%/, /ram +[\d.]+G/],
  approve: [/\? APPROVE +#17/, 'Run #17?', '+4 −1 in train.mjs', 'sandboxed', /y run it/, /a auto/],
  'approve, none waits': ['PROPOSE', /│ APPROVE/, 'a auto'],
  stalled: ['! no output for 2:20', '▸ TRAIN'],
  'disk low': ['DISK 2.1G left'],
  'after crashes': ['! HELD', /experiments crashed within seconds/, 'Leave a note'],
  deciding: ['DECIDE'],
  'held by user': ['‖ HELD', 'p release', 'used by nobody'],
  'held by engine': ['! HELD', 'Ollama does not answer', 'ollama serve', 'p try now'],
  'asks about a number': [
    '! HELD',
    /#17 +is too good to be true\?/,
    /Keep or discard #17\? 3 shows what it changed, v answers/,
    /0\.04310 keep it\?/,
    /v keep or discard…/,
    /\[4\] Log #17/,
  ],
  'crashed last': [/4 × {2}crashed/, 'loading the model'],
  'the tuner proposes': [
    /tuner .* Ollama does not answer/,
    'MATRIX_LR 0.04 to 0.0513',
    /10 . {2}training 0:07 +MATRIX_LR 0\.0513/,
  ],
  finished: ['■ FINISHED', 'finished: 16 experiments, as asked. q leaves; pawl adopt brings home the 5 kept'],
  'stopped in a trial': ['■ STOPPED', /17 ◌ {2}open/, 'stopped by you. pawl resume goes on; q leaves'],
  'champion again': ['champion #15 again, for #17'],
  failed: ['✗ FAILED', 'the baseline does not run', 'Cannot find module'],
  'engine gone': ['ENGINE GONE', 'Nothing decided is lost', 'pawl resume'],
  'between baseline trials': [
    'Baseline so far: 2.1492',
    'baseline loss 3.',
    /0 . {2}baseline 0:08/,
    '[4] Log baseline trial 2 ',
  ],
  'a noisy metric': [/noise ±\d\.\d\d%/, /░{6}/],
  'a filtered list': ['[1] Experiments / crashed', '2 of 16', /11 ◔ +timed-out/],
  'nothing matches': ['No experiment matches.', 'Esc clears it', '0 of 16'],
  'a long night': ['8 new since you left', '700 done', /\d+–\d+ of 702/, '●'],
  'a metric that shall grow': ['accuracy ↑', /0\.7100 → 0\.\d+/],
  'viewing the past': [
    '◂ viewing #9',
    'GeGLU in place of ReLU',
    '● kept',
    'METRIC val_bpb=1.9874',
    'Esc live',
  ],
};

test.each(Object.keys(told))('%s says what it is', async (name) => {
  const screen = (await rowsOf(states[name]!())).join('\n');
  for (const text of told[name]!) expect(screen).toMatch(typeof text === 'string' ? literal(text) : text);
});

test('every state is told', () => {
  expect(Object.keys(told).sort()).toEqual(Object.keys(states).sort());
});

test('a run that rests stands still: no spinner, no clock, no live point', async () => {
  for (const name of ['stopped in a trial', 'held by user']) {
    const screen = (await rowsOf(states[name]!())).join('\n');
    expect(screen, name).not.toMatch(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] (training|held)|‖ HELD.*[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] /);
    expect(screen, name).not.toMatch(/─▸/);
    expect(screen, name).not.toContain('hold now');
  }
});

test.each(['100x30', '120x40', '80x24'])('the diff rests at its first change, at %s', async (size) => {
  const selected = { ...at(size), ...look({ selected: 9, focus: 'diff', picked: true }) };
  for (const more of [{ ...at(size), ...look({ focus: 'diff', picked: true }) }, selected]) {
    const snapshot = states[more === selected ? 'viewing the past' : 'training']!(more);
    const screen = (await rowsOf(snapshot)).join('\n');
    expect(screen).toContain('− const MATRIX_LR = 0.04;');
    expect(screen).toContain('+ const MATRIX_LR = 0.05;');
  }
});

test('compact: what is seen is what is focused', async () => {
  for (const [name, title] of [
    ['training', '[1] Experiments'],
    ['baseline', '[4] Log'],
    ['proposing', '[1] Experiments'],
    ['held by user', '[1] Experiments'],
  ]) {
    const rows = await rowsOf(states[name!]!(at('80x24')));
    expect(
      rows.find((row) => row.includes(title!)),
      name,
    ).toMatch(/^┏━/);
  }
});

test('a tab’s name is whole or not there', async () => {
  const snapshot = states['training without a GPU']!(at('100x30'));
  const title = (await rowsOf(snapshot)).find((row) => row.includes('[5] GPU'))!;
  expect(title).toMatch(/^╭─\[5\] GPU none: CPU and RAM ─ 6 (Events )?─/);
});

test('a GPU that was there when the run was started is not named before it is seen', async () => {
  const snapshot = states['training without a GPU']!();
  snapshot.run.gpus = [{ name: 'NVIDIA GeForce RTX 4090', memoryMiB: 24_564 }];
  const screen = (await rowsOf(snapshot)).join('\n');
  expect(screen).not.toContain('4090');
  expect(screen).toContain('No GPU answers now.');
});

test('a note under the tuner says that nobody reads it', async () => {
  const overlay = { kind: 'note' as const, text: '', cursor: 0, sticky: false };
  const screen = (await rowsOf(states['the tuner proposes']!(look({ overlay })))).join('\n');
  expect(screen).toContain('the tuner does not read notes; a model would');
});

test('the champion measured again is said to be so, with its progress', async () => {
  const rows = await rowsOf(states['champion again']!());
  expect(rows[0]).toMatch(/▸ TRAIN {2}champion #15 again, for #17 .*━.* 0:20\/1:00/);
  expect(rows.join('\n')).toContain('[4] Log champion #15 again, for #17');
});

test('time between a stop and its resume is not work', () => {
  const { run } = states.training!();
  const before = [upSeconds(run, f.moment), perHour(run)!];
  expect(before[0]).toBe((f.moment - Date.parse(run.startedAt)) / 1000);
  run.idleMs = 600_000;
  expect(upSeconds(run, f.moment)).toBe(before[0]! - 600);
  const e = run.experiments[16]!;
  run.experiments[16] = { ...e, endedAt: new Date(Date.parse(e.endedAt!) + 9 * 3_600_000).toISOString() };
  expect(perHour(run)! / before[1]!).toBeGreaterThan(0.9);
});

test('columns of the list never touch', async () => {
  const snapshot = states.training!(at('200x60'));
  for (const e of snapshot.run.experiments) if (e?.z) Object.assign(e, { z: -1234.5, gain: -0.4 });
  expect((await rowsOf(snapshot)).join('\n')).toMatch(/% +<−9σ /);
});

test('focus shows without colour: the frame is heavy', async () => {
  const rows = await rowsOf(states.training!(look({ focus: 'log' })));
  expect(rows.find((row) => row.includes('[4] Log'))).toContain('┏━[4] Log');
  expect(rows.find((row) => row.includes('[1] Experiments'))).toContain('╭─[1]');
});

test('a zoomed pane takes the body', async () => {
  const rows = await rowsOf(states.training!(look({ focus: 'log', zoom: true })));
  expect(rows[2]).toMatch(/^┏━\[4\] Log/);
  expect(rows[37]).toMatch(/^┗━+┛$/);
  expect(rows.join('\n')).toContain('prepare: corpus');
});

test('a confirmation stands in the message row', async () => {
  const confirm = {
    question: 'Skip #17? Its result is lost.',
    command: { type: 'undo' as const },
    done: '',
  };
  const rows = await rowsOf(states.training!(look({ confirm })));
  expect(rows[38]).toContain('Skip #17? Its result is lost.   y yes   n, Esc no');
  // Its answers stand below; where it has no room beside them it goes on there, never cut.
  const long = { ...confirm, question: `${'drops '.repeat(14)}a lot?` };
  for (const size of ['60x16', '80x24']) {
    const below = (await rowsOf(states.training!({ ...at(size), ...look({ confirm: long }) }))).slice(-2);
    expect(below[0]).toMatch(/drops$/);
    expect(below[1]).toMatch(/^ (drops )+a lot\? +y yes +n no $/);
    expect(below.join(' ').match(/drops/g)).toHaveLength(14);
  }
});

test('overlays: revert, stop, note, help', async () => {
  const revert = (await rowsOf(states.training!(look({ overlay: { kind: 'revert' }, selected: 9 })))).join(
    '\n',
  );
  expect(revert).toMatch(/l {2}undo the last keep +drops #15 \(1\.9731\), back to #9 \(1\.9874\)/);
  expect(revert).toMatch(/s {2}to the selected one +#9 \(1\.9874\), drops 1 kept/);
  expect(revert).toMatch(/0 {2}to the baseline +baseline \(2\.1504\), drops 5 kept/);
  const stop = (await rowsOf(states.training!(look({ overlay: { kind: 'stop' } })))).join('\n');
  expect(stop).toMatch(/n {2}stop now +#17 is lost, everything before it stays/);
  const note = (
    await rowsOf(
      states.training!(look({ overlay: { kind: 'note', text: 'try rope', cursor: 3, sticky: true } })),
    )
  ).join('\n');
  // The cursor is a letter in inverse: none moves for it.
  expect(note).toContain('› try rope');
  expect(note).toContain('sticky');
  for (const size of ['60x16', '80x24', '120x40']) {
    const help = await rowsOf(
      states.training!({ ...at(size), ...look({ overlay: { kind: 'help', scroll: 0 } }) }),
    );
    expect(help.join('\n')).toContain('Hold after the running trial');
    const open = states.training!({ ...at(size), ...look({ overlay: { kind: 'help', scroll: 0 } }) });
    for (let scroll = 0; scroll < 40; scroll += 8)
      for (const row of overlayBox({ kind: 'help', scroll }, open).rows)
        expect(row.map((span) => span.text).join('')).not.toContain('…');
  }
});

test('a terminal too small says so, with state and best', async () => {
  const rows = await rowsOf(states.training!(at('59x15')));
  expect(rows.slice(0, 3)).toEqual([
    ' ▸ TRAIN #17  best 1.9731',
    ' 59x15 here, 60x16 needed',
    ' The run does not care. q leaves.',
  ]);
});

test('foreign text cannot paint: escapes in a hypothesis, a log and a diff are gone', async () => {
  const snapshot = states.training!();
  const evil = '\x1b[2J\x1b[31mevil\x07\u202e\r';
  snapshot.run.experiments[17] = { ...snapshot.run.experiments[17]!, hypothesis: `${evil} idea` };
  snapshot.live.log.ring.push(`${evil} log`);
  snapshot.live.diff = {
    n: 17,
    base: evil,
    text: `--- a/x\n+++ b/${evil}x\n@@ -1 +1 @@ ${evil}\n-${evil}old\n+${evil}new\n`,
  };
  const rows = await rowsOf(snapshot);
  const screen = rows.join('\n');
  expect(screen).toContain('evil idea');
  expect(screen).toContain('evil log');
  expect(screen).toContain('+ evilnew');
  expect(rows[0]).toContain('TRAIN');
  expect(mounted[0]!.virtual.terminal.buffer.active.length).toBe(40);
});

function literal(text: string): RegExp {
  return new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
}

test('what is measured again is marked in the list and a line in Events; the line of its verdict stays', async () => {
  const j = f.journal();
  f.start(j, { gpu: false });
  f.baseline(j);
  f.experiments(j, 5);
  const before = f.snapshotOf(j.events, []);
  const n = before.run.champion.n;
  const line = (snapshot: Snapshot, text: RegExp) =>
    happenings(snapshot.run)
      .map(({ row }) => row.map((span) => span.text).join(''))
      .filter((said) => text.test(said));
  f.trialStarted(j, n, 1, 'champion');
  f.trialEnded(j, n, 1, 2.5, 'ok', 'champion');
  const after = f.snapshotOf(j.events, []);
  expect(after.run.experiments[n]!.metric).not.toBe(before.run.experiments[n]!.metric);
  const verdict = new RegExp(`#${n} kept`);
  expect(line(after, verdict)).toEqual(line(before, verdict));
  expect(line(before, /measured again/)).toEqual([]);
  expect(line(after, /measured again/)).toEqual([
    expect.stringMatching(new RegExp(`#${n} measured again: 2.5000, now \\d\\.\\d+ in the mean of 2`)),
  ]);
  const rows = (snapshot: Snapshot) => rowsOf(snapshot).then((all) => all.join('\n'));
  expect(await rows(before)).not.toMatch(new RegExp(` ${n} *\\+●`));
  expect(await rows(after)).toMatch(new RegExp(` ${n} *\\+●`));
});

test('what pawl.yaml says by now stands in Events, with what holds', () => {
  const j = f.journal();
  f.start(j);
  f.baseline(j);
  j.add({
    type: 'run.resumed',
    engine: { pid: 1, startTicks: 1, bootId: 'b' },
    recovered: [],
    changed: [
      { name: 'strictness', from: 'balanced', to: 'careful', holds: true },
      { name: 'stop.experiments', from: '700', to: '90', holds: false, instead: '20' },
    ],
  });
  const { run } = f.snapshotOf(j.events, []);
  const told = happenings(run).map(({ row }) => row.map(({ text }) => text).join(''));
  expect(told[1]).toMatch(/strictness is careful in pawl\.yaml now, was balanced .*it holds from here on$/);
  expect(told[2]).toMatch(/stop\.experiments is 90 .* it does not hold, 20 was said on the command line$/);
});
