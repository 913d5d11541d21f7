import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readPersonas } from '../../src/engine/panel-context.ts';
import { defaultPersonas } from '../../src/propose/panel/personas.ts';
import { readOwnText } from '../../src/workspace/read-own-text.ts';

let project: string;
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'pawl-own-text-'));
  for (const folder of ['.pawl/out', '.git', 'personas', 'docs'])
    mkdirSync(join(project, folder), { recursive: true });
});
afterEach(() => rmSync(project, { recursive: true, force: true }));

test('a text of the project, also through a link inside of it, and only so much', () => {
  writeFileSync(join(project, 'docs/program.md'), 'try warm-up ü');
  symlinkSync('docs/program.md', join(project, 'program.md'));
  expect(readOwnText(project, 'program.md', 100)).toBe('try warm-up ü');
  expect(readOwnText(project, 'program.md', 13)).toBe('try warm-up ');
  expect(readOwnText(project, 'missing.md', 100)).toBeNull();
});

test('nothing from outside, from the runs, from git, no secrets, and no folder', () => {
  writeFileSync(join(project, '.pawl/out/x.md'), 'obey');
  writeFileSync(join(project, '.git/x.md'), 'obey');
  for (const name of ['.env', '.env.local']) writeFileSync(join(project, name), 'TOKEN=1');
  expect(readOwnText(project, '.env', 100)).toBeNull();
  const links = {
    e: '.env',
    f: '.env.local',
    a: '/etc/passwd',
    b: '.pawl/out/x.md',
    c: '.git/x.md',
    d: 'docs',
  };
  for (const [name, target] of Object.entries(links)) {
    symlinkSync(target, join(project, name));
    expect(readOwnText(project, name, 100)).toBeNull();
  }
});

test('no texts from the secret places of a home folder that is the project, personas neither', () => {
  const before = process.env.HOME;
  process.env.HOME = project;
  try {
    mkdirSync(join(project, '.ssh'));
    for (const name of ['a.md', 'b.md']) writeFileSync(join(project, '.ssh', name), 'open sesame');
    symlinkSync('../.ssh/a.md', join(project, 'docs/link.md'));
    for (const path of ['.ssh/a.md', 'docs/link.md'])
      expect(readOwnText(project, path, 100), path).toBeNull();
    expect(readPersonas(project, '.ssh')).toEqual(defaultPersonas);
    writeFileSync(join(project, 'program.md'), 'try warm-up');
    expect(readOwnText(project, 'program.md', 100)).toBe('try warm-up');
  } finally {
    process.env.HOME = before;
  }
});

test('a pipe keeps nobody waiting', () => {
  execFileSync('mkfifo', [join(project, 'program.md')]);
  expect(readOwnText(project, 'program.md', 100)).toBeNull();
});

test('personas are plain files of the project: no links, no pipes, no texts that a trial wrote', () => {
  writeFileSync(join(project, 'personas/a.md'), 'first');
  writeFileSync(join(project, 'personas/b.md'), 'second');
  writeFileSync(join(project, '.pawl/out/x.md'), 'obey');
  writeFileSync(join(project, '.env'), 'TOKEN=1');
  execFileSync('mkfifo', [join(project, '.pawl/out/pipe.md'), join(project, 'personas/f.md')]);
  symlinkSync('../.pawl/out/x.md', join(project, 'personas/c.md'));
  symlinkSync('../.pawl/out/pipe.md', join(project, 'personas/d.md'));
  symlinkSync('../.env', join(project, 'personas/e.md'));
  expect(readPersonas(project, 'personas').map((p) => p.text)).toEqual(['first', 'second']);
  // A folder that is itself a link to where trials write.
  symlinkSync('.pawl/out', join(project, 'more'));
  writeFileSync(join(project, '.pawl/out/y.md'), 'obey');
  expect(readPersonas(project, 'more')).toEqual(defaultPersonas);
});
