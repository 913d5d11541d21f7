import { describe, expect, it } from 'vitest';
import { championStep } from '../../src/loop/decide.ts';
import type { Settings } from '../../src/protocol/settings.ts';
import { Night, type Outcome } from './night.ts';

// Sigma about 0.13 % around 1, as three baselines show it.
const noisy = [0.999, 1, 1.001];

/** A night in which ideas 1 to `finds` bring 10 % each; then `dull` ideas that are clearly worse. */
function night(finds: number, dull = 0, strictness: Settings['strictness'] = 'balanced') {
  let level = 1;
  let runs = 0;
  let next: Outcome[] = [];
  const world = (n: number, _seed: number, role: string): Outcome => {
    if (n === 0 && role === 'baseline') return noisy[runs++]!;
    if (role === 'champion') return level;
    return next.length > 1 ? next.shift()! : next[0]!;
  };
  const out = new Night(world, { strictness });
  out.experiment(0);
  for (let n = 1; n <= finds; n++) {
    next = [0.9 * level];
    out.experiment(n);
    level *= 0.9;
  }
  let n = finds;
  for (let i = 0; i < dull; i++) {
    next = [1.05 * level];
    out.experiment(++n);
  }
  /** One more idea that shows so much less than the champion, and what its runs were. */
  return (gain: number) => {
    next = [level * (1 - gain)];
    const decided = out.experiment(++n);
    return { ...decided, trials: out.trials.get(n)! };
  };
}

describe('a run that could tell less than a new idea brings', () => {
  it('is left out after some large gains: what looks better is kept, what hardly does is not', () => {
    expect(night(3)(0.005)).toMatchObject({
      verdict: 'kept',
      confidence: 'provisional',
      trials: ['candidate'],
      why: expect.stringMatching(/by one run$/),
    });
    expect(night(3)(0.0013)).toMatchObject({ verdict: 'discarded', trials: ['candidate'] });
  });
  it('is made while nothing was earned, and after one or two great finds', () => {
    for (const finds of [0, 1, 2]) expect(night(finds)(0.005 / (1 + finds)).trials.length).toBeGreaterThan(1);
  });
  it('is made again when the large gains are long ago', () => {
    expect(night(3, 20)(0.002).trials).toEqual(['candidate']);
    expect(night(3, 30)(0.002).trials.length).toBeGreaterThan(1);
  });
  it.each(['fast', 'careful', 'strict'] as const)('%s does as it says in any case', (strictness) => {
    expect(night(4, 0, strictness)(0.004).trials.length).toBeGreaterThan(1);
  });
});

it('trials that are ended early say that nobody comes near, as bad numbers do', () => {
  const runs = [...noisy];
  const out = new Night((n) => (n === 0 ? (runs.shift() ?? 1.2) : { outcome: 'hopeless', why: 'behind' }));
  out.experiment(0);
  for (let n = 1; n < 10; n++) {
    out.experiment(n);
    expect(championStep(out.ledger), `${n}`).toBeNull();
  }
  out.experiment(10);
  expect(championStep(out.ledger)).toMatchObject({
    role: 'champion',
    why: expect.stringContaining('nobody came near'),
  });
  // The machine has become slow: the old bar goes, and another run makes sure.
  out.experiment(11);
  expect(out.ledger.champion.bar).toEqual([1.2, 1.2]);
  const greedy = new Night((n) => (n === 0 ? 1 : { outcome: 'hopeless', why: 'behind' }), {
    strictness: 'greedy',
  });
  for (let n = 0; n < 14; n++) greedy.experiment(n);
  expect(championStep(greedy.ledger)).toBeNull();
});
