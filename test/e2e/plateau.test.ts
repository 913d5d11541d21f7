import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunState } from '../../src/journal/state.ts';
import type { ChatBody } from '../harness/fake-ollama/script.ts';
import { constant, type Night, openNight } from './night.ts';
import { type Ran, stateIn } from './run-pawl.ts';

// A run that gets stuck twice. The metric repeats exactly, and only a gain of 3 % counts: what is less nearly wins.

const edit = (why: string) =>
  `HYPOTHESIS: ${why}\nEXPECT: lower\nFAMILY: structure\nEDIT train.mjs\n<<<<<<< SEARCH\nawait train({\n=======\n// ${why}\nawait train({\n>>>>>>> REPLACE\n`;

const replies: string[] = [
  constant('LEARNING_RATE', 0.1), // 1 kept
  constant('WIDTH', 36), // 2 nearly
  constant('DROPOUT', 0.1), // 3 nearly
  ...[0.3, 0.4, 0.5].map((rate) => constant('LEARNING_RATE', rate)), // 4 to 6
  ...[0.6, 0.7].map((rate) => constant('LEARNING_RATE', rate)), // 7, 8: other ways
  constant('LEARNING_RATE', 0.8), // 9: refused, only the structure may change
  edit('Nothing but a remark'),
  edit('Another remark'), // 10
  // 11 asks nobody: #2 and #3 together.
  ...[0.32, 0.42, 0.52, 0.62, 0.72, 0.82, 0.92].map((rate) => constant('LEARNING_RATE', rate)), // 12 to 18
  edit('A third remark of another kind'), // 19
  edit('Yet one more line that says nothing'), // 20
  constant('WEIGHT_DECAY', 0.9), // 21: no near miss is left
  constant('LEARNING_RATE', 0.05), // 22: from the baseline's code
  constant('WIDTH', 4), // 23: from #22
  // 24: from #22 again, all of it at last.
  'HYPOTHESIS: All four at once\nSET LEARNING_RATE = 0.1\nSET WIDTH = 64\nSET DROPOUT = 0.1\nSET WEIGHT_DECAY = 0.04\n',
];

let night: Night;
let ran: Ran;
let state: RunState;
let asked: ChatBody[];

beforeAll(async () => {
  asked = [];
  night = await openNight({
    script: (body, index) => {
      asked.push(body);
      return replies[Math.min(index, replies.length - 1)]!;
    },
    project: { noise: 0, settings: { plateau: 5, min_gain: '3%' } },
  });
  ran = await night.run('run', '--headless', '--experiments', '24', '--seed', '3');
  state = stateIn(night.project.directory);
}, 120_000);
afterAll(() => night?.end());

const turns = () => night.events().flatMap((e) => (e.type === 'search.turned' ? [`#${e.n} ${e.turn}`] : []));
/** The last question about experiment `n`. */
const question = (n: number): ChatBody =>
  asked.findLast((body) => body.messages!.at(-1)!.content.includes(`# Experiment #${n}\n`))!;

test('each turn is taken in its order, told in the journal and in the log', () => {
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
  expect(turns()).toEqual([
    '#7 other-way',
    '#9 structural',
    '#11 near-miss',
    '#17 other-way',
    '#19 structural',
    '#21 usual',
    '#22 fork',
  ]);
  expect(ran.stdout).toMatch(/PLATEAU 5 experiments without a keep: the model answers more freely/);
  expect(ran.stdout).toMatch(
    /PLATEAU 10 experiments without a keep: ideas start from the code of the baseline/,
  );
  const kept = state.experiments.filter((e) => e.verdict === 'kept').map((e) => e.n);
  expect(kept).toEqual([0, 1, 11, 24]);
});

test('the model is asked in another way', () => {
  expect(question(6).options!.temperature).toBe(0.7);
  expect(question(7).options!.temperature).toBe(1);
  expect(question(7).messages!.at(-1)!.content).toMatch(/with fresh eyes/);
  expect(question(10).messages!.at(-1)!.content).toMatch(/This time no constants/);
});

test('a constant is sent back once while only the structure may change', () => {
  expect(state.experiments[9]!.refusals.map((r) => r.code)).toEqual(['not-structural']);
  expect(state.experiments[9]!.hypothesis).toBe('Nothing but a remark');
});

test('two near misses are made together on the champion, and win together', () => {
  const together = state.experiments[11]!;
  expect([2, 3].map((n) => state.experiments[n]!.label)).toEqual(['near-miss', 'near-miss']);
  expect(together).toMatchObject({ again: [2, 3], verdict: 'kept', tokens: null });
  expect(together.hypothesis).toMatch(/^#2 and #3 together: /);
  const source = night.project.git('show', `${together.sha}:train.mjs`);
  expect(source).toMatch(/LEARNING_RATE = 0\.1;\nconst WIDTH = 36;\nconst DROPOUT = 0\.1;/);
});

test('a fork starts from older code, grows from its best, and is committed on the champion', () => {
  expect([22, 23, 24].map((n) => state.experiments[n]!.fork)).toEqual([0, 22, 22]);
  expect(question(22).messages!.at(-1)!.content).toMatch(/const LEARNING_RATE = 0\.02;/);
  expect(question(22).messages!.at(-1)!.content).toMatch(/The files above are those of the baseline/);
  expect(question(24).messages!.at(-1)!.content).toMatch(/const LEARNING_RATE = 0\.05;\nconst WIDTH = 24;/);
  // Its number is compared with the champion's: better than the baseline is not enough.
  expect(state.experiments[22]).toMatchObject({ verdict: 'discarded', label: 'worse' });
  expect(state.experiments[22]!.metric).toBeLessThan(state.experiments[0]!.metric!);
  // Constants are told from the champion's values, because the gain is against the champion.
  expect(state.experiments[22]!.constants).toContainEqual({
    path: 'train.mjs',
    name: 'LEARNING_RATE',
    from: 0.1,
    to: 0.05,
  });
});

test('the branch has only ever moved forward', () => {
  const onBranch = night.project.git('log', '--format=%H', '--reverse', `main..${state.branch}`).split('\n');
  expect(onBranch).toEqual([1, 11, 24].map((n) => state.experiments[n]!.sha));
  expect(state.plateau).toBeNull();
});
