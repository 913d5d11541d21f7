import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTemporaryProject, type TemporaryProject } from '../harness/temporary-project.ts';
import { eventsIn, runPawl, stateIn } from './run-pawl.ts';

const sample = fileURLToPath(new URL('../../sample-projects/tiny-lm/', import.meta.url));

// Only its environment and its home are used: the demo makes a project of its own.
let place: TemporaryProject;
beforeAll(() => {
  place = createTemporaryProject({ identity: false, git: 'none' });
});
afterAll(() => place?.remove());

const files = (dir: string): string[] =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((f) => f.isFile())
    .map((f) => join(f.parentPath, f.name).slice(dir.length).replace(/^\//, ''))
    .filter((f) => !/^(\.git|\.pawl)\//.test(f))
    .sort();

test('demo to the end: a real repository, real commits, the files as they were copied', async () => {
  const dir = join(place.home, 'demo');
  const ran = await runPawl(
    place,
    'demo',
    '--dir',
    dir,
    '-n',
    '3',
    '--headless',
    '--verify',
    '2',
    '--budget',
    '1s',
    '--seed',
    '2',
  );
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
  expect(ran.stdout).toMatch(/proposer tuner/);
  expect(ran.stdout).toMatch(/finished: 3 experiments are decided/);
  const git = (...args: string[]) => place.git('-C', dir, ...args);
  expect(git('log', '--format=%an %s', 'main')).toBe('pawl demo The sample project tiny-lm');
  expect(git('status', '--porcelain')).toBe('');
  expect(files(dir)).toEqual(files(sample).filter((f) => !f.startsWith('data/')));
  for (const file of files(dir))
    expect(readFileSync(join(dir, file), 'utf8')).toBe(readFileSync(join(sample, file), 'utf8'));
  const state = stateIn(dir);
  expect(state.experiments).toHaveLength(4);
  expect(state.experiments[0]!.trials.length).toBeGreaterThanOrEqual(3);
  for (const e of state.experiments.slice(1)) {
    if (e.sha === null) continue;
    expect(git('rev-parse', `refs/pawl/${state.tag}/${e.n}`)).toBe(e.sha);
    expect(git('diff', '--name-only', e.parent, e.sha)).toBe('train.mjs');
  }
  expect(state.settings).toMatchObject({ budgetMs: 1000 });

  // A second time it goes on there, with what was said then.
  const again = await runPawl(
    place,
    'demo',
    '--dir',
    dir,
    '-n',
    '4',
    '--verify',
    '0',
    '--headless',
    '--tag',
    state.tag,
  );
  expect(again).toMatchObject({ code: 2 });
  const resumed = await runPawl(place, 'resume', '-C', dir, '-n', '4', '--verify', '0', '--headless');
  expect(resumed, resumed.stderr).toMatchObject({ code: 0 });
  expect(eventsIn(dir).findLast((e) => e.type === 'run.ended')).toMatchObject({ outcome: 'finished' });
  expect(stateIn(dir).settings).toMatchObject({ budgetMs: 1000 });
}, 90_000);

test('a folder that is not empty is left alone', async () => {
  const dir = join(place.home, 'mine');
  mkdirSync(dir);
  writeFileSync(join(dir, 'thesis.tex'), 'x');
  const ran = await runPawl(place, 'demo', '--dir', dir, '--headless');
  expect(ran).toMatchObject({ code: 2, stdout: '' });
  expect(ran.stderr).toMatch(/mine is not empty. Give another folder with --dir/);
  expect(readdirSync(dir)).toEqual(['thesis.tex']);
});

test('a folder that cannot be made: exit 3', async () => {
  writeFileSync(join(place.home, 'file'), '');
  const ran = await runPawl(place, 'demo', '--dir', join(place.home, 'file', 'demo'), '--headless');
  expect(ran).toMatchObject({ code: 3, stdout: '' });
  expect(ran.stderr).toMatch(/^pawl: cannot make .*file\/demo/);
  expect(existsSync(join(place.home, 'file', 'demo'))).toBe(false);
});

test('bad options are refused before anything is copied', async () => {
  const dir = join(place.home, 'never');
  const ran = await runPawl(place, 'demo', '--dir', dir, '-n', 'three', '--headless');
  expect(ran).toMatchObject({ code: 2 });
  expect(existsSync(dir)).toBe(false);
});
