import fc from 'fast-check';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { clean, cleanLines, isUnsafe } from '../../src/screen/text/clean.ts';
import { alignLeft, alignRight, cut, cutStart, width } from '../../src/screen/text/cut.ts';
import { clock, duration, memory, number, percent } from '../../src/screen/text/format.ts';
import { wrapLine } from '../../src/screen/text/wrap.ts';
import { constant } from '../../src/screen/what-text.ts';

const anyText = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), fc.string());

test('escape sequences vanish whole', () => {
  expect(clean('\x1b[31mred\x1b[0m')).toBe('red');
  expect(clean('a\x1b]0;evil title\x07b')).toBe('ab');
  expect(clean('a\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\b')).toBe('alinkb');
  expect(clean('a\x1b[2J\x1b[Hb\x1bcc')).toBe('abc');
  expect(clean('\x9b31mx')).toBe('x');
  expect(clean('a\x1bOPb\x1bP1;2q#0\x1b\\c\x1b7d\x1b(Be\x1b_hidden\x1b\\f')).toBe('abcdef');
  expect(clean('\x1b\x1b[31mred')).toBe('red');
  expect(cleanLines('a\x1bPsixel\nsixel\x1b\\b\nc')).toEqual(['ab', 'c']);
  expect(clean('user\u202egpj.exe\u200b')).toBe('usergpj.exe');
  expect(clean('a\tb')).toBe('a   b');
  expect(cleanLines('a\r\nb\rc\nd')).toEqual(['a', 'b', 'c', 'd']);
});

test('a sequence whose end has not come yet leaves nothing behind', () => {
  for (const whole of ['\x1b[38;5;196m', '\x1b]0;title\x07', '\x1bPq#1\x1b\\', '\x1bOP', '\x1b(B', '\x1bc'])
    for (let end = 1; end <= whole.length; end++)
      expect(clean(`a${whole.slice(0, end)}`), JSON.stringify(whole.slice(0, end))).toBe('a');
  expect(cleanLines('a\x1b]0;no end\nb')).toEqual(['a', 'b']);
  expect(cleanLines('a\x1bPno end\nb')).toEqual(['a', 'b']);
});

test('nothing unsafe survives cleaning', () => {
  fc.assert(fc.property(anyText, (text) => !isUnsafe(clean(text))));
});

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
  expect([0.97734, 12.3456, 123.456, 12_345.6, 0.00001234, 0, -2.5].map(number)).toEqual([
    '0.9773',
    '12.346',
    '123.46',
    '12346',
    '1.23e-5',
    '0',
    '-2.5000',
  ]);
  expect(number(null)).toBe('–');
  expect([80, 128, -3, 12_000].map(number)).toEqual(['80', '128', '-3', '12000']);
  expect([0.0573211, 80, 65_536, 1e-7].map(constant)).toEqual(['0.05732', '80', '65536', '1e-7']);
  expect([7, 65, 3725].map(clock)).toEqual(['0:07', '1:05', '1:02:05']);
  expect([0.84, 42, 83].map(duration)).toEqual(['0.8s', '42s', '1:23']);
  expect([512, 22_630].map(memory)).toEqual(['512M', '22.1G']);
  expect([-0.0123, 0.00001, 0.5].map(percent)).toEqual(['−1.23%', '±0.00%', '+50.0%']);
});
