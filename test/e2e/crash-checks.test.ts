import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { type FakeOllama, startFakeOllama } from '../harness/fake-ollama/start-fake-ollama.ts';
import { createTemporaryProject, type TemporaryProject } from '../harness/temporary-project.ts';
import { runFolder, runPawl, startPawl, stateIn, until } from './run-pawl.ts';

// What would crash is found before it costs a timed trial, and the model may mend it.

let ollama: FakeOllama;
let project: TemporaryProject;

afterEach(async () => {
  await ollama?.close();
  project?.remove();
});

const edit = (search: string, replace: string, why: string) =>
  `HYPOTHESIS: ${why}\nEDIT train.mjs\n<<<<<<< SEARCH\n${search}\n=======\n${replace}\n>>>>>>> REPLACE\n`;

async function world(script: string[], settings: Record<string, unknown> = {}) {
  ollama = await startFakeOllama({ models: [{ name: 'scripted:7b' }], script });
  project = createTemporaryProject({ trialMs: 20, env: { OLLAMA_HOST: ollama.url }, settings });
}
const codes = (n: number) => stateIn(project.directory).experiments[n]!.refusals.map((r) => [r.code, r.why]);
const lastQuestion = (chat: number) => ollama.chats[chat]!.body.messages!.at(-1)!.content;

test('a slip of syntax is sent back with its message, and the mended change is the same experiment', async () => {
  await world([
    edit('const DROPOUT = 0.3;', 'const DROPOUT = 0.3 * 0.5);', 'Half the dropout'),
    edit('const DROPOUT = 0.3;', 'const DROPOUT = 0.3 * 0.5;', 'Half the dropout'),
  ]);
  expect(await runPawl(project, 'run', '--headless', '--experiments', '1')).toMatchObject({ code: 0 });
  expect(codes(1)).toEqual([['static', "it would crash: train.mjs: SyntaxError: Unexpected token ')'"]]);
  expect(lastQuestion(1)).toContain("Unexpected token ')'");
  const { experiments } = stateIn(project.directory);
  expect(experiments[1]!.trials.length).toBeGreaterThan(0);
  // Nothing of the talk is lost.
  const kept = (file: string) =>
    readFileSync(join(runFolder(project.directory), 'experiments', '1', file), 'utf8');
  expect(kept('reply.md')).toMatch(/0\.5\);[\s\S]*---- attempt 2 ----[\s\S]*0\.5;/);
  const { stdout } = await runPawl(project, 'show', '1', '--talk');
  expect(stdout).toMatch(
    /refused: {2}attempt 1: it would crash[\s\S]*Question of attempt 1\n[\s\S]*0\.5\);[\s\S]*Question of attempt 2\n {2}<!-- user -->\n[\s\S]*would crash[\s\S]*Answer of attempt 2\n[\s\S]*0\.5;/,
  );
  expect(kept('prompt.md')).toMatch(/---- attempt 2 ----[\s\S]*would crash/);
});

test('off: it costs a trial', async () => {
  await world([edit('const DROPOUT = 0.3;', 'const DROPOUT = 0.3);', 'Half')], { static_check: 'off' });
  expect(await runPawl(project, 'run', '--headless', '--experiments', '1')).toMatchObject({ code: 0 });
  expect(codes(1)).toEqual([]);
  expect(stateIn(project.directory).experiments[1]!.verdict).toBe('crashed');
});

