import * as original from '@alcalzone/ansi-tokenize';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as fast from '../../src/screen/ansi-tokenize-fast.ts';
import { knownPlain } from '../../src/screen/plain-signs.ts';

const sgr = fc.constantFrom(
  '\x1b[0m',
  '\x1b[1m',
  '\x1b[2m',
  '\x1b[7m',
  '\x1b[22m',
  '\x1b[39m',
  '\x1b[31m',
  '\x1b[38;5;208m',
  '\x1b[1;38;2;1;2;3m',
  '\x1b[48;2;9;8;7m',
  '\x1b[m',
  '\x1b[4;9m',
);
const piece = fc.oneof(
  sgr,
  fc.string(),
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '━╸─ ●',
    '⠋⣿',
    '×◔∅~↺◆▸',
    '日本',
    '👩‍👩‍👧',
    '🇫🇷',
    'e\u0301',
    '☺\ufe0f',
    '\x1b]8;;http://x\x07',
    '\x1b[2J',
    '\x9b31m',
    '\n',
  ),
);
const text = fc.array(piece, { maxLength: 12 }).map((parts) => parts.join(''));

test('the same tokens and characters as the original, the first time and from memory', () => {
  fc.assert(
    fc.property(text, (row) => {
      for (let times = 0; times < 2; times++) {
        expect(fast.tokenize(row)).toEqual(original.tokenize(row));
        expect(fast.styledCharsFromTokens(fast.tokenize(row))).toEqual(
          original.styledCharsFromTokens(original.tokenize(row)),
        );
        // Also of rows put together from several, as Ink does.
        const rows = [row, 'plain', row].map((r) => original.styledCharsFromTokens(original.tokenize(r)));
        const shared = [row, 'plain', row].map((r) => fast.styledCharsFromTokens(fast.tokenize(r)));
        expect(fast.styledCharsToString(shared.flat())).toBe(original.styledCharsToString(rows.flat()));
        expect(fast.styledCharsToString(rows.flat())).toBe(original.styledCharsToString(rows.flat()));
      }
    }),
    { numRuns: 2000 },
  );
});

test('a limited tokenize is the original’s', () => {
  expect(fast.tokenize('abcdef', 3)).toEqual(original.tokenize('abcdef', 3));
});

test('memory is bounded and a row on screen stays in it', () => {
  const kept = fast.tokenize('a row that stays');
  for (let i = 0; i < 5000; i++) {
    fast.tokenize(`row ${i}`);
    if (i % 100 === 0) expect(fast.tokenize('a row that stays')).toBe(kept);
  }
  const gone = fast.tokenize('row 0');
  expect(fast.tokenize('row 0')).toBe(gone);
});

test('Ink would change nothing in a row that is plain: the bundle does not ask it to', async () => {
  const inside = new URL(
    'build/squash-text-nodes.js',
    import.meta.resolve('ink').replace(/build\/index\.js$/, ''),
  );
  type Node = { nodeName: 'ink-text'; childNodes: { nodeName: '#text'; nodeValue: string }[] };
  const { default: squash } = (await import(inside.href)) as { default: (node: Node) => string };
  let seen = 0;
  fc.assert(
    fc.property(text, (row) => {
      if (!knownPlain(row)) return;
      seen += 1;
      expect(squash({ nodeName: 'ink-text', childNodes: [{ nodeName: '#text', nodeValue: row }] })).toBe(row);
      expect(knownPlain(row)).toBe(true);
    }),
    { numRuns: 2000 },
  );
  expect(seen).toBeGreaterThan(100);
});
