import { expect, test } from 'vitest';
import { rowWidth } from '../../src/screen/paint.ts';
import { empty } from '../../src/screen/panes/content.ts';
import { frame } from '../../src/screen/panes/frame.ts';
import { hintsRow } from '../../src/screen/panes/hints-row.ts';
import { messageRow } from '../../src/screen/panes/message-row.ts';
import { overlayBox } from '../../src/screen/panes/overlay-rows.ts';
import { tooSmallRows } from '../../src/screen/panes/too-small-rows.ts';
import { cutParts } from '../../src/screen/text/cut.ts';
import { paneIds } from '../../src/screen/view.ts';
import { writingText, writtenIdea } from '../../src/screen/writing.ts';
import { overlays } from './overlays.ts';
import { rowText } from './row-text.ts';
import { states } from './states.ts';

test.each([
  [60, 16],
  [70, 60],
  [80, 24],
])('over every box the way out stands in the hints, whole, at %dx%d', (columns, rows) => {
  for (const [name, state] of Object.entries(overlays)) {
    const snapshot = state({ size: { columns, rows } });
    if (!snapshot.view.overlay && !snapshot.view.prompt) continue;
    const row = hintsRow(snapshot, columns);
    expect(rowWidth(row), name).toBeLessThanOrEqual(columns);
    expect(rowText(row).trimEnd(), name).toMatch(/(Esc|n|Ctrl-U) [a-z, ]+$/);
  }
});

test('a question is whole also where the terminal is too small for panes', () => {
  const snapshot = overlays['row confirm']!({ size: { columns: 32, rows: 12 } });
  const rows = tooSmallRows(snapshot).map(rowText);
  expect(rows.join('').replaceAll(/\s+/g, ' ')).toContain(
    'its result is lost; u queues it again. y yes n no',
  );
  for (const row of rows) expect(row.length).toBeLessThanOrEqual(33);
});

test('nothing to undo and no notes: only the way out is offered', () => {
  for (const name of ['over undo', 'over notes'])
    expect(rowText(hintsRow(overlays[name]!(), 120)).trim()).toBe('Esc close');
});

test('the head of a box never ends in the middle of a word', () => {
  for (const [name, state] of Object.entries(overlays)) {
    const snapshot = state({ size: { columns: 60, rows: 16 } });
    if (!snapshot.view.overlay) continue;
    expect(rowText(overlayBox(snapshot.view.overlay, snapshot).rows[0]!), name).not.toContain('…');
  }
});

test('what an empty pane says is whole where the pane is narrow', () => {
  const said = empty({ width: 30, height: 6 }, 'No trial is running. [ shows the logs of earlier ones.', [
    'And this.',
  ]);
  expect(said.map(rowText)).toEqual([
    'No trial is running. [ shows',
    'the logs of earlier ones.',
    'And this.',
  ]);
});

test('tabs give up their names before what the pane says is cut', () => {
  const top = (width: number) =>
    rowText(
      frame(
        { rows: [], aside: 'FOLLOW' },
        { left: 0, top: 0, width, height: 4 },
        'log',
        [...paneIds],
        true,
      )[0]!,
    );
  expect(top(120)).toMatch(/1 Experiments .*\[4\] Log .* FOLLOW /);
  expect(top(76)).toMatch(/ 1 ━ 2 ━ 3 ━\[4\] Log .* FOLLOW /);
  expect(top(40)).not.toMatch(/F…|FO…/);
});

test('of parts with dots between them whole ones are left', () => {
  expect(cutParts('nothing is deleted; u undoes · Esc closes', 30)).toBe('nothing is deleted; u undoes');
  expect(cutParts('train.mjs +4 −1', 12)).toBe('train.mjs +…');
  expect(cutParts('FOLLOW', 3)).toBe('');
});

test('a held run says the whole clause that helps, not half a sentence', () => {
  const row = rowText(messageRow(states['after crashes']!({ size: { columns: 80, rows: 24 } })));
  expect(row).toBe(' Leave a note, edit the instructions, or choose another model; p goes on');
});

test('while a model writes its idea is told as soon as it stands there, before that how far it is', () => {
  const snapshot = states.proposing!();
  const at = (answer: string, more = {}) => ({
    live: { ...snapshot.live, model: { ...snapshot.live.model!, answer, note: null, ...more } },
  });
  expect(writtenIdea(at('HYPOTHESIS: raise LR\nEXPECT: '))).toBe('raise LR');
  expect(writtenIdea(at('**HYPOTHESIS:** raise'))).toBe('raise');
  expect(writtenIdea(at('{"hypothesis": "say \\"hi\\" fir'))).toBe('say "hi" fir');
  expect(writingText(at(''))).toBe('412 tokens, 38/s');
  expect(writingText(at('', { note: 'thinking' }))).toBe('thinking, 412 tokens, 38/s');
  expect(writingText(at('', { stage: 'loading' }))).toBe('the model is being loaded');
  // Another experiment's words are not this one's.
  expect(writingText(at('HYPOTHESIS: old', { n: 16 }))).toBe('');
});
