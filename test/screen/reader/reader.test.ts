import fc from 'fast-check';
import { expect, test } from 'vitest';
import { helpPiece } from '../../../src/screen/reader/help-pages.ts';
import { overlaySentences } from '../../../src/screen/reader/overlay-sentences.ts';
import { panePiece } from '../../../src/screen/reader/pane-sentences.ts';
import { readKeys } from '../../../src/screen/reader/read-keys.ts';
import { statusSentence, wordsOf } from '../../../src/screen/reader/sentences.ts';
import { paneIds } from '../../../src/screen/view.ts';
import { states } from '../states.ts';

const paneSentences = (...of: Parameters<typeof panePiece>) => panePiece(...of).lines;
const drawn = /[\u2500-\u259f\u2800-\u28ff\u25a0-\u25ff]/;

test('every state is a sentence, and every pane is lines, without a sign that is only seen', () => {
  for (const [name, state] of Object.entries(states)) {
    const snapshot = state();
    expect(statusSentence(snapshot), name).toMatch(/\.$/);
    for (const text of [
      statusSentence(snapshot),
      ...paneIds.flatMap((pane) => paneSentences(pane, snapshot)),
    ]) {
      expect(text, name).not.toMatch(drawn);
      expect(text, name).not.toMatch(/[\x00-\x1f]/);
    }
    for (const pane of paneIds)
      expect(paneSentences(pane, snapshot).length, `${name} ${pane}`).toBeGreaterThan(0);
  }
});

test('the chart is said in words', () => {
  expect(paneSentences('metric', states.training!())[0]).toBe(
    'Best val_bpb 1.9731 at experiment 15, baseline 2.1504. 5 kept, 7 discarded, 2 crashed. The last one brought no gain. Kept, the latest first:',
  );
  expect(statusSentence(states.training!())).toMatch(/^Train: experiment 17, with warm-up in place/);
});

test('a long list says how much there is and the latest few; the same key goes on until all was heard once', () => {
  const snapshot = states['a long night']!();
  const first = panePiece('experiments', snapshot);
  expect(first.lines[0]).toBe('701 experiments and the baseline, the latest 5:');
  expect(first.lines[1]).toMatch(/^Experiment 701 is under way: raise MATRIX_LR/);
  expect(first.lines).toHaveLength(7);
  expect(first.lines.at(-1)).toBe('697 earlier: 1 goes on.');
  const heard = first.lines.slice(1, -1);
  let { next } = first;
  while (next !== null) {
    const piece = panePiece('experiments', snapshot, next);
    heard.push(...piece.lines.slice(0, -1));
    if (piece.next === null) expect(piece.lines.at(-1)).toBe('That is all.');
    next = piece.next;
  }
  const numbers = heard.map((line) => Number(/^Experiment (\d+)/.exec(line)?.[1] ?? 0));
  expect(numbers).toEqual(Array.from({ length: 702 }, (_, i) => 701 - i));
});

test('what comes while one listens moves nothing: the next piece goes on where the last one ended', () => {
  const { next } = panePiece('experiments', states['crashed last']!());
  expect(next).toBe(null);
  const early = panePiece('experiments', states.finished!());
  const later = states['a long night']!();
  expect(panePiece('experiments', later, early.next).lines[0]).toMatch(/^Experiment 11 /);
  const events = panePiece('events', states.training!());
  expect(events.lines[0]).toBe('18 events, the latest 5:');
  expect(panePiece('events', states.training!(), events.next).lines[0]).toContain('#11 timed-out');
});

test('a filter counts in what is read', () => {
  const { lines } = panePiece('experiments', states['a filtered list']!());
  expect(lines[0]).toMatch(/^\d of 17 experiments fit "crashed", the latest first:$/);
});

test('a log says how long it is and its last lines; the same key goes back', () => {
  const first = panePiece('log', states.training!());
  expect(first.lines[0]).toBe('Log of experiment 17, 15 lines, the last 10:');
  expect(first.lines.at(-2)).toMatch(/^step 603 /);
  expect(first.lines.at(-1)).toBe('5 earlier lines: 4 goes back.');
  const second = panePiece('log', states.training!(), first.next);
  expect(second.lines[0]).toBe('Lines 1 to 5:');
  expect(second.lines.at(-1)).toBe('That is all.');
  // A past one is read from its file.
  expect(panePiece('log', states['viewing the past']!()).lines[0]).toBe('Log of experiment 9, 5 lines:');
});

