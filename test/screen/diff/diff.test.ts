import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { pairLines } from '../../../src/screen/diff/pair.ts';
import { parseDiff } from '../../../src/screen/diff/parse.ts';
import { type DiffLook, diffRows } from '../../../src/screen/diff/rows.ts';
import { stress, tokensOf } from '../../../src/screen/diff/stress.ts';
import { painterFor } from '../../../src/screen/diff/syntax.ts';
import { diffText } from '../fixtures.ts';
import { rowText } from '../row-text.ts';

const look = (change: Partial<DiffLook> = {}): DiffLook => ({
  width: 60,
  split: false,
  wrap: false,
  sideways: 0,
  search: '',
  ...change,
});
const drawn = (diff: string, change: Partial<DiffLook> = {}) => diffRows(parseDiff(diff), look(change));

describe('stress', () => {
  const parts = (before: string, after: string) => {
    const { before: b, after: a } = stress(before, after);
    return [b.map(([x, y]) => before.slice(x, y)), a.map(([x, y]) => after.slice(x, y))];
  };
  test.each([
    ['const LR = 0.04;', 'const LR = 0.05;', ['0.04'], ['0.05']],
    // Two changes in one line, with what they share between them.
    ['f(a, 1, x)', 'f(b, 1, y)', ['a', 'x'], ['b', 'y']],
    ['x = y', 'x = y + z', [], ['+ z']],
    ['lr: 1e-3, n: 4', 'lr: 3e-4, n: 4', ['1e-3'], ['3e-4']],
    ['return done;', 'while (true) { break }', [], []],
    ['same', 'same', [], []],
  ])('%s to %s', (before, after, inBefore, inAfter) => {
    expect(parts(before, after)).toEqual([inBefore, inAfter]);
  });

  test('marks lie in order inside the text, and what is not marked is the same in both', () => {
    const code = fc.array(fc.constantFrom('a', 'bb', ' ', '(', ')', '1', '0.5', '=', 'あ'), {
      maxLength: 14,
    });
    fc.assert(
      fc.property(code, code, (x, y) => {
        const [before, after] = [x.join(''), y.join('')];
        const marks = stress(before, after);
        const left = (text: string, places: [number, number][]) => {
          let out = '';
          let at = 0;
          for (const [from, to] of places) {
            expect(from).toBeGreaterThanOrEqual(at);
            expect(to).toBeLessThanOrEqual(text.length);
            out += text.slice(at, from);
            at = to;
          }
          return (out + text.slice(at)).replace(/\s/g, '');
        };
        if (marks.before.length + marks.after.length > 0)
          expect(left(before, marks.before)).toBe(left(after, marks.after));
      }),
    );
  });

  test('tokens are the whole text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(tokensOf(text).join('')).toBe(text);
      }),
    );
  });
});

test('lines pair up with the ones they became, not with what happens to stand beside them', () => {
  expect(pairLines(['a = f(x)', 'b = g(y)'], ['# new', 'a = f(x, 1)', 'b = g(y, 2)'])).toEqual([
    [null, 0],
    [0, 1],
    [1, 2],
  ]);
  expect(pairLines([], ['x'])).toEqual([[null, 0]]);
});

test('every line is paired once, in order', () => {
  const lines = fc.array(fc.constantFrom('a = 1', 'a = 2', 'b(c)', '', 'x y z', 'x y'), { maxLength: 9 });
  fc.assert(
    fc.property(lines, lines, (before, after) => {
      const pairs = pairLines(before, after);
      expect(pairs.flatMap(([b]) => (b === null ? [] : [b]))).toEqual(before.map((_, i) => i));
      expect(pairs.flatMap(([, a]) => (a === null ? [] : [a]))).toEqual(after.map((_, i) => i));
    }),
  );
});

test('a change one below the other, and side by side', () => {
  const unified = drawn(diffText);
  expect(unified.rows.slice(0, 6).map(rowText)).toEqual([
    'train.mjs',
    '@@ 12 @@ const CONTEXT = 96;',
    '  12   const EMBEDDING_LR = 0.8;',
    '  13   const UNEMBEDDING_LR = 0.008;',
    '  14 − const MATRIX_LR = 0.04;',
    '  14 + const MATRIX_LR = 0.05;',
  ]);
  expect(unified.rows[4]!.filter((s) => s.tone === 'delEmph').map((s) => s.text)).toEqual(['0.04']);
  expect([unified.hunks, unified.first]).toEqual([[1, 8], { change: 4, added: 5 }]);
  const split = drawn(diffText, { split: true, width: 80 });
  expect(rowText(split.rows[4]!)).toBe(
    '  14 − const MATRIX_LR = 0.04;         │  14 + const MATRIX_LR = 0.05;',
  );
  expect(rowText(split.rows[9]!)).toBe(`${' '.repeat(39)}│  89 +   // Warm up first: the first st…`);
});

