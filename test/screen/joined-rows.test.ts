import { styledCharsFromTokens, tokenize } from '@alcalzone/ansi-tokenize';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { joinRows, type Operation } from '../../src/screen/joined-rows.ts';
import { PLAIN_RANGES } from '../../src/screen/plain-signs.ts';

const width = 30;
const height = 4;
const file = new URL('build/output.js', import.meta.resolve('ink').replace(/build\/index\.js$/, ''));
const { default: Output } = (await import(file.href)) as {
  default: new (size: {
    width: number;
    height: number;
  }) => {
    operations: Operation[];
    get(): { output: string; height: number };
  };
};

const style = fc.constantFrom(
  ['', ''],
  ['\x1b[1m', '\x1b[22m'],
  ['\x1b[38;2;10;20;30m', '\x1b[39m'],
  ['\x1b[48;2;9;8;7m', '\x1b[49m'],
  ['\x1b[4;31m', '\x1b[24;39m'],
  // Left open.
  ['\x1b[7m', ''],
);
const words = fc.constantFrom(
  'loss',
  '  ',
  '━╸─',
  '●◔ ○',
  '│ ',
  'é',
  '日本',
  '👩‍👩‍👧',
  'e\u0301',
  '\u200b',
  '✓',
);
const text = fc
  .array(fc.tuple(style, words), { maxLength: 4 })
  .map((parts) => parts.map(([[on, off], word]) => `${on}${word}${off}`).join(''));
const write = fc
  .tuple(fc.nat(width - 1), fc.integer({ min: -1, max: height }), text)
  .map(([x, y, text]): Operation => ({ type: 'write', x, y, text, transformers: [(line) => line] }));

/** What stands in each cell of a row, blanks at its end left out. */
function cellsOf(row: string): string[] {
  const cells = styledCharsFromTokens(tokenize(row)).map(
    ({ value, styles }) => `${value} ${styles.map((s) => s.code).sort()}`,
  );
  while (cells.at(-1) === '  ') cells.pop();
  return cells;
}

test('the same cells as Ink’s own grid, beside and over each other', () => {
  let joined = 0;
  fc.assert(
    fc.property(fc.array(write, { maxLength: 8 }), (operations) => {
      const mine = joinRows(operations, height);
      if (mine === null) return;
      joined += 1;
      const grid = new Output({ width, height });
      grid.operations = operations;
      const theirs = grid.get();
      expect(mine.height).toBe(theirs.height);
      expect(mine.output.split('\n').map(cellsOf)).toEqual(theirs.output.split('\n').map(cellsOf));
    }),
    { numRuns: 400 },
  );
  expect(joined).toBeGreaterThan(200);
});

test('what is cut, or spans rows, or lies over half of a wide character, is left to Ink', () => {
  const at = (x: number, text: string): Operation => ({ type: 'write', x, y: 0, text, transformers: [] });
  expect(joinRows([{ type: 'clip' }, at(0, 'a'), { type: 'unclip' }], 1)).toBeNull();
  expect(joinRows([at(0, 'a\nb')], 2)).toBeNull();
  expect(joinRows([at(-1, 'ab')], 1)).toBeNull();
  expect(joinRows([at(0, '日本'), at(1, 'x')], 1)).toBeNull();
  expect(joinRows([at(2, '日本'), at(0, 'ab'), at(6, 'c')], 1)?.output).toBe('ab日本c');
});

test('every plain sign is one cell for Ink, alone and in a row', () => {
  for (const [from, to] of PLAIN_RANGES) {
    const signs = String.fromCharCode(...Array.from({ length: to - from + 1 }, (_, i) => from + i));
    const tokens = tokenize(signs);
    expect(tokens.map((token) => (token.type === 'char' ? token.value : token.type)).join('')).toBe(signs);
    expect(tokens.length).toBe(signs.length);
    expect(tokens.some((token) => token.type === 'char' && token.fullWidth)).toBe(false);
  }
});
