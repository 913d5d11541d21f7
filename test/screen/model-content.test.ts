import { expect, test } from 'vitest';
import { emptyState, foldAll } from '../../src/journal/fold.ts';
import { applyRate } from '../../src/screen/apply-rate.ts';
import type { PaneContent } from '../../src/screen/panes/content.ts';
import { type ModelInput, modelContent } from '../../src/screen/panes/model-content.ts';
import * as f from './fixtures.ts';
import { linesOf } from './row-text.ts';
import { states } from './states.ts';

const inner = { width: 60, height: 20 };
const text = (content: PaneContent) => linesOf(content.rows).join('\n');
function inputOf(state: string, change: Partial<ModelInput> = {}): ModelInput {
  const { run, live } = states[state]!();
  return {
    run,
    model: live.model,
    tuner: live.tuner,
    lease: live.lease,
    phase: live.phase.phase,
    past: null,
    thinking: true,
    scroll: 0,
    ...change,
  };
}

test('thinking and answer apart, speed, context, and how many replies could be used', () => {
  const content = modelContent(inputOf('proposing'), { width: 60, height: 24 });
  expect(content.title).toBe('qwen3-coder:30b  #17');
  expect(text(content)).toMatch(
    /^generating │ 412 tokens │ 38\.4\/s\ncontext [━╸─]+ 5\.4k of 16k, 34%\napplied 16 of 16 replies, 100%.*\nexpectations 1 of 12 came true │ .*\n\n▾ thinking {2}about \d+ words, t folds it\n[\s\S]*\n\nHYPOTHESIS/,
  );
});

test('folded, the thinking is a line; while there is no answer yet its end still shows', () => {
  const folded = text(modelContent(inputOf('proposing', { thinking: false }), inner));
  expect(folded).toContain('▸ thinking  about');
  expect(folded).not.toContain('MATRIX_LR has not been touched');
  const { model } = inputOf('proposing');
  const before = modelContent(
    inputOf('proposing', { thinking: false, model: { ...model!, answer: '' } }),
    inner,
  );
  expect(text(before)).toContain('a higher peak should be stable now');
});

test('a second attempt says why the first was refused', () => {
  const input = inputOf('proposing');
  const run = structuredClone(input.run);
  run.experiments[17]!.refusals = [
    { attempt: 1, code: 'no-match', why: 'SEARCH text not found in train.mjs' },
  ];
  const content = modelContent({ ...input, run, model: { ...input.model!, attempt: 2 } }, inner);
  expect(content.title).toContain('attempt 2');
  expect(text(content)).toContain('attempt 1 refused: SEARCH text not found in train.mjs');
  expect(text(content)).toContain('its reply: .pawl/runs/nov20/experiments/17/reply.md');
});

test('in a panel it is said who has the word, whose reply was refused, and whose a past idea was', () => {
  const input = inputOf('proposing');
  const run = structuredClone(input.run);
  const e = run.experiments[17]!;
  e.proposer = 'panel';
  const says = (answer: string) =>
    text(modelContent({ ...input, run, model: { ...input.model!, answer, attempt: 2 } }, inner));
  expect(says('')).toContain('generating');
  expect(says('── optimiser ──\n\nWider.\n\n── data, round 2 ──\n\nMore')).toContain('data, round 2 speaks');
  expect(says('── data ──\n\nMore\n\n── chair ──\n\n')).toContain('the chair chooses');
  expect(says('── chair ──\n\nCHOICE: data\n\n── the proposal: data ──\n\nEDIT')).toContain(
    'writing the idea of data',
  );
  e.refusals = [{ attempt: 1, code: 'no-match', why: 'SEARCH text not found', persona: 'systems' }];
  expect(says('')).toContain('attempt 1 by systems refused: SEARCH text not found');
  const past = { ...e, arm: { proposer: 'panel' as const, model: 'small:7b', persona: 'data' } };
  const told = text(modelContent({ ...input, run, past }, inner));
  expect(told).toContain('data, in a panel on small:7b');
  expect(told).toContain('attempt 1 by systems refused');
  expect(told).toContain('.pawl/runs/nov20/experiments/17/reply.md');
});

test('a model that was swapped out is said to be away', () => {
  const lease = { holder: 'trial' as const, step: null, sharing: 'swap' as const, why: '', swapSeconds: 4 };
  expect(text(modelContent(inputOf('training', { lease }), inner))).toContain(
    'unloaded: the trial has the GPU',
  );
  expect(text(modelContent(inputOf('training'), inner))).toMatch(/^idle/);
});

