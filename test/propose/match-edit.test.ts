import { describe, expect, test } from 'vitest';
import { matchEdit } from '../../src/propose/match-edit.ts';
import { trainPy } from './surface-sample.ts';

/** The text after the edit, or the code of the refusal. */
function edited(base: string, search: string, replace: string): string {
  const found = matchEdit(base, search, replace);
  if (!found.ok) return found.code;
  let out = base;
  for (const s of [...found.splices].sort((a, b) => b.start - a.start)) {
    out = out.slice(0, s.start) + s.text + out.slice(s.end);
  }
  return out;
}

const loss = ['    def loss(self, x, y):', '        h = self.forward(x)', '        return (h - y) ** 2'];
const newLoss = ['    def loss(self, x, y):', '        h = self.forward(x)', '        return abs(h - y)'];
const expected = trainPy.replace(loss.join('\n'), newLoss.join('\n'));

describe('tiers', () => {
  const cases: [string, string[], string[], number][] = [
    ['exact', loss, newLoss, 1],
    ['trailing blanks', loss.map((l) => `${l}  `), newLoss, 2],
    ['no indentation', loss.map((l) => l.slice(4)), newLoss.map((l) => l.slice(4)), 3],
    ['too much indentation', loss.map((l) => `  ${l}`), newLoss.map((l) => `  ${l}`), 3],
    [
      'tabs for four spaces',
      loss.map((l) => l.replaceAll('    ', '\t')),
      newLoss.map((l) => l.replaceAll('    ', '\t')),
      3,
    ],
    ['NBSP for spaces', loss.map((l) => l.replace(/^ +/, (m) => '\u00a0'.repeat(m.length))), newLoss, 2],
    ['blank lines at the edges', ['', '', ...loss, '', ''], ['', '', ...newLoss, '', ''], 4],
    ['inner whitespace', loss.map((l) => l.replace('self, x', 'self,  x')), newLoss, 5],
    ['elision', [loss[0]!, '        ...', loss[2]!], [newLoss[0]!, '        ...', newLoss[2]!], 6],
  ];
  test.each(cases)('%s', (_name, search, replace, tier) => {
    expect(edited(trainPy, search.join('\n'), replace.join('\n'))).toBe(expected);
    const found = matchEdit(trainPy, search.join('\n'), replace.join('\n'));
    expect(found).toMatchObject({ ok: true, tier, fuzzy: tier >= 6 });
  });

  test('anchors: one line retyped wrongly in twelve', () => {
    const lines = trainPy.split('\n').slice(6, 19);
    const search = lines.map((l) => (l.includes('embed') ? l.replace('embed', 'embedding') : l));
    const found = matchEdit(trainPy, search.join('\n'), 'class Model:\n    pass');
    expect(found).toMatchObject({ ok: true, tier: 7, fuzzy: true });
    expect(edited(trainPy, search.join('\n'), 'class Model:\n    pass')).toBe(
      trainPy.replace(lines.join('\n'), 'class Model:\n    pass'),
    );
  });

  test('anchors do not stretch: a third of the lines wrong is no match', () => {
    const lines = trainPy.split('\n').slice(6, 19);
    const search = lines.map((l, i) => (i % 3 === 1 ? `${l} wrong` : l));
    expect(edited(trainPy, search.join('\n'), 'pass')).toBe('no-match');
  });
});

describe('places', () => {
  test('two places are never the first of them', () => {
    expect(edited(trainPy, '        return h\n', 'x')).not.toBe('many-matches');
    expect(edited('a\nb\na\n', 'a', 'c')).toBe('many-matches');
    expect(edited('  a\nb\n    a\n', 'a', 'c')).toBe('many-matches');
  });
  test('part of a line, between word boundaries', () => {
    expect(edited('opt = Adam(lr=0.1, b=2)\n', 'lr=0.1', 'lr=0.2')).toBe('opt = Adam(lr=0.2, b=2)\n');
    expect(edited('rate = 0.10\n', 'rate = 0.1', 'rate = 0.2')).toBe('no-match');
    expect(edited('max = 1\n', 'x = 1', 'x = 2')).toBe('no-match');
    expect(edited('f(lr=1) + g(lr=1)\n', 'lr=1', 'lr=2')).toBe('many-matches');
  });
  test('deleting, at the start, in the middle, and a last line without newline', () => {
    expect(edited('a\nb\nc', 'a', '')).toBe('b\nc');
    expect(edited('a\nb\nc', 'b', '')).toBe('a\nc');
    expect(edited('a\nb\nc', 'c', '')).toBe('a\nb');
    expect(edited('a\nb\nc', 'b', '\n')).toBe('a\n\nc');
  });
  test('lost indentation that no shift explains is refused', () => {
    expect(edited(trainPy, loss.map((l) => l.trim()).join('\n'), newLoss.join('\n'))).toBe('no-match');
  });
  test('REPLACE at another depth than a shifted SEARCH is refused, not guessed', () => {
    expect(edited('def f():\n    x = 1\n', 'x = 1', '    x = 2')).toBe('def f():\n    x = 2\n');
    expect(edited('def f():\n    x = 1\n    y = 1\n', 'x = 1\ny = 1', '    x = 2\n    y = 1')).toBe(
      'no-match',
    );
  });
  test('elision pieces must be unique and in order', () => {
    expect(edited('a\nx\nb\nx\nc\n', 'a\n...\nx', 'a\n...\ny')).toBe('many-matches');
    expect(edited('a\nb\nc\n', 'c\n...\na', 'c\n...\nd')).toBe('no-match');
  });
  test('an empty or blank SEARCH matches nothing', () => {
    expect(edited('a\n\nb\n', '', 'x')).toBe('no-match');
    expect(edited('a\n\nb\n', '\n', 'x')).toBe('no-match');
  });
});
