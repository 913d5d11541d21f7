import fc from 'fast-check';
import { expect, test } from 'vitest';
import lineUpdate from '../../src/screen/line-update-cells.ts';
import { VirtualScreen } from '../harness/virtual-screen.ts';

const columns = 24;
const style = fc.constantFrom(
  ['', ''],
  ['\x1b[1m', '\x1b[22m'],
  ['\x1b[38;2;10;20;30m', '\x1b[39m'],
  ['\x1b[48;2;9;8;7m', '\x1b[49m'],
  ['\x1b[4m\x1b[31m', '\x1b[39m\x1b[24m'],
  ['\x1b[7m', '\x1b[27m'],
);
const words = fc.oneof(
  fc.string({ maxLength: 9 }).map((text) => text.replace(/[^ -~]/g, '')),
  fc.constantFrom(
    'loss: 2.31',
    'loss: 2.38',
    '━━╸──',
    '⠋⣿ ',
    '│',
    '     ',
    'step 99',
    '日本',
    '👩‍👩‍👧',
    'e\u0301',
  ),
);
const row = fc
  .array(fc.tuple(style, words), { maxLength: 6 })
  .map((parts) => parts.map(([[on, off], text]) => `${on}${text}${off}`).join(''));

async function cellsOf(...writes: string[]) {
  const screen = new VirtualScreen({ columns, rows: 3, convertEol: true });
  for (const text of writes) await screen.feed(text);
  const { active } = screen.terminal.buffer;
  const cells = [0, 1, 2].flatMap((y) =>
    Array.from({ length: columns }, (_, x) => {
      const cell = active.getLine(y)!.getCell(x)!;
      const looks = [
        cell.getFgColor(),
        cell.getBgColor(),
        cell.isBold(),
        cell.isUnderline(),
        cell.isInverse(),
      ];
      return `${cell.getChars() || ' '} ${looks}`;
    }),
  );
  return { cells, cursor: active.cursorY };
}

const fits = (text: string) => text.replace(/\x1b\[[0-9;]*m/g, '').length <= columns / 2;
const short = row.filter(fits);
// The last column, too: there a terminal waits with the cursor on the cell that it wrote.
const full = row.map((text) => {
  const wide = text.replace(/[^\x1b -~─-╿⠀-⣿]/gu, '');
  const blanks = columns - wide.replace(/\x1b\[[0-9;]*m/g, '').length;
  return blanks < 1 ? 'x'.repeat(columns) : `${wide}${' '.repeat(blanks - 1)}│`;
});

test('a row changed cell by cell looks as one written whole, and what follows stands where it should', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(short, full), fc.oneof(short, full), async (previous, next) => {
      const changed = await cellsOf(
        `${previous}\nunder`,
        `\x1b[1A`,
        `${lineUpdate(previous, next, columns)}\n!`,
      );
      const whole = await cellsOf(`${previous}\nunder`, `\x1b[1A`, `\x1b[1G\x1b[K${next}\n!`);
      expect(changed).toEqual(whole);
    }),
    { numRuns: 200 },
  );
});

test('a digit costs a jump and a digit, whatever stands behind it', () => {
  const before = '\x1b[38;2;1;2;3m│\x1b[39m step 000012 | loss: 2.31 \x1b[38;2;1;2;3m│\x1b[39m';
  expect(lineUpdate(before, before.replace('12', '13'), 120)).toBe('\x1b[13G3');
  expect(lineUpdate(before, before.replace('12', '23').replace('2.31', '2.30'), 120)).toBe(
    '\x1b[12G23\x1b[26G0',
  );
});

test('what is near is written through rather than jumped over, and a shorter row is cut', () => {
  expect(lineUpdate('abcdefgh', 'Abcdefgh!', 80)).toBe('\x1b[1GA\x1b[9G!');
  expect(lineUpdate('abcdefgh', 'AbcDefgh', 80)).toBe('\x1b[1GAbcD');
  expect(lineUpdate('abcdefghijkl', 'abcdefgh', 80)).toBe('\x1b[9G\x1b[K');
});

test('a row that may hold wide characters, or does not fit, is written whole', () => {
  expect(lineUpdate('日本 1', '日本 2', 80)).toBe('\x1b[1G\x1b[K日本 2');
  expect(lineUpdate('abc 1 and more', 'abc 2 and more', 4)).toBe('\x1b[1G\x1b[Kabc 2 and more');
  expect(lineUpdate('abc 1\tand more', 'abc 2\tand more', 80)).toBe('\x1b[1G\x1b[Kabc 2\tand more');
});
