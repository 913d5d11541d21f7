import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { appendFileSync, cpSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { lockPath } from '../../src/engine/lock-holder.ts';
import { journalFaults, lives, type Night, openNight } from './night.ts';
import { runFolder, runPawl, stateIn, until } from './run-pawl.ts';

// What a power cut, a reboot, a wrong clock and other tools may leave: it works, or says what to do, and nothing is lost.

// One engine is killed in the trial of #2, once; each test then has that moment for itself, in the same place.
let night: Night;
let bystander: ChildProcess;
const asLeft = () => `${night.project.repository}-as-left`;
beforeAll(async () => {
  bystander = spawn('sleep', ['600']);
  night = await openNight();
  night.stay(2);
  night.start('run', '--headless', '-n', '2', '--seed', '3');
  await night.event('trial.started', (e) => e.n === 2);
  await night.killEngine();
  night.letGo(2);
  await until('the trial is over', () => night.trialProcesses().length === 0);
  cpSync(night.project.repository, asLeft(), copying);
});
beforeEach(() => {
  rmSync(night.project.repository, { recursive: true });
  cpSync(asLeft(), night.project.repository, copying);
});
afterEach(() => night.engineGone());
afterAll(async () => {
  bystander.kill('SIGKILL');
  await night.end();
});
const copying = { recursive: true, verbatimSymlinks: true, preserveTimestamps: true };

const journal = () => join(runFolder(night.project.directory), 'journal.jsonl');
/** Rewrites each line of the journal. */
const rewrite = (change: (event: Record<string, unknown>) => object) =>
  writeFileSync(
    journal(),
    readFileSync(journal(), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => `${JSON.stringify(change(JSON.parse(line)))}\n`)
      .join(''),
  );
const recovered = () =>
  stateIn(night.project.directory)
    .recoveries.flatMap((r) => r.recovered)
    .join('\n');

/** Resumes to the end; what was decided before stands as it stood. */
async function goesOn() {
  const before = stateIn(night.project.directory).experiments.slice(0, 2);
  const ran = await night.run('resume', '--headless');
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
  expect(journalFaults(night.events())).toEqual([]);
  const state = stateIn(night.project.directory);
  expect(state.experiments.slice(0, 2).map((e) => [e.verdict, e.sha, e.why])).toEqual(
    before.map((e) => [e.verdict, e.sha, e.why]),
  );
  expect(state.ended).toMatchObject({ outcome: 'finished' });
  for (const e of state.experiments.slice(1))
    expect(night.project.git('rev-parse', `refs/pawl/${state.tag}/${e.n}`)).toBe(e.sha);
  expect(night.project.git('rev-parse', state.branch)).toBe(state.champion.sha);
  return { state, ran };
}

test.each([
  ['a line cut short', '{"v":1,"seq":99,"at":"20'],
  ['zeros', '\0'.repeat(5000)],
  [
    'pieces of lines that were never synced, with zeros between them',
    `${'\0'.repeat(3000)},"why":null}\n{"v":1,"seq":98,"at":"2026-01-01T00:00:00.000Z","type":"experiment.started","n":3,"parent":"a","proposer":"tuner"}\n{"v":1,"se`,
  ],
])('a journal that ends in %s', async (_, tail) => {
  appendFileSync(journal(), tail);
  const { state } = await goesOn();
  expect(recovered()).toMatch(/bytes of a half-written journal line were dropped/);
  expect(state.experiments[2]!.trials.map((t) => t.outcome)).toEqual(['void', 'ok']);
});

test('a reboot: another boot id, and its process numbers given to somebody else', async () => {
  const other = { pid: bystander.pid, startTicks: 5, bootId: 'before-the-reboot' };
  rewrite((e) => ({
    ...e,
    ...('process' in e ? { process: other } : {}),
    ...('engine' in e ? { engine: other } : {}),
  }));
  await goesOn();
  expect(lives(bystander.pid!)).toBe(true);
});

test.each([
  ['back', 1],
  ['forward', -1],
])('a clock that was set %s by a year', async (_, years) => {
  rewrite((e) => ({ ...e, at: new Date(Date.parse(String(e.at)) + years * 365 * 86_400_000).toISOString() }));
  const { state } = await goesOn();
  expect(state.idleMs).toBeGreaterThanOrEqual(0);
});

test('refs and branch that somebody deleted: they are made again from the journal, and it is told', async () => {
  const { tag, branch } = stateIn(night.project.directory);
  for (const ref of night.project.git('for-each-ref', '--format=%(refname)', `refs/pawl/${tag}/`).split('\n'))
    night.project.git('update-ref', '-d', ref);
  night.project.git('update-ref', '-d', `refs/heads/${branch}`);
  const { ran } = await goesOn();
  expect(ran.stdout).toMatch(/resumed.*; Put back the refs of #1, #2;/);
});

test('a commit that git has removed: its experiment does not count, and the next one runs', async () => {
  const { tag, experiments } = stateIn(night.project.directory);
  night.project.git('update-ref', '-d', `refs/pawl/${tag}/2`);
  rmSync(join(night.project.directory, '.git/objects', experiments[2]!.sha!.replace(/^../, '$&/')));
  const ran = await night.run('resume', '--headless');
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
  const state = stateIn(night.project.directory);
  expect(state.experiments.map((e) => e.verdict)).toMatchObject({ 2: 'void' });
  expect(state.experiments[3]!.verdict).not.toBeNull();
  expect(ran.stdout).toMatch(/The commits of #2 are gone .*; #2 has lost its commit and does not count/);
});

test('a branch that another tool moved: it says how to keep that commit and go on, and that works', async () => {
  const { branch } = stateIn(night.project.directory);
  const theirs = night.project.git('commit-tree', '-m', 'theirs', 'main^{tree}', '-p', 'main');
  night.project.git('update-ref', `refs/heads/${branch}`, theirs);
  const before = readFileSync(journal(), 'utf8');
  const refused = await night.run('resume', '--headless');
  expect(refused).toMatchObject({ code: 3, stdout: '' });
  expect(refused.stderr).toMatch(/something else moved it/);
  expect(night.project.git('rev-parse', branch)).toBe(theirs);
  expect(readFileSync(journal(), 'utf8')).toBe(before);
  for (const advice of [/git (branch mine \w+)/, /git (update-ref \S+ \w+)/])
    night.project.git(...advice.exec(refused.stderr)![1]!.split(' '));
  await goesOn();
  expect(night.project.git('rev-parse', 'mine')).toBe(theirs);
});

test('a project that was moved: it goes on where it is now', async () => {
  const { directory } = night.project;
  const moved = `${directory}-moved`;
  renameSync(directory, moved);
  const place = { directory: moved, env: { ...night.project.env, STAY: join(night.project.home, 'stay') } };
  // The yes to `sandbox: off` was for the folder where it stood.
  const asked = await runPawl(place, 'resume', '--headless');
  const ran = await runPawl(place, 'resume', '--headless', '--no-sandbox');
  renameSync(moved, directory);
  expect(asked).toMatchObject({ code: 3, stderr: expect.stringMatching(/asks for sandbox: off/) });
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
  expect(stateIn(directory)).toMatchObject({ project: moved, ended: { outcome: 'finished' } });
  expect(ran.stdout).toMatch(/the project was moved here from/);
  expect(night.project.git('worktree', 'list').split('\n')).toHaveLength(1);
});

test('an index that is left in the middle of a merge, with conflicts', async () => {
  const worktree = join(runFolder(night.project.directory), 'worktree');
  const blob = night.project.git('rev-parse', 'main:train.mjs');
  execFileSync('git', ['update-index', '--index-info'], {
    cwd: worktree,
    env: night.project.env,
    input: [1, 2, 3].map((stage) => `100644 ${blob} ${stage}\ttrain.mjs\n`).join(''),
  });
  expect(night.project.git('-C', worktree, 'ls-files', '--unmerged')).not.toBe('');
  await goesOn();
});

test('a lock that was deleted under a living engine: no second engine gets the run, and the lock comes back', async () => {
  const { project } = night;
  night.stay(2);
  night.start('resume', '--headless');
  await night.event('run.resumed');
  await night.event('trial.started', (e) => e.n === 2 && e.k === 1);
  const resumes = night.events().filter((e) => e.type === 'run.resumed').length;
  rmSync(lockPath(project.directory));
  const second = await night.run('resume', '--headless');
  expect(second.code).toBe(3);
  expect(second.stderr).toMatch(/lives, but its lock is gone|is going on already/);
  night.letGo(2);
  await night.event('run.ended');
  expect(night.events().filter((e) => e.type === 'run.resumed')).toHaveLength(resumes);
});
