import { describe, expect, it } from 'vitest';
import { noveltyRefusal } from '../../src/propose/novelty.ts';
import type { Edit, HistoryRow } from '../../src/propose/proposer.ts';

const row = (over: Partial<HistoryRow>): HistoryRow => ({
  n: 1,
  hypothesis: '',
  family: null,
  proposer: 'ollama',
  verdict: 'discarded',
  z: -2,
  gain: -0.01,
  metric: 1,
  constants: [],
  why: 'worse',
  added: 1,
  removed: 1,
  ...over,
});
const lr = { path: 'train.py', name: 'LR', from: 0.01, to: 0.02 };
const setLr: Edit[] = [{ kind: 'constant', path: 'train.py', name: 'LR', value: '0.02' }];
const code: Edit[] = [{ kind: 'replace', path: 'train.py', search: 'a', replace: 'b' }];
const idea = (hypothesis: string) => ({ hypothesis, constants: [], edits: code });
const setting = (constants = [lr]) => ({ hypothesis: 'another reason', constants, edits: setLr });

describe('the same constants', () => {
  it.each<[string, HistoryRow, boolean]>([
    ['moved from and to the same values', row({ constants: [lr] }), true],
    ['when it crashed', row({ constants: [lr], verdict: 'crashed', z: null }), true],
    ['to another value', row({ constants: [{ ...lr, to: 0.03 }] }), false],
    ['from another value', row({ constants: [{ ...lr, from: 0.04 }] }), false],
    ['with one more', row({ constants: [lr, { ...lr, name: 'WD' }] }), false],
    ['with code around them', row({ constants: [lr], added: 12 }), false],
    ['that were skipped', row({ constants: [lr], verdict: 'skipped' }), false],
    ['that were kept and reverted', row({ constants: [lr], verdict: 'reverted' }), false],
  ])('%s', (_, past, refused) => {
    const refusal = noveltyRefusal(setting(), [past]);
    expect(refusal?.code ?? null).toBe(refused ? 'duplicate' : null);
    if (refused) expect(refusal!.why).toMatch(/^tried already as #1 .*LR 0.01 to 0.02$/);
  });
  it('a near miss may be tried again on another ground', () => {
    const near = row({ constants: [lr], z: 0.4 });
    const keeps = (count: number) =>
      Array.from({ length: count }, (_, i) => row({ n: 2 + i, verdict: 'kept' }));
    expect(noveltyRefusal(setting(), [near, ...keeps(4)])).not.toBeNull();
    expect(noveltyRefusal(setting(), [near, ...keeps(5)])).toBeNull();
    expect(noveltyRefusal(setting(), [row({ constants: [lr] }), ...keeps(5)])).not.toBeNull();
  });
});

describe('the same words', () => {
  const past = row({ hypothesis: 'Replace the ReLU activation by SiLU in all hidden layers' });
  it.each<[string, boolean]>([
    ['Replace the ReLU activation by SiLU in all hidden layers', true],
    ['replacing ReLU activations with SiLU in all the hidden layers.', true],
    ['Replace the ReLU activation by GELU in the output layer', false],
    ['Use a cosine schedule with warmup', false],
  ])('%s', (hypothesis, refused) => {
    expect(noveltyRefusal(idea(hypothesis), [past]) !== null).toBe(refused);
  });
  it('other numbers are another experiment', () => {
    const dropout = row({ hypothesis: 'Add dropout of 0.1 after each hidden layer' });
    expect(noveltyRefusal(idea('Add dropout of 0.2 after each hidden layer'), [dropout])).toBeNull();
    expect(noveltyRefusal(idea('Add dropout of 0.1 after each hidden layer'), [dropout])).not.toBeNull();
  });
  it('too few words are no idea', () => {
    expect(noveltyRefusal(idea('try it'), [row({ hypothesis: 'try it' })])).toBeNull();
  });
  it('what was kept is no repeat, and old ideas are forgotten', () => {
    expect(noveltyRefusal(idea(past.hypothesis), [{ ...past, verdict: 'kept' }])).toBeNull();
    const many = Array.from({ length: 60 }, (_, i) =>
      row({ n: i + 2, hypothesis: `something else entirely ${i}` }),
    );
    expect(noveltyRefusal(idea(past.hypothesis), [past, ...many])).toBeNull();
  });
});

describe('an idea that crashed', () => {
  const words = 'Normalise the hidden state before the output layer';
  const crash = (n: number) => row({ n, hypothesis: words, verdict: 'crashed', z: null, why: 'NameError' });
  it('may be mended once', () => {
    expect(noveltyRefusal(idea(`${words}, mended`), [crash(1)])).toBeNull();
    expect(noveltyRefusal(idea(words), [crash(1), crash(2)])).toMatchObject({ code: 'duplicate' });
    expect(noveltyRefusal(idea(words), [crash(1), row({ n: 2, hypothesis: words })])).toMatchObject({
      code: 'duplicate',
    });
  });
});
