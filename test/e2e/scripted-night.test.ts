import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunState } from '../../src/journal/state.ts';
import { type FakeOllama, startFakeOllama } from '../harness/fake-ollama/start-fake-ollama.ts';
import { createTemporaryProject, type TemporaryProject } from '../harness/temporary-project.ts';
import { eventsIn, type Ran, runFolder, runPawl, stateIn } from './run-pawl.ts';

// A whole night in half a minute: a model that improves, worsens, breaks, repeats itself and rambles,
// over real HTTP, real git and real processes, without a screen.

const constant = (name: string, value: number | string, why = `I believe in ${name} ${value}`) =>
  `HYPOTHESIS: ${why}\nEXPECT: lower\nFAMILY: ${name.toLowerCase()}\nSET ${name} = ${value}\n`;

const edit = (search: string, replace: string, why: string) =>
  `Sure! Here is my change.\n\nHYPOTHESIS: ${why}\nEDIT train.mjs\n<<<<<<< SEARCH\n${search}\n=======\n${replace}\n>>>>>>> REPLACE\n`;

const ramble =
  'As a large language model I find this codebase fascinating. Let us think about what matters most.';

/** One entry an experiment: its replies, in order, and what must become of it. */
const night: { replies: string[]; verdict: string }[] = [
  { replies: [constant('LEARNING_RATE', 0.05)], verdict: 'kept' },
  { replies: [constant('LEARNING_RATE', 0.6)], verdict: 'discarded' },
  // Breaks: the objective refuses it with an exception.
  { replies: [constant('WIDTH', -3)], verdict: 'crashed' },
  // Repeats #2, is told so, and then helps.
  { replies: [constant('LEARNING_RATE', 0.6), constant('WIDTH', 56)], verdict: 'kept' },
  // The lines are not there; the model is shown the nearest ones and mends its edit.
  {
    replies: [
      edit('const DROPOUT = 0.9;', 'const DROPOUT = 0.12;', 'Less dropout'),
      edit('const DROPOUT = 0.3;', 'const DROPOUT = 0.12;', 'Less dropout'),
    ],
    verdict: 'kept',
  },
  // After two of these it is asked for another form, and goes on rambling.
  { replies: [ramble, ramble, ramble, ramble], verdict: 'rejected' },
  // Wants to move the goal posts.
  {
    replies: [
      edit('const FLOOR = 1;', 'const FLOOR = 0;', 'Lower the floor').replace(
        'EDIT train.mjs',
        'EDIT objective.mjs',
      ),
      constant('DROPOUT', 0.9),
    ],
    verdict: 'discarded',
  },
  { replies: [edit('await train({', 'await trian({', 'A slip')], verdict: 'crashed' },
  { replies: [constant('WEIGHT_DECAY', 0.036)], verdict: 'kept' },
  { replies: [constant('LEARNING_RATE', 0.1)], verdict: 'kept' },
  ...[0.001, 0.9, 0.7, 0.002, 0.003, 0.8, 0.004, 0.55, 0.45, 0.005].map((rate) => ({
    replies: [constant('LEARNING_RATE', rate)],
    verdict: 'discarded',
  })),
  ...[4, 5, 6, 7, 8, 9, 500, 600, 700, 800, 900].map((width) => ({
    replies: [constant('WIDTH', width)],
    verdict: 'discarded',
  })),
];

let ollama: FakeOllama;
let project: TemporaryProject;
let ran: Ran;
let state: RunState;
let before: string;

const userState = () =>
  [
    project.git('status', '--porcelain=v1', '--ignored=no'),
    project.git('rev-parse', 'HEAD'),
    project.git(
      'for-each-ref',
      '--format=%(refname) %(objectname)',
      'refs/heads/main',
      'refs/tags',
      'refs/stash',
    ),
    project.read('train.mjs'),
  ].join('\n');

beforeAll(async () => {
  ollama = await startFakeOllama({
    models: [{ name: 'scripted:7b' }],
    script: night.flatMap((e) => e.replies),
  });
  project = createTemporaryProject({
    trialMs: 40,
    noise: 0.002,
    env: { OLLAMA_HOST: ollama.url },
    settings: { check: null },
  });
  before = userState();
  ran = await runPawl(project, 'run', '--headless', '--experiments', String(night.length), '--seed', '7');
  state = stateIn(project.directory);
}, 180_000);

afterAll(async () => {
  await ollama?.close();
  project?.remove();
});

test('it ends by itself with exit 0, and says what came of it', () => {
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
  expect(ran.stdout).toMatch(new RegExp(`finished: ${night.length} experiments are decided`));
  expect(night.length).toBeGreaterThanOrEqual(30);
});