test('a smoke run finds what no look can; one repair, no timed trial for the broken one', async () => {
  const slip = edit('await train({', 'await trian({', 'Train with more care');
  const rate = (value: number) => `HYPOTHESIS: rate ${value} learns more\nSET LEARNING_RATE = ${value}\n`;
  await world([slip, rate(0.05), slip, slip, rate(0.04)], { smoke: '10s', strictness: 'fast' });
  expect(await runPawl(project, 'run', '--headless', '--experiments', '3')).toMatchObject({ code: 0 });
  expect(codes(1)).toEqual([['smoke', expect.stringContaining('ReferenceError: trian is not defined')]]);
  expect(lastQuestion(1)).toMatch(/was run for some seconds and crashed[\s\S]*trian is not defined/);
  const { experiments } = stateIn(project.directory);
  expect(experiments[1]!.verdict).not.toBe('crashed');
  // Twice in one experiment is enough.
  expect(codes(2).map(([code]) => code)).toEqual(['smoke', 'smoke']);
  expect(experiments[2]).toMatchObject({ verdict: 'rejected', trials: [] });
  expect(experiments[3]!.sha).not.toBeNull();
  // Each smoke run is told of, with a log of its own; the champion's, to compare with, costs the model nothing.
  expect(experiments.slice(1).map((e) => e.smokes.map((x) => [x.attempt, x.outcome, x.champion]))).toEqual([
    [
      [1, 'crashed', false],
      [1, 'lived', true],
      [2, 'lived', false],
    ],
    [
      [1, 'crashed', false],
      [2, 'crashed', false],
    ],
    [[1, 'lived', false]],
  ]);
  const shown = (await runPawl(project, 'show', '2')).stdout;
  expect(shown).toMatch(
    /smoke: {4}attempt 1: crashed after \d+\.\ds: .*trian is not defined\nsmoke: {4}attempt 2: crashed/,
  );
  expect(shown).toMatch(/Log of the smoke run of attempt 2, last \d+ lines[\s\S]*trian is not defined/);
  expect(readdirSync(join(runFolder(project.directory), 'experiments', '2'))).toEqual(
    expect.arrayContaining(['smoke-1.log', 'smoke-2.log']),
  );
  expect(project.git('status', '--porcelain')).toBe('');
});

test('a smoke run that the user’s stop interrupts says so, and speaks neither for nor against the change', async () => {
  await world(
    [0.5, 0.4].map((f) => edit('const DROPOUT = 0.3;', `const DROPOUT = 0.3 * ${f};`, `${f} of the dropout`)),
    { smoke: '60s', command: 'test -z "$PAWL_SMOKE" || { touch "$HOME/smokes"; sleep 60; }; node train.mjs' },
  );
  const pawl = startPawl(project, 'run', '--headless', '--experiments', '2');
  await until('the smoke run', () => existsSync(join(project.home, 'smokes')));
  await runPawl(project, 'stop', '--now');
  const { code, stdout } = await pawl.ended;
  expect(code).toBe(0);
  expect(stdout).toContain('#001 smoke run ended: the run was stopped');
  const [, stopped] = stateIn(project.directory).experiments;
  expect(stopped).toMatchObject({ verdict: 'skipped', refusals: [], trials: [] });
  expect(stopped!.smokes).toMatchObject([{ attempt: 1, outcome: 'stopped', why: 'the run was stopped' }]);
  expect((await runPawl(project, 'show', '1')).stdout).toMatch(
    /smoke: {4}attempt 1: stopped after \d+\.\ds: the run was stopped\n/,
  );
});

test('a script that cannot do with so little time makes smoke runs useless: there are no more', async () => {
  await world(
    [0.5, 0.4].map((f) => edit('const DROPOUT = 0.3;', `const DROPOUT = 0.3 * ${f};`, `${f} of the dropout`)),
    {
      smoke: '10s',
      strictness: 'fast',
      command: 'echo "smoke=$PAWL_SMOKE" >> "$HOME/smokes" && test -z "$PAWL_SMOKE" && node train.mjs',
    },
  );
  expect(await runPawl(project, 'run', '--headless', '--experiments', '2')).toMatchObject({ code: 0 });
  expect([...codes(1), ...codes(2)].filter(([code]) => code === 'smoke')).toEqual([]);
  expect(stateIn(project.directory).experiments[1]!.trials[0]!.outcome).toBe('ok');
  // The first change, and the champion to compare with.
  const smokes = readFileSync(join(project.home, 'smokes'), 'utf8').split('\n');
  expect(smokes.filter((line) => line === 'smoke=1')).toHaveLength(2);
});
