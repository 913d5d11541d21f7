import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import {
  createTemporaryProject,
  type TemporaryProject,
  type TemporaryProjectOptions,
} from '../harness/temporary-project.ts';
import { runPawl, stateIn } from './run-pawl.ts';

// One clear message, the right exit code, nothing half done.

let project: TemporaryProject;
const make = (options: TemporaryProjectOptions = {}) => {
  project = createTemporaryProject({
    trialMs: 10,
    ...options,
    settings: { proposer: 'tuner', ...options.settings },
  });
  return project;
};
afterEach(() => project?.remove());

const run = (...args: string[]) => runPawl(project, 'run', '--headless', '-n', '1', ...args);

/** What a start that fails must not leave behind. */
function leftovers(): string[] {
  const found: string[] = [];
  const runs = join(project.directory, '.pawl', 'runs');
  if (existsSync(runs)) found.push(...readdirSync(runs).map((tag) => `run ${tag}`));
  if (existsSync(join(project.directory, '.pawl', 'lock'))) found.push('lock');
  try {
    const refs = project.git('for-each-ref', '--format=%(refname)', 'refs/pawl', 'refs/heads/pawl');
    if (refs) found.push(refs);
    if (project.git('worktree', 'list').split('\n').length > 1) found.push('worktree');
    const status = project.git('status', '--porcelain');
    if (/\.pawl/.test(status)) found.push(status);
  } catch {
    // Not a repository: nothing of ours can be in it.
  }
  return found;
}

async function refused(code: 2 | 3, message: RegExp, ...args: string[]) {
  const ran = await run(...args);
  expect(ran.stderr).toMatch(message);
  expect(ran).toMatchObject({ code, stdout: '' });
  expect(ran.stderr).toMatch(/^pawl: /);
  // Words for the user, no stack and no internals.
  expect(ran.stderr).not.toMatch(/\n\s+at |the engine failed|Error:/);
  expect(leftovers()).toEqual([]);
}

describe('pawl.yaml', () => {
  test('is not there', async () => {
    make();
    rmSync(join(project.directory, 'pawl.yaml'));
    await refused(2, /No pawl.yaml in .* or above it.\n.*pawl init.*pawl demo/);
  });

  test.each([
    ['broken YAML', 'command: "node\nsurface: [x', /pawl.yaml:\d+:\d+: this is not valid YAML/],
    [
      'an unknown key',
      'comand: x\nsurface: [train.mjs]\nmetric: a\ncommand: x\n',
      /pawl.yaml:1: comand: unknown key. Did you mean 'command'\?/,
    ],
    ['nothing', '', /pawl.yaml: expected `key: value` lines/],
    ['a missing field', 'surface: [train.mjs]\nmetric: a\n', /pawl.yaml:1: command: is missing/],
    [
      'a bad duration',
      'command: x\nsurface: [train.mjs]\nmetric: a\nbudget: soon\n',
      /pawl.yaml:4: budget: 'soon' is not a duration/,
    ],
    [
      'a timeout below the budget',
      'command: x\nsurface: [train.mjs]\nmetric: a\nbudget: 5m\ntimeout: 1m\n',
      /pawl.yaml:5: timeout: is shorter than budget/,
    ],
  ])('has %s', async (_, text, message) => {
    make({ files: { 'pawl.yaml': text } });
    await refused(2, message);
  });

  test('names an instructions file that is missing', async () => {
    make({ settings: { instructions: 'progam.md' } });
    await refused(2, /instructions: progam.md .*program.md/s);
  });

  test('names a link input that is missing', async () => {
    make({ settings: { link: ['data'] } });
    await refused(3, /link: data does not exist/);
  });

  test('has a surface that matches nothing', async () => {
    make({ settings: { surface: ['trian.mjs'] } });
    await refused(2, /surface: trian.mjs matches no tracked file.*train.mjs/);
  });
});

