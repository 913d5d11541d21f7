import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { atItsLine } from '../../src/config/at-its-line.ts';
import { endsEarly } from '../../src/config/ends-early.ts';
import { UserError } from '../../src/protocol/failure.ts';

const project = (yaml: string) => {
  const dir = mkdtempSync(join(tmpdir(), 'pawl-line-'));
  writeFileSync(join(dir, 'pawl.yaml'), yaml);
  return dir;
};
const said = (message: string, yaml: string) =>
  (atItsLine(new UserError(message), project(yaml)) as Error).message;

test('an error about a file gets the line that names the file', () => {
  const missing = 'surface: trian.py matches no tracked file in /x.';
  expect(said(missing, 'command: x\nsurface: [a.py, trian.py]\n')).toBe(`pawl.yaml:2: ${missing}`);
  expect(said(missing, 'surface:\n  - a.py\n  - trian.py\nmetric: trian.py\n')).toBe(
    `pawl.yaml:3: ${missing}`,
  );
  expect(said('link: "../x" must name a file', 'link: [../x]\n')).toMatch(/^pawl\.yaml:1: link: /);
  // The key is named, the entry cannot be found: its key.
  expect(said(missing, 'command: x\nsurface: *all\n')).toBe(`pawl.yaml:2: ${missing}`);
});

test('any other error stays as it is', () => {
  const other = new UserError('no commits yet', 3);
  expect(atItsLine(other, project('surface: a\n'))).toBe(other);
  const unknown = new Error('surface: x');
  expect(atItsLine(unknown, project('surface: x\n'))).toBe(unknown);
  const gone = new UserError('surface: x is not there', 3);
  expect(atItsLine(gone, '/nowhere')).toBe(gone);
  expect(atItsLine(gone, project('surface: x\n'))).toMatchObject({ exitCode: 3, cause: gone });
});

test.each([
  [4, 300_000, /took 4s of its budget of 5m.*`budget: 10s`/],
  [80, 300_000, /`budget: 2m40s`/],
  [100, 300_000, null],
  [290, 300_000, null],
  // A few seconds are no matter.
  [2, 10_000, null],
  [0, 300_000, null],
])('a command of %d s with %d ms', (seconds, budgetMs, text) => {
  const told = endsEarly(seconds, budgetMs);
  if (text === null) expect(told).toBeNull();
  else expect(told).toMatch(text);
});