test('of a box with a list the first rows are said, then only what is walked to', () => {
  const night = { ...states['a long night']!() };
  night.view = { ...night.view, away: '2026-11-20T02:50:00.000Z' };
  const open = overlaySentences({ kind: 'briefing', at: 0 }, null, night);
  expect(open.filter((line) => /^#\d/.test(line))).toHaveLength(5);
  expect(open.join('\n')).toMatch(/and \d+ more: j and k read one after the other\.\nCRASHES/);
  const walked = overlaySentences({ kind: 'briefing', at: 6 }, { kind: 'briefing', at: 5 }, night);
  expect(walked).toHaveLength(1);
  expect(walked[0]).toMatch(/^#\d+ /);
  const palette = { kind: 'palette' as const, text: '', cursor: 0, at: 0 };
  expect(overlaySentences(palette, null, night)).toHaveLength(2);
  expect(overlaySentences({ ...palette, at: 1 }, palette, night)).toEqual([
    expect.stringMatching(/^hold now, key P: /),
  ]);
  expect(overlaySentences({ ...palette, text: 'rev' }, palette, night)).toEqual([
    'rev: 6 fit.',
    expect.stringMatching(/^revert, key r: /),
  ]);
});

test('a diff is said as what was added and removed', () => {
  expect(paneSentences('diff', states.training!())).toEqual(
    [
      'File train.mjs.',
      'Around line 12.',
      'removed: const MATRIX_LR = 0.04;',
      'added: const MATRIX_LR = 0.05;',
      'Around line 88.',
      'added: // Warm up first: the first steps see the largest gradients.',
      'added: if (done < 0.05) return done / 0.05;',
      'added: ',
    ].map((line) => (line.trimEnd() === 'added:' ? 'added: ' : line)),
  );
});

test('the help is read in pieces; each key stands in one of them', () => {
  const snapshot = states.training!();
  const help = (scroll: number, more = {}) => ({ kind: 'help' as const, scroll, ...more });
  const first = helpPiece(help(0), null, snapshot);
  expect(first.lines).toHaveLength(9);
  expect(first.lines.at(-1)).toMatch(/^\d+ more lines: Space goes on/);
  const heard = first.lines.slice(0, -1);
  let at = help(0);
  for (;;) {
    const next = help(Math.min(first.extent.most, at.scroll + first.extent.page - 1));
    if (next.scroll === at.scroll) break;
    heard.push(...helpPiece(next, at, snapshot).lines.slice(0, -1));
    at = next;
  }
  expect(new Set(heard).size).toBe(heard.length);
  for (const word of ['hold', 'detach', 'revert', 'palette'])
    expect(heard.join('\n').toLowerCase(), word).toContain(
      word === 'revert'
        ? 'move the champion'
        : word === 'detach'
          ? 'leave the screen'
          : word === 'palette'
            ? 'find any act'
            : word,
    );
  // Back up: only what was above.
  expect(helpPiece(help(2), help(4), snapshot).lines.slice(0, -1)).toEqual(heard.slice(2, 4));
  const typing = helpPiece(help(0, { filter: 'zoom', typing: true }), help(0), snapshot);
  expect(typing.lines[0]).toMatch(/^\d+ lines for "zoom"/);
  const found = helpPiece(help(0, { filter: 'zoom' }), help(0, { filter: 'zoom', typing: true }), snapshot);
  expect(found.lines.join(' ')).toContain('takes the whole screen');
});

test('signs become words or go', () => {
  expect(wordsOf([{ text: '┃ ● kept  1.5 → 1.4 (−2%) ▏', tone: 'fg' }])).toBe('kept 1.5 to 1.4 (minus 2%)');
});

test.each([
  ['j', [{ kind: 'key', input: 'j', key: {} }]],
  ['\r', [{ kind: 'key', input: '', key: { return: true } }]],
  ['\x1b', [{ kind: 'key', input: '', key: { escape: true } }]],
  [
    '\x1b[A\x1b[B',
    [
      { kind: 'key', input: '', key: { upArrow: true } },
      { kind: 'key', input: '', key: { downArrow: true } },
    ],
  ],
  ['\x03', [{ kind: 'key', input: 'c', key: { ctrl: true } }]],
  ['srQ', [{ kind: 'key', input: 'srQ', key: {} }]],
  [
    '\x1bi',
    [
      { kind: 'key', input: '', key: { escape: true } },
      { kind: 'key', input: 'i', key: {} },
    ],
  ],
  [
    'a\x1b[200~s\rr\x1b[201~b',
    [
      { kind: 'key', input: 'a', key: {} },
      { kind: 'paste', text: 's\rr' },
      { kind: 'key', input: 'b', key: {} },
    ],
  ],
] as const)('%j is read as keys', (chunk, expected) => {
  expect(readKeys(chunk)).toEqual(expected);
});

test('no letter is lost, whatever is typed', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', 'ß', '日', ' ') }), (text) => {
      expect(
        readKeys(text)
          .map((r) => (r.kind === 'key' ? r.input : ''))
          .join(''),
      ).toBe(text);
    }),
  );
});