describe('git', () => {
  test('is not there', async () => {
    make({ git: 'none' });
    await refused(2, /is not in a git repository.*git init/);
  });

  test('has no commits', async () => {
    make({ git: 'no-commits' });
    await refused(2, /has no commits yet.*git commit/);
  });

  test('has uncommitted changes on the surface', async () => {
    make();
    project.write('train.mjs', `${project.read('train.mjs')}// mine\n`);
    await refused(2, /The surface has uncommitted changes: train.mjs.*git -C .* commit/s);
    expect(project.read('train.mjs')).toMatch(/\/\/ mine\n$/);
  });

  test('has the branch of a run of that name already', async () => {
    make();
    project.git('branch', 'pawl/taken');
    project.git('commit', '--allow-empty', '-qm', 'On');
    const ran = await run('--tag', 'taken');
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toMatch(/taken/);
    expect(project.git('rev-parse', 'pawl/taken')).toBe(project.git('rev-parse', 'HEAD^'));
    expect(existsSync(join(project.directory, '.pawl/runs/taken'))).toBe(false);
  });
});

describe('the first trial', () => {
  /** The run was started, so its journal stays; it ended with exit 3 and the log's last lines. */
  async function fails(why: RegExp, tail: RegExp) {
    const ran = await run();
    expect(ran.code).toBe(3);
    expect(ran.stdout).toMatch(why);
    expect(ran.stdout).toMatch(tail);
    expect(ran.stderr).not.toMatch(/\n\s+at /);
    expect(stateIn(project.directory)).toMatchObject({
      ended: { outcome: 'failed', exitCode: 3 },
      experiments: [{ n: 0, verdict: 'crashed' }],
    });
    expect(project.git('worktree', 'list').split('\n')).toHaveLength(1);
    expect(project.git('for-each-ref', 'refs/heads/pawl', 'refs/pawl')).toBe('');
    expect(await runPawl(project, 'resume', '--headless')).toMatchObject({ code: 3 });
    const list = await runPawl(project, 'list');
    expect(list.stdout).toMatch(/^failed: /m);
    expect(list.stdout).toMatch(why);
    expect(list.stdout).toMatch(/pawl show 0 has the rest\. Mend it, then start afresh: pawl run/);
  }

  test('ends with an error: its log is shown', async () => {
    make({ settings: { command: 'echo "loading the data"; echo "no GPU for you" >&2; exit 7' } });
    await fails(/the unmodified command failed.*exit 7/, /loading the data\n\s+no GPU for you/);
  });

  test('failed: the next start has its name, also after one that could not even begin; what it left is kept aside', async () => {
    make({ settings: { command: 'echo "no GPU for you" >&2; exit 7' } });
    const good = project.read('pawl.yaml').replace('echo "no GPU for you" >&2; exit 7', 'node train.mjs');
    expect(await run()).toMatchObject({ code: 3 });
    const { tag } = stateIn(project.directory);
    const aside = join(project.directory, '.pawl/failed-start');
    expect(existsSync(aside)).toBe(false);
    // Refused before its journal has a line: the folder of that name is nobody's.
    project.write('pawl.yaml', good);
    const clean = project.read('train.mjs');
    project.write('train.mjs', `${clean}// mine\n`);
    expect(await run()).toMatchObject({ code: 2 });
    expect(readdirSync(join(project.directory, '.pawl/runs'))).toEqual([]);
    expect(readFileSync(join(aside, 'experiments/0/trial-0.log'), 'utf8')).toContain('no GPU for you');
    expect(existsSync(join(aside, 'journal.jsonl'))).toBe(true);
    project.write('train.mjs', clean);
    expect(await run()).toMatchObject({ code: 0 });
    expect(stateIn(project.directory)).toMatchObject({ tag, ended: { outcome: 'finished' } });
    expect(project.git('for-each-ref', '--format=%(refname)', 'refs/heads/pawl')).toBe(
      `refs/heads/pawl/${tag}`,
    );
    // One that has measured something keeps its name.
    expect(await run('--new')).toMatchObject({ code: 0 });
    expect(readdirSync(join(project.directory, '.pawl/runs')).sort()).toEqual([tag, `${tag}-2`]);
  });

  test('cannot be found', async () => {
    make({ settings: { command: 'nosuchtrainer --fast' } });
    await fails(/the unmodified command failed/, /nosuchtrainer: .*not found/);
  });

  test('never prints the metric', async () => {
    make({ settings: { metric: { name: 'val_bpb', direction: 'minimize' } } });
    await fails(/the unmodified command failed.*val_bpb/, /METRIC val_loss=/);
  });

  test('runs over its time', async () => {
    make({ settings: { command: 'echo started; sleep 100', budget: '500ms', timeout: '600ms' } });
    await fails(/still running after 0.6 s/, /started/);
  });
});