test('what it writes beside a trial is said to be for a later experiment', () => {
  const input = inputOf('training');
  const n = input.run.current! + 1;
  const beside = (change: Partial<NonNullable<ModelInput['model']>>) =>
    text(modelContent({ ...input, model: { ...input.model!, n, ...change } }, inner));
  expect(beside({ stage: 'generating' })).toMatch(new RegExp(`^writing ahead for #${n}`));
  expect(beside({ stage: 'generating', note: 'thinking' })).toMatch(new RegExp(`^thinking ahead for #${n}`));
  expect(beside({ stage: 'done' })).toMatch(new RegExp(`^written ahead for #${n}`));
});

test('the tuner tells its pick, what it expects, and what it has tried', () => {
  const content = modelContent(inputOf('the tuner proposes'), inner);
  expect(content.title).toBe('tuner  #10');
  expect(text(content)).toMatchInlineSnapshot(`
    "No model: Ollama does not answer at 127.0.0.1:11434.
    It has learned from 9 runs.

      the pick, and what came next      expects   unsure  worth
    ▸ MATRIX_LR 0.04 → 0.0513            −1.09%   ±0.80% ▪▪▪▪▪▪
      WARMUP 0.05 → 0.1                  −0.40%   ±1.19% ▪▪▪▪
      EMBEDDING_LR 0.8 → 0.64            +0.20%   ±0.90% ▪

    constant                           now   tried
    MATRIX_LR                         0.04      3×
    EMBEDDING_LR                       0.8      1×
    WARMUP                            0.05   never"
  `);
  // Attached between two proposals, or in a replay.
  const early = inputOf('the tuner proposes', { tuner: null });
  expect(text(modelContent(early, inner))).toMatch(
    /no model is needed[\s\S]*shows\s+here\s+with\s+the\s+next\s+proposal/,
  );
});

test('at any height the head gives way to the stream, and rows never exceed the pane', () => {
  for (let height = 1; height < 12; height++)
    for (const state of [
      'proposing',
      'training',
      'the tuner proposes',
      'baseline',
      'held by engine',
      'crashed last',
    ])
      expect(modelContent(inputOf(state), { width: 40, height }).rows.length, state).toBeLessThanOrEqual(
        height,
      );
});

test('the rate counts replies that could not be applied, not those that fell at a check', () => {
  const j = f.journal();
  f.start(j);
  f.baseline(j);
  for (let n = 1; n <= 20; n++) {
    j.add({ type: 'experiment.started', n, parent: 'a', proposer: 'ollama' });
    if (n % 2 === 0) j.add({ type: 'experiment.rejected', n, attempt: 1, code: 'no-match', why: 'x' });
    if (n > 15) j.add({ type: 'experiment.rejected', n, attempt: 2, code: 'check', why: 'x' });
    j.add({
      type: 'experiment.proposed',
      n,
      attempt: n > 15 ? 3 : n % 2 === 0 ? 2 : 1,
      hypothesis: 'h',
      expect: null,
      family: null,
      constants: [],
      seconds: 1,
      tokens: 1,
    });
  }
  const run = foldAll(j.events, emptyState());
  expect(applyRate(run)).toEqual({ replies: 15 + 7 + 15, applied: 37 - 10, refused: [['no-match', 10]] });
  expect(applyRate(run, 10)).toEqual({ replies: 5 + 2 + 15, applied: 22 - 5, refused: [['no-match', 5]] });
  expect(applyRate(emptyState())).toBeNull();
});

test('which form the model is asked for, how it fares with it, and why that was changed', () => {
  const input = inputOf('proposing');
  const run = structuredClone(input.run);
  const reply = { attempt: 1, model: 'qwen3-coder:30b', code: null, why: null };
  run.experiments[5]!.replies = [{ ...reply, form: 'edit', code: 'format' }];
  run.experiments[6]!.replies = [
    { ...reply, form: 'constants', why: '2 of the last 2 replies could not be applied' },
  ];
  run.experiments[7]!.replies = [{ ...reply, form: 'constants', code: 'format' }];
  run.experiments[8]!.replies = [{ ...reply, form: 'edit', model: 'another:1b' }];
  const shown = text(modelContent({ ...input, run }, { width: 120, height: 24 }));
  expect(shown).toContain(
    'asked for constants only │ applied 1 of its last 2 │ since #6: 2 of the last 2 replies could not be applied',
  );
  // A low pane says it in its first row.
  expect(text(modelContent({ ...input, run }, { width: 80, height: 9 })).split('\n')[0]).toContain(
    'constants only 1 of 2',
  );
  expect(text(modelContent(input, { width: 120, height: 24 }))).not.toContain('asked for');
});
