import { expect, test } from 'vitest';
import { kindLines, kindOf, kindsTried } from '../../src/propose/families.ts';
import { lessonLines } from '../../src/propose/lessons.ts';
import { recentHint } from '../../src/propose/prompt-history.ts';
import { row } from './ollama/sample-context.ts';
import { surface } from './surface-sample.ts';

test.each([
  ['Learning Rate', 'learning rate'],
  ['lr', 'learning rate'],
  ['LR schedule', 'schedule'],
  ['learning rate decay', 'schedule'],
  ['weight decay', 'regularisation'],
  ['batch_size', 'batch size'],
  ['Optimizer', 'optimiser'],
  ['model architecture', 'architecture'],
  ['simplification', 'simpler code'],
  ['quantum leap', 'quantum leap'],
])('a family called %j is about %s', (family, kind) => {
  expect(kindOf({ family, constants: [] })).toBe(kind);
});

test('without a family the constants tell', () => {
  const constants = [{ path: 'a.py', name: 'DROPOUT', from: 0, to: 0.1 }];
  expect(kindOf({ family: null, constants })).toBe('regularisation');
  expect(kindOf({ family: ' ', constants: [] })).toBeNull();
});

test('tried and untried kinds; what never ran is no try; a program is not told of learning rates', () => {
  const history = [
    row(1, { family: 'learning rate', verdict: 'kept' }),
    row(2, { family: 'lr' }),
    row(3, { family: 'architecture', verdict: 'rejected' }),
  ];
  const kinds = kindsTried(history, surface, 'val_loss');
  expect(kinds.tried).toEqual([{ kind: 'learning rate', count: 2, kept: 1 }]);
  expect(kinds.untried).toContain('architecture');
  expect(kinds.untried).not.toContain('learning rate');
  expect(kindLines(kinds)[0]).toBe('Kinds of change tried: learning rate 2 (1 kept)');
  const sorting = kindsTried([], new Map([['sort.py', 'def sort(a): return sorted(a)']]), 'ms');
  expect(sorting.untried).toContain('caching');
  expect(sorting.untried).not.toContain('learning rate');
  expect(kindLines(sorting)).toEqual([]);
});

test('four of a kind: the untried ones are named', () => {
  const same = [1, 2, 3, 4].map((n) => row(n, { family: n % 2 ? 'learning rate' : 'LR' }));
  expect(recentHint(same, ['batch size', 'architecture'])).toBe(
    'The last four experiments were all about learning rate; try another kind of change, such as batch size, architecture.',
  );
});

test('lessons are values and reasons, which hold after a revert', () => {
  const lr = (n: number, to: number, over = {}) =>
    row(n, { constants: [{ path: 'a.py', name: 'LR', from: 1, to }], label: 'worse', z: -4, ...over });
  const history = [
    lr(1, 0.1),
    lr(2, 0.02, { verdict: 'reverted', z: 2.2, label: null }),
    lr(3, 0.05, { z: -0.2, label: 'noise' }),
    lr(4, 3, { verdict: 'crashed', z: null, why: 'loss is nan' }),
    row(5, { verdict: 'crashed', z: null, why: 'loss is nan' }),
  ];
  expect(lessonLines(history, 10)).toEqual([
    'LR: 0.02 (+2.2), 0.05 (noise), 0.1 (-4.0), 3 (crashed)',
    'Failed 2 times (#4, #5): loss is nan',
    '#2 was kept and then taken back by the user (+2.2 sigma when it was measured); the files no longer have it: idea 2',
  ]);
  expect(lessonLines(history, 0)).toEqual([]);
});