describe('the command line', () => {
  test.each([
    [['runn'], /there is no command 'runn'. Did you mean 'run'\?/],
    [['zzzzzz'], /there is no command 'zzzzzz'. Commands: run, /],
    [['run', '--headles'], /pawl run has no option --headles. Did you mean --headless\?/],
    [['run', '-n'], /-n/],
    [['run', '-n', 'many'], /--experiments takes a whole number from 1, not 'many'/],
    [['run', '-n', '0'], /--experiments takes a whole number from 1, not '0'/],
    [['run', '-n', '2.5'], /--experiments takes a whole number/],
    [['run', '--after', 'later'], /--after: 'later' is not a duration; write for example 30s/],
    [['run', '--budget', '-5s'], /budget/],
    [['run', '--seed', '1e99'], /--seed takes a whole number from 0/],
    [['run', '--proposer', 'me'], /--proposer takes auto, ollama, tuner, hybrid or panel, not 'me'/],
    [['run', '--tag', '../../etc'], /--tag '..\/..\/etc': use letters/],
    [['run', 'extra'], /pawl run does not take 'extra'/],
    [['show'], /pawl show takes the number of an experiment/],
    [['demo', 'nosuch'], /there is no sample 'nosuch'. Samples: .*tiny-lm/],
    [['run', '-C', '/nowhere/at/all'], /No pawl.yaml in \/nowhere\/at\/all/],
  ])('pawl %j', async (args, message) => {
    make();
    const ran = await runPawl(project, ...args);
    expect(ran.stderr).toMatch(message);
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).not.toMatch(/\n\s+at /);
    expect(leftovers()).toEqual([]);
  });

  test('--help and --version, also of a command', async () => {
    make();
    expect((await runPawl(project, '--help')).stdout).toMatch(/Usage: pawl <command>/);
    expect((await runPawl(project, 'run', '--help')).stdout).toMatch(/--experiments N/);
    expect((await runPawl(project, '--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('unusual, and it works', () => {
  async function works(...args: string[]) {
    const ran = await run(...args);
    expect(ran, ran.stderr).toMatchObject({ code: 0 });
    expect(stateIn(project.directory).experiments).toHaveLength(2);
  }

  test('detached HEAD', async () => {
    make({ git: 'detached' });
    const head = project.git('rev-parse', 'HEAD');
    await works();
    expect(project.git('rev-parse', '--abbrev-ref', 'HEAD')).toBe('HEAD');
    expect(project.git('rev-parse', 'HEAD')).toBe(head);
  });

  test('spaces, quotes and unicode in the path, in a subfolder', async () => {
    make({ folder: "mein Prüf'stand 実験", subfolder: 'a b/ünder "it"' });
    await works();
  });

  test('a project folder beyond the reach of a socket path', async () => {
    make({ folder: `deep-${'x'.repeat(100)}`, subfolder: 'y'.repeat(120) });
    await works();
  });

  test('a submodule beside it, and changes to other files', async () => {
    make();
    const other = join(project.home, 'other');
    mkdirSync(other);
    const git = (...args: string[]) =>
      execFileSync('git', args, { cwd: other, env: project.env, stdio: 'ignore' });
    git('init', '-q');
    writeFileSync(join(other, 'x'), 'x');
    git('add', '.');
    git('commit', '-qm', 'x');
    project.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', other, 'vendor/other');
    project.git('commit', '-qm', 'A submodule');
    project.write('program.md', 'Changed and not committed.');
    const status = project.git('status', '--porcelain');
    await works();
    expect(project.git('status', '--porcelain')).toBe(status);
    expect(project.read('vendor/other/x')).toBe('x');
  });

  test('nobody has told git who they are', async () => {
    make({ identity: false });
    await works();
  });

  test('from a folder below the project', async () => {
    make({ files: { 'src/deep/file.txt': 'x' } });
    const place = { directory: join(project.directory, 'src/deep'), env: project.env };
    expect(await runPawl(place, 'run', '--headless', '-n', '1')).toMatchObject({ code: 0 });
    expect(await runPawl(place, 'list')).toMatchObject({ code: 0 });
  });
});
