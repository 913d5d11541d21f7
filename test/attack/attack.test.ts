import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { hasProc } from '../../src/trial/process-table.ts';
import { probeSandbox } from '../../src/trial/sandbox/probe.ts';
import { EditRefused } from '../../src/workspace/edit-path.ts';
import { openRun } from '../workspace/run-fixture.ts';
import { git, read, temporaryRepository } from '../workspace/temporary-repository.ts';
import { attacks } from './attacks.ts';
import { Attacker } from './carry-out.ts';

// The short form of `npm run attack`: everything that must be blocked, as real trials.

const probe = hasProc ? await probeSandbox() : null;
const bwrap = probe?.bwrap ?? null;
if (hasProc && bwrap === null)
  console.warn('bubblewrap does not work here: the attacks on the sandbox are skipped.');

const title = ({ group, name }: { group: string; name: string }) => `${group}: ${name}`;
const slow = ['memory of many processes', 'processes', 'log'];
const quick = attacks.filter(({ name, limit }) => limit === undefined && !slow.includes(name));

describe.skipIf(bwrap === null)('in the sandbox', () => {
  const attacker = new Attacker(bwrap);
  afterAll(() => attacker.close());
  it.each(quick.map((attack) => [title(attack), attack] as const))('%s', async (_title, attack) => {
    expect(await attacker.carryOut(attack)).toBe(false);
  });
});

// What git, the sweep and the limits must catch by themselves.
const caught = [
  'write to it',
  'rename another over it',
  'hide the change from git',
  'change it and put it back afterwards',
  'for the next trial, by a process that waits for it',
  'for the next trial, by a replacement object in git',
  'print METRIC before the evaluator does',
  'paint the terminal',
  'paint the terminal through the pager and the editor',
  'a key in the pager and in the editor',
  'tokens in the environment',
  'a double fork that ignores TERM',
  'a stopped process',
  'memory',
  'disk',
];

describe.skipIf(!hasProc)('without a sandbox', () => {
  const attacker = new Attacker(null);
  afterAll(() => attacker.close());
  const chosen = attacks.filter(({ name }) => caught.includes(name));
  it.each(chosen.map((attack) => [title(attack), attack] as const))('%s', async (_title, attack) => {
    expect(await attacker.carryOut(attack)).toBe(false);
  });
});

it('path tricks in a proposal change nothing but the surface', async () => {
  const root = temporaryRepository({ 'src/a.py': 'a\n', 'evaluate.py': 'e\n', '.gitignore': '' });
  const outside = join(root, '../outside');
  mkdirSync(outside);
  writeFileSync(join(outside, 'x.py'), 'x\n');
  symlinkSync(outside, join(root, 'src/link'));
  git(root, 'add', '-A');
  git(root, 'commit', '-q', '-m', 'a link on the surface');
  const { workspace } = await openRun(root, { surface: ['src'] });
  const tricks = [
    '../outside/x.py',
    'src/../evaluate.py',
    'src/./../evaluate.py',
    '/etc/passwd',
    `${root}/evaluate.py`,
    'src/link/x.py',
    'src/link',
    'SRC/../evaluate.py',
    'evaluate.py',
    'EVALUATE.PY',
    'src\\..\\evaluate.py',
    'src/.git/config',
    'src/.GIT/hooks/x',
    '.git',
    'src/a\u0000.py',
    'src//a.py',
    'ｓrc/a.py',
    'src\u2215..\u2215evaluate.py',
    '.pawl/runs/t/journal.jsonl',
  ];
  for (const path of tricks) {
    await expect(workspace.stage(workspace.base, new Map([[path, 'evil\n']])), path).rejects.toThrow(
      EditRefused,
    );
  }
  await workspace.checkout(workspace.base);
  expect(read(root, 'evaluate.py')).toBe('e\n');
  expect(read(outside, 'x.py')).toBe('x\n');
  expect(read(workspace.dir, 'evaluate.py')).toBe('e\n');
  await workspace.close();
});
