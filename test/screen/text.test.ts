import fc from 'fast-check';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { clean } from '../../src/protocol/clean.ts';
import { alignLeft, alignRight, cut, cutStart, width } from '../../src/screen/text/cut.ts';
import { clock, duration, memory, number, percent } from '../../src/screen/text/format.ts';
import { wrapLine } from '../../src/screen/text/wrap.ts';
import { constant } from '../../src/screen/what-text.ts';

const anyText = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), fc.string());

test('cut, align and wrap keep to the columns', () => {
  fc.assert(
    fc.property(anyText.map(clean), fc.integer({ min: 1, max: 40 }), (text, columns) => {
      expect(stringWidth(cut(text, columns))).toBeLessThanOrEqual(columns);
      expect(stringWidth(cutStart(text, columns))).toBeLessThanOrEqual(columns);
      expect(width(alignLeft(text, columns))).toBe(columns);
      expect(width(alignRight(text, columns))).toBe(columns);
      for (const piece of wrapLine(text, columns)) expect(width(piece)).toBeLessThanOrEqual(columns);
    }),
  );
});

test('cut says that something is missing', () => {
  expect(cut('hypothesis', 6)).toBe('hypot…');
  expect(cut('short', 6)).toBe('short');
  expect(cut('日本語テキスト', 6)).toBe('日本…');
  expect(cutStart('/home/ada/train.mjs', 10)).toBe('…train.mjs');
});

test('wrap breaks at blanks and keeps the indent', () => {
  expect(wrapLine('one two three four', 9)).toEqual(['one two', 'three', 'four']);
  expect(wrapLine('  indented words here', 12)).toEqual(['  indented', '  words here']);
  expect(wrapLine('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij']);
});

test('numbers for people', () => {
  expect([0.97734, 12.3456, 123.456, 12_345.6, 0.00001234, 0, -2.5, 0.0404, 0.003987].map(number)).toEqual([
    '0.9773',
    '12.346',
    '123.46',
    '12346',
    '1.234e-5',
    '0',
    '-2.5000',
    '0.04040',
    '0.003987',
  ]);
  expect(number(null)).toBe('–');
  expect([80, 128, -3, 12_000].map(number)).toEqual(['80', '128', '-3', '12000']);
  expect([0.0573211, 80, 65_536, 1e-7].map(constant)).toEqual(['0.05732', '80', '65536', '1e-7']);
  expect([7, 65, 3725].map(clock)).toEqual(['0:07', '1:05', '1:02:05']);
  expect([0.84, 42, 83].map(duration)).toEqual(['0.8s', '42s', '1:23']);
  expect([512, 22_630].map(memory)).toEqual(['512M', '22.1G']);
  expect([-0.0123, 0.00001, 0.5].map(percent)).toEqual(['−1.23%', '±0.00%', '+50.0%']);
});
