import { expect, it } from 'vitest';
import { codeLines } from '../../src/engine/code-lines.ts';

const diff = (...lines: string[]) =>
  ['diff --git a/t.py b/t.py', '--- a/t.py', '+++ b/t.py', '@@ -1,3 +1,2 @@', ' same', ...lines].join('\n');

it.each([
  [[], 0],
  [['-old', '+new'], 0],
  [['-a = 1', '-b = 2', '+a, b = 1, 2'], -1],
  [['-', '-   ', '-# why', '-// why', '- * why', '-/* why */'], 0],
  [['+#include <x.h>', '+*args,', '+--step'], 3],
  [['-a', '-- b', '+# a comment instead'], -2],
])('%j are %i lines of code', (lines, net) => {
  expect(codeLines(diff(...lines))).toBe(net);
});

it('the names of files are no lines, in the second file neither', () => {
  expect(codeLines(`${diff('-x')}\n${diff('-y')}`)).toBe(-2);
  expect(codeLines('')).toBe(0);
});
