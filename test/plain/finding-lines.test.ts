import { expect, test } from 'vitest';
import { findingLines, findingSummary } from '../../src/plain/finding-lines.ts';
import type { Finding } from '../../src/protocol/findings.ts';

const findings: Finding[] = [
  { area: 'git', level: 'ok', what: 'git 2.39.5', fix: null },
  {
    area: 'config',
    level: 'fail',
    what: 'pawl.yaml:3: metric: is missing',
    fix: 'Name the number\x1b[2J to improve.',
  },
  {
    area: 'config',
    level: 'warn',
    what: 'a long sentence that does not fit into a line of forty columns',
    fix: null,
  },
];

test('findings are aligned, say their area once, and what to do below', () => {
  expect(findingLines(findings, { width: 60, colour: false, unicode: true })).toEqual([
    '  ✓ git       git 2.39.5',
    '  ✗ config    pawl.yaml:3: metric: is missing',
    '              → Name the number to improve.',
    '  !           a long sentence that does not fit into a line',
    '              of forty columns',
  ]);
});

test('without unicode the signs still differ; with colour nothing but colour is added', () => {
  const plain = findingLines(findings, { width: 60, colour: false, unicode: false });
  expect(plain.map((line) => line[2])).toEqual(['+', 'x', ' ', '!', ' ']);
  const colour = findingLines(findings, { width: 60, colour: true, unicode: false });
  expect(colour.join('\n')).toContain('\x1b[1;31mx\x1b[0m');
  expect(colour.map((line) => line.replace(/\x1b\[[0-9;]*m/g, ''))).toEqual(plain);
});

test('the summary counts, and says whether a run can start', () => {
  expect(findingSummary(findings)).toBe('1 fine, 1 warning, 1 failure: a run could not start');
  expect(findingSummary(findings.slice(0, 1))).toBe('1 fine: ready to run');
});
