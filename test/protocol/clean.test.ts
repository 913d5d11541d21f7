import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clean, cleanLines, isUnsafe, jsonLine } from '../../src/protocol/clean.ts';

const anyText = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), fc.string());
const hostile = fc
  .array(
    fc.constantFrom(
      ...[
        '\x1b',
        '\x1b[',
        '\x1b]',
        '\x1bP',
        '\x1b\\',
        '\x07',
        '\x9b',
        '\x9c',
        '\x9d',
        '\x90',
        '\x1bk',
        '\x1bO',
      ],
      ...[
        '[',
        ']',
        '0;',
        '31m',
        '8;;http://x',
        '52;c;aGk=',
        '\n',
        '\r',
        '\t',
        ' ',
        '\u202e',
        '\u200d',
        '\u0301',
      ],
      ...['a', 'm', '\udb40', '\udc41', '\u{e0041}', '日', '😀', '\\'],
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(''));

test('escape sequences vanish whole', () => {
  expect(clean('\x1b[1;31mred\x1b[0m')).toBe('red');
  expect(clean('a\x1b]0;evil title\x07b')).toBe('ab');
  expect(clean('a\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\b')).toBe('alinkb');
  expect(clean('a\x1b]52;c;cm0gLXJmIH4=\x07b')).toBe('ab');
  expect(clean('a\x1b[2J\x1b[Hb\x1bcc')).toBe('abc');
  expect(clean('\x9b31mx\x9d0;title\x9cy\x90q\x9cz')).toBe('xyz');
  expect(
    clean('a\x1bOPb\x1bP1;2q#0\x1b\\c\x1b7d\x1b(Be\x1b_hidden\x1b\\f\x1b^pm\x1b\\g\x1bXsos\x1b\\h'),
  ).toBe('abcdefgh');
  expect(clean('a\x1bPtmux;\x1b\x1b]52;c;aGk=\x07\x1b\\b')).toBe('ab');
  expect(clean('\x1bkwindow name\x1b\\a')).toBe('a');
  expect(clean('\x1b\x1b[31mred')).toBe('red');
  expect(clean('\x1b]0;owned\x07text\b')).toBe('text');
  expect(cleanLines('a\x1bPsixel\nsixel\x1b\\b\nc')).toEqual(['ab', 'c']);
});

test('what reorders, hides or overpaints its neighbours vanishes', () => {
  expect(clean('user\u202egpj.exe\u200b')).toBe('usergpj.exe');
  expect(clean('\u2066a\u2069\u200e\u061cb\u00ad\ufeffc\u2060\u034f\u3164')).toBe('abc');
  expect(clean('a\u{e0001}\u{e0041}\u{e0100}b')).toBe('ab');
  expect(clean(`a${'\u0301'.repeat(40)}b`)).toBe(`a${'\u0301'.repeat(8)}b`);
  expect(clean('e\u0301tude')).toBe('e\u0301tude');
});

test('one line stays one line, in columns', () => {
  expect(clean('a\tb')).toBe('a   b');
  expect(clean('abcd\tb\tc')).toBe('abcd    b   c');
  expect(clean('one\ntwo\r\nthree\u2028four')).toBe('one two three four');
  expect(cleanLines('a\r\nb\rc\nd')).toEqual(['a', 'b', 'c', 'd']);
});

test('a sequence whose end has not come yet leaves nothing behind', () => {
  for (const whole of ['\x1b[38;5;196m', '\x1b]0;title\x07', '\x1bPq#1\x1b\\', '\x1bOP', '\x1b(B', '\x1bc'])
    for (let end = 1; end <= whole.length; end++)
      expect(clean(`a${whole.slice(0, end)}`), JSON.stringify(whole.slice(0, end))).toBe('a');
  expect(cleanLines('a\x1b]0;no end\nb')).toEqual(['a', 'b']);
  expect(cleanLines('a\x1bPno end\nb')).toEqual(['a', 'b']);
});

test('nothing unsafe survives cleaning, and cleaning again changes nothing', () => {
  fc.assert(
    fc.property(fc.oneof(anyText, hostile), (text) => {
      const once = clean(text);
      expect(isUnsafe(once)).toBe(false);
      expect(clean(once)).toBe(once);
      for (const line of cleanLines(text)) expect(isUnsafe(line)).toBe(false);
    }),
    { numRuns: 2000 },
  );
});

test('harmless text comes back as it was', () => {
  for (const text of ['', 'step 1 | loss: 2.01', 'größer als 日本語 😀 👍🏽', 'x = a[0] ** 2  # ∂/∂x'])
    expect(clean(text)).toBe(text);
});

test('cleaning takes time in proportion to the text, whatever it is', () => {
  const begun = process.cpuUsage();
  for (const evil of [
    '\x1b[',
    '\x1b]',
    '\x1bP',
    '\x90\n',
    '\x1bP\n',
    '\x9d',
    '\x1b',
    '\x1b[0',
    '\u0301',
    '\t',
  ])
    cleanLines(evil.repeat(100_000));
  expect(process.cpuUsage(begun).user / 1000).toBeLessThan(4000);
});

test('JSON lines hold no byte that a terminal obeys, and parse to the same', () => {
  fc.assert(
    fc.property(fc.oneof(anyText, hostile), (text) => {
      const line = jsonLine({ text });
      expect(isUnsafe(line)).toBe(false);
      expect(JSON.parse(line)).toEqual(JSON.parse(JSON.stringify({ text })));
    }),
    { numRuns: 1000 },
  );
});
