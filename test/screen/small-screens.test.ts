import { expect, test } from 'vitest';
import { whyNot } from '../../src/screen/keys/validity.ts';
import { layout, shownPane } from '../../src/screen/layout.ts';
import { rowWidth } from '../../src/screen/paint.ts';
import { experimentsContent } from '../../src/screen/panes/experiments-content.ts';
import { hintsRow } from '../../src/screen/panes/hints-row.ts';
import { messageRow } from '../../src/screen/panes/message-row.ts';
import { tunerContent } from '../../src/screen/panes/tuner-content.ts';
import { cutAtClause } from '../../src/screen/text/cut.ts';
import { rowText } from './row-text.ts';
import { states } from './states.ts';

test.each([
  [60, 16],
  [80, 24],
])('at %d x %d the list stays in front while a model writes', (columns, rows) => {
  const { slots, kind } = layout(columns, rows);
  const slot = slots.find(({ panes }) => panes.includes('experiments'))!;
  const view = { focus: 'experiments', picked: false } as const;
  expect(shownPane(slot, view, 'proposing', kind)).toBe('experiments');
});

test('the ways out of a waiting proposal and the stop are offered at every width', () => {
  const waits = states.approve!();
  const trains = states.training!();
  for (const columns of [60, 80, 120]) {
    const row = hintsRow(waits, columns);
    expect(rowWidth(row)).toBeLessThanOrEqual(columns);
    expect(rowText(row)).toMatch(/y run it .*n reject .*a auto .*Q stop/);
    expect(rowText(hintsRow(trains, columns))).toMatch(/p hold .*s skip .*Q stop/);
  }
});

test('where the tuner proposes nobody is offered a note or the thinking', () => {
  const tuner = states['the tuner proposes']!();
  const shown = rowText(hintsRow({ ...tuner, view: { ...tuner.view, focus: 'model', picked: true } }, 200));
  expect(shown).not.toMatch(/ i note| t thinking/);
  expect(whyNot('thinking', tuner)).toBe('thinking: no model thinks in this run');
  expect(rowText(hintsRow(states.training!(), 200))).toMatch(/ i note/);
});

test('what would be stopped is named, or that there is nothing', () => {
  expect(whyNot('hold-now', states.approve!())).toBe('hold now: no trial is running; p holds');
  expect(whyNot('hold-now', states.training!())).toBeNull();
});

test('a warning that does not fit ends with a whole clause', () => {
  const warning = 'Other programs took 1.4 of 2 cores during the baseline: its numbers vary more';
  expect(cutAtClause(warning, 78)).toBe(warning);
  expect(cutAtClause(warning, 58)).toBe('Other programs took 1.4 of 2 cores during the baseline');
  expect(cutAtClause('one long sentence without an end', 10)).toBe('one long …');
  const snapshot = states.training!();
  const notice = { level: 'warn' as const, text: warning, at: Number.MAX_SAFE_INTEGER };
  const row = messageRow({
    ...snapshot,
    size: { columns: 60, rows: 16 },
    live: { ...snapshot.live, notice },
  });
  expect(rowText(row)).toBe(' Other programs took 1.4 of 2 cores during the baseline');
});

test('a rejected change that was taken back says that it runs next', () => {
  const { run, live } = states.training!();
  const rejected = run.experiments.find((e) => e.verdict === 'rejected')!;
  const listed = (requeue?: number[]) =>
    experimentsContent(
      {
        ...{ run, phase: live.phase, selected: null, now: 0, filter: '', seen: null },
        ...(requeue ? { requeue } : {}),
      },
      { width: 60, height: 24 },
    )
      .rows.map(rowText)
      .find((row) => new RegExp(`^ +${rejected.n} `).test(row));
  expect(listed()).toContain('rejected');
  expect(listed([rejected.n])).toContain('runs next');
});

test('a tuner that has learned nothing promises nothing', () => {
  const { run, live } = states['the tuner proposes']!();
  const rows = (known: number) =>
    tunerContent(run, { ...live.tuner!, known }, 0, { width: 60, height: 20 })
      .rows.map(rowText)
      .join('\n');
  expect(rows(0)).not.toMatch(/±|▪|worth/);
  expect(rows(9)).toMatch(/±[\d.]+%.*▪/);
});