test('every experiment has the verdict that its change deserves', () => {
  const said = state.experiments.slice(1).map((e) => `${e.n} ${e.verdict}`);
  expect(said).toEqual(night.map((e, i) => `${i + 1} ${e.verdict}`));
});

test('every experiment ends with exactly one decision', () => {
  const decided = eventsIn(project.directory).filter((e) => e.type === 'experiment.decided');
  expect(decided.map((e) => e.n)).toEqual([...Array(night.length + 1).keys()]);
});

test('the branch holds the kept commits and nothing else; all others stay reachable', () => {
  const kept = state.experiments.filter((e) => e.n > 0 && e.verdict === 'kept');
  const onBranch = project.git('log', '--format=%H', '--reverse', `main..${state.branch}`).split('\n');
  expect(onBranch).toEqual(kept.map((e) => e.sha));
  for (const e of state.experiments.slice(1)) {
    if (e.verdict === 'rejected') continue;
    expect(project.git('rev-parse', `refs/pawl/${state.tag}/${e.n}`)).toBe(e.sha);
  }
});

test('the champion is really better, by the hidden truth and by much', async () => {
  const source = project.git('show', `${state.branch}:train.mjs`);
  expect(source).toMatch(/LEARNING_RATE = 0\.1;/);
  expect(source).toMatch(/WIDTH = 56;/);
  const [first, last] = [state.experiments[0]!.metric!, state.experiments[state.champion.n]!.metric!];
  expect(last).toBeLessThan(first * 0.85);
});

test('the user finds the project as it was left', () => {
  expect(userState()).toBe(before);
  expect(project.git('worktree', 'list', '--porcelain')).not.toContain('.pawl');
});

test('nothing tried is lost: prompt, reply, diff, log of each experiment', () => {
  for (const e of state.experiments.slice(1)) {
    const dir = join(runFolder(project.directory), 'experiments', String(e.n));
    expect(readFileSync(join(dir, 'prompt.md'), 'utf8')).toContain('LEARNING_RATE');
    expect(readFileSync(join(dir, 'reply.md'), 'utf8').length).toBeGreaterThan(20);
    if (e.sha === null) continue;
    expect(readFileSync(join(dir, 'edit.diff'), 'utf8')).toContain('train.mjs');
    expect(existsSync(join(dir, 'trial-0.log'))).toBe(true);
  }
});

test('refusals went back to the model with what was wrong', () => {
  const bodies = ollama.chats.map((c) => c.body.messages!.map((m) => m.content).join('\n'));
  expect(bodies.some((b) => /exactly the code of experiment #2/.test(b))).toBe(true);
  expect(bodies.some((b) => b.includes('const DROPOUT = 0.3;') && b.includes('const DROPOUT = 0.9;'))).toBe(
    true,
  );
  const codes = eventsIn(project.directory).flatMap((e) =>
    e.type === 'experiment.rejected' ? [e.code] : [],
  );
  expect(codes).toEqual(['duplicate', 'no-match', 'format', 'format', 'format', 'format', 'off-surface']);
});

test('results.tsv is complete, in order, in the format of autoresearch', () => {
  const rows = readFileSync(join(runFolder(project.directory), 'results.tsv'), 'utf8')
    .trim()
    .split('\n');
  expect(rows[0]).toBe('commit\tval_loss\tmemory_gb\tstatus\tdescription');
  expect(rows.length).toBe(1 + state.experiments.filter((e) => e.verdict !== 'rejected').length);
  for (const row of rows.slice(1))
    expect(row).toMatch(/^[0-9a-f]{7}\t\d+\.\d{6}\t\d+\.\d\t(keep|discard|crash)\t[^\t]+$/);
});

test('one num_ctx for the whole run: the model was loaded once', () => {
  expect(ollama.loads('scripted:7b')).toBe(1);
});

test('show tells the story of one experiment', async () => {
  const shown = await runPawl(project, 'show', '4');
  expect(shown.stdout).toMatch(/#4 I believe in WIDTH 56/);
  expect(shown.stdout).toMatch(/KEPT/);
  expect(shown.stdout).toMatch(/refused: {2}attempt 1: the same code as #2/);
  expect(shown.stdout).toMatch(/\+const WIDTH = 56;/);
  expect(shown.stdout).toMatch(/METRIC val_loss=/);
  const json = JSON.parse((await runPawl(project, 'show', '4', '--json')).stdout);
  expect(json).toMatchObject({ n: 4, verdict: 'kept' });
});
