import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createTemporaryProject, type TemporaryProject } from '../harness/temporary-project.ts';
import { runPawl } from './run-pawl.ts';

let project: TemporaryProject | null = null;
afterEach(() => project?.remove());

test('whole runs go with refs and branch when agreed to; the user’s own branches and commits stay', async () => {
  project = createTemporaryProject({ settings: { proposer: 'tuner' } });
  const { git, directory } = project;
  const runs = (tag: string) => join(directory, '.pawl', 'runs', tag);
  for (const tag of ['one', 'two', 'three'])
    expect((await runPawl(project, 'run', '--new', '--tag', tag, '--headless', '-n', '1')).code).toBe(0);
  git('branch', 'mine', 'pawl/one');
  // The user went on working on one run's branch: that is theirs now.
  const own = git('commit-tree', '-p', 'pawl/two', '-m', 'mine', 'pawl/two^{tree}');
  git('update-ref', 'refs/heads/pawl/two', own);
  const mainBefore = git('rev-parse', 'main', 'mine');

  const unasked = await runPawl(project, 'clean', '--runs');
  expect(unasked).toMatchObject({ code: 2, stderr: expect.stringContaining('say --yes') });
  const dry = await runPawl(project, 'clean', '--runs', '--dry-run');
  expect(dry.stdout).toMatch(/one .*run.*\n.*two .*run.*\nwould free/);
  expect(existsSync(runs('one')) && existsSync(runs('two'))).toBe(true);

  const done = await runPawl(project, 'clean', '--runs', '--yes');
  expect(done).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('pawl/two stays: it has commits that are not pawl’s'),
  });
  expect(existsSync(runs('one')) || existsSync(runs('two'))).toBe(false);
  expect(existsSync(runs('three'))).toBe(true);
  expect(git('rev-parse', 'main', 'mine')).toBe(mainBefore);
  expect(git('rev-parse', 'pawl/two')).toBe(own);
  expect(git('for-each-ref', 'refs/pawl/one', 'refs/pawl/two', 'refs/heads/pawl/one')).toBe('');
  expect(git('for-each-ref', 'refs/pawl/three')).not.toBe('');
  expect((await runPawl(project, 'clean', 'nobody', '--yes')).code).toBe(2);
}, 60_000);

test('where nothing is to free it says so, asks nothing, and names what would free more', async () => {
  project = createTemporaryProject({ settings: { proposer: 'tuner' } });
  for (const tag of ['one', 'two'])
    expect((await runPawl(project, 'run', '--new', '--tag', tag, '--headless', '-n', '1')).code).toBe(0);
  const { code, stdout } = await runPawl(project, 'clean');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^nothing to free\n/);
  expect(stdout).toMatch(/^pawl clean --runs would free \d+\.\d [KM]iB$/m);
  expect(stdout).not.toContain('0.0 MiB');
}, 60_000);
