import fc from 'fast-check';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { FilteredLines, type LogDoc } from '../../src/screen/log-doc.ts';
import { isError } from '../../src/screen/log-match.ts';
import { LogRing } from '../../src/screen/log-ring.ts';
import type { PaneContent } from '../../src/screen/panes/content.ts';
import { type LogInput, logContent } from '../../src/screen/panes/log-content.ts';
import { initialView } from '../../src/screen/view.ts';
import { linesOf } from './row-text.ts';

const inner = { width: 40, height: 6 };
const resting = initialView().log;

function docOf(lines: string[]): LogDoc {
  return { first: 0, end: lines.length, line: (no) => lines[no] ?? null };
}
const many = Array.from({ length: 50 }, (_, i) => `line ${i}`);

function input(lines: string[], change: Partial<LogInput> = {}): LogInput {
  return {
    doc: docOf(lines),
    filtered: null,
    ring: null,
    liveLine: null,
    view: resting,
    search: '',
    title: '#1',
    follows: true,
    overtaken: null,
    nothing: ['nothing yet'],
    path: null,
    ...change,
  };
}
const text = (content: PaneContent) => linesOf(content.rows);

test('it follows: the newest lines, the rewritten one below them', () => {
  const content = logContent(input(many, { liveLine: 'step 9' }), inner);
  expect(text(content)).toEqual([' line 45', ' line 46', ' line 47', ' line 48', ' line 49', ' step 9']);
  expect(content.aside).toBe('FOLLOW');
});

test('what is read stands still, however much comes', () => {
  const view = { ...resting, top: 20, seen: 50 };
  const before = logContent(input(many, { view }), inner);
  const after = logContent(input([...many, ...many], { view, liveLine: 'x' }), inner);
  expect(text(before)[0]).toBe(' line 20');
  expect(text(after)).toEqual(text(before));
  expect(after.aside).toBe('▼ 50 new');
});

test('scrolled down to the end it follows again; up it goes to the first line', () => {
  const { place } = logContent(input(many, { view: { ...resting, top: 40 } }), inner);
  expect([
    place!.moved(3),
    place!.moved(4),
    place!.moved(-3),
    place!.moved(Number.NEGATIVE_INFINITY),
  ]).toEqual([43, null, 37, 0]);
  expect(logContent(input(many), inner).place!.moved(-1)).toBe(43);
});

test('a filter shows its lines only and keeps the place', () => {
  const lines = new FilteredLines();
  for (let no = 0; no < 50; no += 5) lines.push(no, many[no]!);
  const filtered = { of: 'x', lines, reading: false };
  const view = { ...resting, filter: 'x' };
  expect(text(logContent(input(many, { filtered, view }), inner))[5]).toBe(' line 45');
  const up = logContent(input(many, { filtered, view: { ...view, top: 12 } }), inner);
  expect(text(up)[0]).toBe(' line 15');
  expect(up.foot).toContain('& x: 10 of 50');
  expect(up.place!.moved(-1)).toBe(10);
});

test('a filter that finds nothing says so and how to be rid of it', () => {
  const filtered = { of: 'zzz', lines: new FilteredLines(), reading: false };
  const content = logContent(input(many, { filtered, view: { ...resting, filter: 'zzz' } }), inner);
  expect(text(content).join(' ')).toMatch(/None of 50 lines passes.*shows all/);
});

test('matches are marked, errors have a mark of their own', () => {
  const content = logContent(
    input(['a Loss here', 'ValueError: no'], { search: 'loss', view: { ...resting, at: 0 } }),
    inner,
  );
  expect(content.rows[0]!.map((s) => [s.text, s.inverse ?? false])).toEqual([
    ['›', false],
    ['a ', false],
    ['Loss', true],
    [' here', false],
  ]);
  expect(content.rows[1]!.map((s) => s.text)).toEqual(['▎', 'ValueError: no']);
});

test('times are those of arrival; unknown ones stay empty', () => {
  const ring = new LogRing();
  ring.push('old');
  ring.push('new', new Date(2026, 10, 20, 3, 4, 5).getTime());
  const doc: LogDoc = { first: 0, end: 2, line: (no) => ring.at(no) };
  const content = logContent(input([], { doc, ring, view: { ...resting, times: true } }), inner);
  expect(text(content)).toEqual(['          old', ' 03:04:05 new']);
});

test.each([
  ['Traceback (most recent call last):', true],
  ['torch.OutOfMemoryError: CUDA out of memory', true],
  ['    RuntimeError: shapes', true],
  ['step 10 error 0.04', false],
  ['METRIC error=0.1', false],
  ['Error rate: 0.2', true],
])('%s: error is %s', (line, expected) => {
  expect(isError(line)).toBe(expected);
});

const lineOfAnything = fc.oneof(
  fc.string({ maxLength: 120 }),
  fc.constantFrom(
    '漢字かな交じり文の行です'.repeat(8),
    'e\u0301'.repeat(90),
    '\ttab\tstop\t'.repeat(12),
    '👩‍👩‍👧 family '.repeat(9),
  ),
);

test('whatever is logged and wherever one stands: rows fit the pane, and every line can be reached', () => {
  fc.assert(
    fc.property(
      fc.array(lineOfAnything, { minLength: 1, maxLength: 40 }),
      fc.record({ width: fc.integer({ min: 12, max: 60 }), height: fc.integer({ min: 2, max: 9 }) }),
      fc.record({
        wrap: fc.boolean(),
        times: fc.boolean(),
        sideways: fc.integer({ min: 0, max: 50 }),
        top: fc.option(fc.integer({ min: 0, max: 45 })),
      }),
      (lines, place, look) => {
        const view = { ...resting, ...look };
        const content = logContent(input(lines, { view, liveLine: 'live' }), place);
        expect(content.rows.length).toBeLessThanOrEqual(place.height);
        if (view.wrap)
          for (const row of text(content)) expect(stringWidth(row)).toBeLessThanOrEqual(place.width + 1);
        expect(content.place!.first).toBeLessThan(lines.length);
        // Down from the start, one step at a time: the end is met, and no line is stepped over.
        let at: number | null = 0;
        for (let steps = 0; at !== null; steps++) {
          expect(steps).toBeLessThanOrEqual(lines.length);
          const next: number | null = logContent(
            input(lines, { view: { ...view, top: at } }),
            place,
          ).place!.moved(1);
          if (next !== null) expect(next).toBe(at + 1);
          at = next;
        }
      },
    ),
    { numRuns: 60 },
  );
});
