import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { chartGlyphs } from '../../src/screen/charts/glyphs.ts';
import { verdictLook } from '../../src/screen/glyphs.ts';
import { rowWidth } from '../../src/screen/paint.ts';
import { badge } from '../../src/screen/panes/header-rows.ts';
import { frameOf } from '../../src/screen/shot/frame.tsx';
import type { ScreenStore, Snapshot } from '../../src/screen/store.ts';
import { toAscii } from '../../src/screen/text/ascii.ts';
import { asciiRow } from '../../src/screen/text/ascii-row.ts';
import { createLook, lookOf } from '../../src/screen/theme/look.ts';
import { builtInTheme, mono } from '../../src/screen/theme/themes.ts';
import { initialView } from '../../src/screen/view.ts';
import { states } from './states.ts';

function frame(snapshot: Snapshot, look = lookOf(builtInTheme('dark')!, 'true', true)): string {
  const store = { published: createStore(() => snapshot) } as unknown as ScreenStore;
  return frameOf({ store, look: createLook(look), extents: {} });
}

test.each([
  [60, 16],
  [80, 24],
  [120, 40],
  [200, 60],
  [40, 10],
])('in ASCII no byte of any state is another, and the picture keeps its shape, at %dx%d', (columns, rows) => {
  for (const [name, state] of Object.entries(states)) {
    const snapshot = state({ size: { columns, rows } });
    const text = frame(snapshot).replace(/\x1b\[[\d;]*m/g, '');
    expect(text, name).toMatch(/^[ -~\n]*$/);
    const unicode = frame(snapshot, lookOf(mono, 'none')).replace(/\x1b\[[\d;]*m/g, '');
    expect(text.split('\n').map((row) => row.length)).toEqual(
      unicode.split('\n').map((row) => stringWidth(row)),
    );
  }
});

test('in ASCII the overlays are ASCII too', () => {
  const base = states.training!();
  for (const overlay of [
    { kind: 'help', scroll: 0 },
    { kind: 'revert' },
    { kind: 'stop' },
    { kind: 'note', text: 'größer → 日本', cursor: 3, sticky: false },
  ] as const)
    expect(frame({ ...base, view: { ...initialView(), overlay } }).replace(/\x1b\[[\d;]*m/g, '')).toMatch(
      /^[ -~\n]*$/,
    );
});

test('without colour no state has a coloured code', () => {
  for (const [name, state] of Object.entries(states)) {
    const codes = frame(state(), lookOf(mono, 'none')).match(/\x1b\[[\d;]*m/g) ?? [];
    expect(codes.length, name).toBeGreaterThan(0);
    for (const code of codes)
      expect(code, name).toMatch(/^\x1b\[(0|1|2|4|7|22|24|27)?(;(0|1|2|4|7|22|24|27))*m$/);
  }
});

test('in ASCII no two verdicts or states share a sign, in the list, the chart, its legend and the header', () => {
  const unicode = new Map<string, string>();
  const add = (sign: string, meaning: string) => unicode.set(sign, `${unicode.get(sign) ?? ''} ${meaning}`);
  for (const [verdict, { glyph }] of Object.entries(verdictLook)) add(glyph, verdict);
  for (const [kind, mark] of Object.entries(chartGlyphs.unicode.marks)) add(mark, kind);
  for (const state of Object.values(states)) {
    const { glyph, word } = badge(state());
    add(glyph, word);
  }
  // One sign, one twin, and as the charts have them.
  const twins = [...unicode.keys()].map(toAscii);
  expect(new Set(twins).size, `${[...unicode].map(([sign, what]) => `${toAscii(sign)}${what}`)}`).toBe(
    unicode.size,
  );
  for (const [kind, mark] of Object.entries(chartGlyphs.unicode.marks))
    expect(toAscii(mark), kind).toBe(chartGlyphs.ascii.marks[kind as keyof typeof chartGlyphs.ascii.marks]);
  const [first = ''] = frame(states.training!())
    .replace(/\x1b\[[\d;]*m/g, '')
    .split('\n');
  expect(first).toMatch(/^ > TRAIN/);
  expect(frame(states.training!())).toMatch(/O.*kept/);
});

test('in ASCII what turns is the live mark, and the parts of a bar are told apart', () => {
  expect(toAscii('⠙ ')).toBe('> ');
  expect(toAscii('⠙⠒⠤')).not.toContain('>');
  expect(new Set(['━', '═', '╍', '┅', '─'].map(toAscii)).size).toBe(5);
  // The bar to be beaten is no piece of the line of the best.
  expect(toAscii(chartGlyphs.unicode.limit)).toBe(chartGlyphs.ascii.limit);
  expect(chartGlyphs.ascii.limit).not.toBe(chartGlyphs.ascii.horizontal);
});

test('the noise band shows in ASCII, too', () => {
  expect(frame(states['a noisy metric']!())).toMatch(/'{6}/);
});

test('any text becomes ASCII of the same width', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const plain = text.replace(/\p{C}/gu, '');
      expect(toAscii(plain)).toMatch(/^[ -~]*$/);
      expect(toAscii(plain).length).toBe(stringWidth(plain));
    }),
  );
  expect(toAscii('Größe: 日本 é → 5 µs')).toBe('Grosse: ???? e > 5 us'.replace('Grosse', 'Gro?e'));
});

test('signs that one letter would make ambiguous take two, from the blanks beside them', () => {
  const row = (text: string) =>
    asciiRow([
      { text, tone: 'fg' },
      { text: ' │', tone: 'border' },
    ])
      .map((span) => span.text)
      .join('');
  expect(row(' 1.9731 −0.72% +2.3σ  1:01')).toBe(' 1.9731 -0.72% +2.3sd 1:01 |');
  expect(row('     σ  took')).toBe('     sd took |');
  expect(row('LEARNING_RATE 0.00…')).toBe('LEARNING_RATE 0.0.. |');
  // The mark of a menu is no cut word: it takes a blank where there are two.
  expect(row(' r revert…  s skip')).toBe(' r revert.. s skip |');
  expect(row('─── noise ±0.54% · 1.35 → 1.22 ─')).toBe('- noise +-0.54% . 1.35 -> 1.22 - |');
  // Nowhere to take it from: the narrow twin, never a row that is too wide.
  expect(row('5σ')).toBe('5s |');
});

test('a row in ASCII is as wide as it was, whatever stands in it', () => {
  const sign = fc.constantFrom('σ', '…', '±', '→', '≤', ' ', '─', 'a', '●', '日');
  fc.assert(
    fc.property(fc.array(fc.array(sign, { maxLength: 12 }), { maxLength: 4 }), (spans) => {
      const row = spans.map((signs) => ({ text: signs.join(''), tone: 'fg' as const }));
      const ascii = asciiRow(row);
      expect(ascii.map(({ text }) => text).join('')).toMatch(/^[ -~]*$/);
      expect(rowWidth(ascii)).toBe(rowWidth(row));
    }),
  );
});

test('every sign that the screen draws has a twin of its own, not a question mark', () => {
  const files = readdirSync('src/screen', { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
  const missing = new Set<string>();
  for (const file of files) {
    const code = readFileSync(file, 'utf8').replace(/\/\/.*|\/\*[\s\S]*?\*\//g, '');
    for (const sign of code.match(/[^\x00-\x7f]/g) ?? [])
      if (toAscii(sign).includes('?')) missing.add(`${sign} in ${file}`);
  }
  // What DECIDE looks like is a question mark with more lines.
  expect([...missing].filter((entry) => !entry.startsWith('≟'))).toEqual([]);
});

test('a plus-minus is the same in a row without room to spare', () => {
  const text = (row: string) =>
    asciiRow([{ text: row, tone: 'fg' }])
      .map((span) => span.text)
      .join('');
  expect(text('noise ±8.67%')).toBe('noise+-8.67%');
  expect(text('noise ±8.67%  x')).toBe('noise +-8.67% x');
});
