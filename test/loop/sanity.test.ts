import { describe, expect, test } from 'vitest';
import { suspicionOf } from '../../src/loop/sanity.ts';
import type { Settings } from '../../src/protocol/settings.ts';
import { maximize, minimize, Night, type World } from './night.ts';

/** Noise that repeats with the seed. */
function noise(seed: number): () => number {
  let state = seed * 2654435761 + 1;
  const uniform = () => {
    state = (Math.imul(state ^ (state >>> 15), 2246822507) + 0x9e3779b9) | 0;
    return ((state ^ (state >>> 13)) >>> 0) / 4294967296;
  };
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** What is said of the last experiment of a night whose experiments have these true values, ± sd. */
function said(
  values: readonly number[],
  metric: Partial<Settings['metric']> = {},
  sd = 0.002,
  exact: readonly number[] = [],
): string | null {
  const random = noise(5);
  const world: World = (n) =>
    exact.includes(n) ? values[n]! : Number((values[n]! * (1 + sd * random())).toFixed(6));
  const night = new Night(world, { metric: { ...minimize, ...metric } });
  let last: string | null = null;
  for (let n = 0; n < values.length; n++) {
    night.experiment(n, (step) => {
      last = suspicionOf(night.ledger, n, step);
      return step.verdict === 'kept';
    });
  }
  return last;
}

describe('the floor', () => {
  test('a better number asks, whatever the size of the gain', () => {
    expect(said([1.0, 0.9], { floor: 0.95 })).toMatch(
      /^loss 0\.9\d* is better than 0\.95, which pawl\.yaml says cannot be beaten \(metric\.floor\)$/,
    );
    expect(said([1.0, 0.97], { floor: 0.95 })).toBeNull();
  });
  test('when more is better it is a ceiling', () => {
    expect(said([0.9, 1.02], { ...maximize, floor: 1 })).toMatch(/better than 1,/);
    expect(said([0.9, 0.95], { ...maximize, floor: 1 })).toBeNull();
  });
  test('also for a user who trusts jumps', () => {
    expect(said([1.0, 0.2], { floor: 0.95, jumps: 'trust' })).toMatch(/metric\.floor/);
  });
});

describe('a jump', () => {
  test('halving the loss out of the blue asks', () => {
    expect(said([1.0, 0.4])).toMatch(
      /^loss 0\.39\d* is a jump from 1\.0\d*: \d+ sigmas$|^loss 0\.4\d* is a jump/,
    );
  });
  test('large against all that was gained before', () => {
    expect(said([1.0, 0.9, 0.3])).toMatch(/more than three times all that was gained before/);
  });
  test.each([
    ['a good step', [1.0, 0.85]],
    ['a great step', [1.0, 0.6]],
    ['a large one where large ones are usual', [1.0, 0.6, 0.28]],
    ['worse', [1.0, 3.0]],
  ])('%s does not ask', (_, values) => {
    expect(said(values)).toBeNull();
  });
  test('a large gain within the noise is none', () => {
    expect(said([1.0, 0.45], {}, 0.3)).toBeNull();
  });
  test('a user may trust them', () => {
    expect(said([1.0, 0.1], { jumps: 'trust' })).toBeNull();
  });
  test('metrics that cross zero are compared as they are', () => {
    expect(said([-1.0, 0.5, 40], { ...maximize, scale: 'abs' })).toMatch(/is a jump from/);
    expect(said([-10, -8, -7], { ...maximize, scale: 'abs' })).toBeNull();
  });
});

describe('a constant', () => {
  test('exactly zero', () => {
    expect(said([1.0, 0], { scale: 'abs' }, 0.002, [1])).toMatch(
      /^loss 0: exactly zero, where \d\.\d* is the best so far$/,
    );
  });
  test('zero failed tests is a success, not a suspicion', () => {
    const night = new Night((n) => (n === 0 ? 7 : 0), { metric: { ...minimize, jumps: 'ask' } });
    night.experiment(0);
    let doubt: string | null = 'never decided';
    night.experiment(1, (step) => {
      doubt = suspicionOf(night.ledger, 1, step);
      return true;
    });
    expect(doubt).toBeNull();
  });
  test('the same number each time where nothing else repeats', () => {
    expect(said([1.0, 0.99], {}, 0.004, [1])).toMatch(/the same to the last digit every time/);
    expect(said([1.0, 0.99], {}, 0.004)).toBeNull();
  });
});

test('honest nights are left alone: 300 of them with 40 ideas each', () => {
  let kept = 0;
  let asked = 0;
  for (let seed = 1; seed <= 300; seed++) {
    const random = noise(seed);
    const sd = [0.0005, 0.002, 0.01, 0.03][seed % 4]!;
    const steps = Array.from({ length: 40 }, () => random());
    let level = 2;
    const levels = [level];
    const night = new Night((n) => Number((levels[n]! * (1 + sd * random())).toFixed(5)));
    night.experiment(0);
    for (let n = 1; n <= 40; n++) {
      // Mostly worse, sometimes a few percent better, now and then 30 %.
      const change = steps[n - 1]! > 1.8 ? -0.3 : steps[n - 1]! > 0.8 ? -0.03 : 0.02;
      levels[n] = level * (1 + change);
      night.experiment(n, (step) => {
        if (step.verdict !== 'kept') return false;
        kept += 1;
        if (suspicionOf(night.ledger, n, step) !== null) asked += 1;
        level = levels[n]!;
        return true;
      });
    }
  }
  expect(kept).toBeGreaterThan(1000);
  expect(asked).toBe(0);
});