test.each([
  [
    'new file',
    'diff --git a/n.py b/n.py\nnew file mode 100644\nindex 0..1\n--- /dev/null\n+++ b/n.py\n@@ -0,0 +1 @@\n+x = 1\n',
    'n.py  new file',
  ],
  [
    'deleted',
    'diff --git a/n.py b/n.py\ndeleted file mode 100644\nindex 1..0\n--- a/n.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-x = 1\n',
    'n.py  deleted',
  ],
  [
    'binary',
    'diff --git a/w.bin b/w.bin\nindex 1..2 100644\nBinary files a/w.bin and b/w.bin differ\n',
    'w.bin  binary: not shown',
  ],
  [
    'renamed',
    'diff --git a/a.py b/b.py\nsimilarity index 100%\nrename from a.py\nrename to b.py\n',
    'b.py  renamed from a.py',
  ],
  ['mode', 'diff --git a/a.sh b/a.sh\nold mode 100644\nnew mode 100755\n', 'a.sh  mode changed'],
])('a file that is %s says so', (_, diff, expected) => {
  expect(rowText(drawn(diff).rows[0]!)).toBe(expected);
});

test('two files: both are named, lines that only look like heads are not', () => {
  const { files, added, removed, hunks } = parseDiff(
    'diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1,2 +1,2 @@\n--- old\n+++ new\n same\ndiff --git a/c b/c\n--- a/c\n+++ b/c\n@@ -1 +1 @@\n-x\n\\ No newline at end of file\n+y\n',
  );
  expect({ files, added, removed, hunks }).toEqual({ files: ['a', 'c'], added: 2, removed: 2, hunks: 2 });
});

test('sideways, wrapped, searched', () => {
  const long = `diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-${'abcdefghij'.repeat(9)}\n+short\n`;
  expect(rowText(drawn(long, { width: 27, sideways: 5 }).rows[2]!)).toBe('   1 − fghijabcdefghijabcd…');
  const wrapped = drawn(long, { width: 37, wrap: true }).rows.map(rowText);
  expect(wrapped.slice(2, 6)).toEqual([
    `   1 − ${'abcdefghij'.repeat(3)}`,
    `     ⋅ ${'abcdefghij'.repeat(3)}`,
    `     ⋅ ${'abcdefghij'.repeat(3)}`,
    '   1 + short',
  ]);
  const found = drawn(diffText, { search: 'warm' });
  expect(found.matches.length).toBe(1);
  expect(found.rows[found.matches[0]!]!.find((s) => s.inverse)?.text).toBe('Warm');
});

test('syntax: strings, numbers, comments and keywords of one line', () => {
  const words = (path: string, text: string) =>
    painterFor(path)(text).map(
      ({ start, end, tone, bold }) => `${text.slice(start, end)}:${tone ?? (bold ? 'bold' : '')}`,
    );
  expect(words('a.py', 'for x in [1, 2.5e-3]:  # "no" string')).toEqual([
    'for:bold',
    'in:bold',
    '1:accent',
    '2.5e-3:accent',
    '# "no" string:dim',
  ]);
  expect(words('a.mjs', "const a = 'it // is'; // end")).toEqual([
    'const:bold',
    "'it // is':accent",
    '// end:dim',
  ]);
  expect(words('a.txt', 'for "x"')).toEqual([]);
});

test('whatever the lines hold, rows fit their place', () => {
  const line = fc.oneof(
    fc.string({ maxLength: 90 }),
    fc.constantFrom(
      '漢字'.repeat(40),
      'e\u0301'.repeat(70),
      '\ta\tb'.repeat(20),
      '👩‍👩‍👧'.repeat(12),
      '\x1b[31mred',
    ),
  );
  const place = fc.record({
    width: fc.integer({ min: 12, max: 90 }),
    split: fc.boolean(),
    wrap: fc.boolean(),
    sideways: fc.integer({ min: 0, max: 40 }),
    search: fc.constantFrom('', 'a', '漢'),
  });
  fc.assert(
    fc.property(
      fc.array(line, { maxLength: 6 }),
      fc.array(line, { maxLength: 6 }),
      place,
      (before, after, where) => {
        const plain = (text: string) => text.replace(/[\r\n]/g, '');
        const diff = `diff --git a/x.py b/x.py\n--- a/x.py\n+++ b/x.py\n@@ -1,${before.length} +1,${after.length} @@\n${before.map((l) => `-${plain(l)}\n`).join('')}${after.map((l) => `+${plain(l)}\n`).join('')}`;
        const { rows } = drawn(diff, where);
        for (const row of rows.slice(2)) expect(stringWidth(rowText(row))).toBeLessThanOrEqual(where.width);
      },
    ),
    { numRuns: 200 },
  );
});

test('a large change is drawn in a blink', () => {
  const body = Array.from(
    { length: 1500 },
    (_, i) =>
      `-value_${i} = compute(${i}, scale=0.${i})\n+value_${i} = compute(${i + 1}, scale=0.${i}5)\n context = "${i}"\n`,
  ).join('');
  const diff = `diff --git a/x.py b/x.py\n--- a/x.py\n+++ b/x.py\n@@ -1,3000 +1,3000 @@\n${body}`;
  drawn(diff);
  const started = process.cpuUsage();
  const { rows } = drawn(diff, { width: 150, split: true });
  const { user, system } = process.cpuUsage(started);
  expect(rows.length).toBe(3002);
  expect((user + system) / 1000).toBeLessThan(1500);
  console.log(`4,500 lines parsed and drawn in ${((user + system) / 1000).toFixed(0)} ms of CPU`);
});
