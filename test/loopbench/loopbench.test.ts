import { beforeAll, describe, expect, it } from 'vitest';
import { Night } from './night.ts';
import { asLoss, pawl, type Told } from './pawl-policy.ts';
import { pairedDifference, playAll, type Score, worstRatio } from './score.ts';
import { betterBy, greedy, oracle } from './simple-policies.ts';
import { type World, worlds } from './worlds.ts';

// LoopBench, small: 60 nights a world, seeds that no dial was tuned on. `npm run loopbench` prints the whole table.

const nights = 60;
const seed = 9000;
const scores = {} as Record<'greedy' | 'fast' | 'balanced' | 'fivePercent', Score>;

beforeAll(() => {
  const oracles = new Map<string, number>();
  const of = (name: string, policy: typeof greedy) => playAll(name, policy, worlds, nights, seed, oracles);
  scores.greedy = of('greedy', greedy);
  scores.fivePercent = of('5 %', betterBy(0.05));
  scores.fast = of('fast', pawl({ strictness: 'fast' }));
  scores.balanced = of('balanced', pawl({ strictness: 'balanced' }));
}, 120_000);

describe('over all worlds', () => {
  it('the bench tells good from bad: a fixed 5 % rule finds little, and nothing where gains are small', () => {
    expect(scores.fivePercent.score).toBeLessThan(50);
    expect(scores.fivePercent.worlds[1]!.share).toBeLessThan(0.05);
    expect(scores.greedy.score).toBeGreaterThan(70);
    expect(scores.greedy.score).toBeLessThan(90);
  });
  it('fast finds more than greedy, balanced as much', () => {
    expect(scores.fast.score).toBeGreaterThanOrEqual(scores.greedy.score + 1);
    expect(scores.balanced.score).toBeGreaterThanOrEqual(scores.greedy.score);
    const { points, halfWidth } = pairedDifference(scores.fast, scores.greedy);
    expect(points).toBeGreaterThan(halfWidth);
  });
  it('little of what is kept harms', () => {
    expect(scores.fast.harmfulKeeps).toBeLessThanOrEqual(0.12);
    expect(scores.balanced.harmfulKeeps).toBeLessThanOrEqual(0.08);
    expect(scores.balanced.falseKeeps).toBeLessThan(scores.greedy.falseKeeps);
  });
  it('no world is a disaster, and a noisy one gains most', () => {
    expect(worstRatio(scores.fast, scores.greedy).ratio).toBeGreaterThanOrEqual(0.85);
    expect(worstRatio(scores.balanced, scores.greedy).ratio).toBeGreaterThanOrEqual(0.85);
    const noisy = worlds.findIndex((w) => w.name === 'W6');
    expect(scores.fast.worlds[noisy]!.share).toBeGreaterThanOrEqual(1.3 * scores.greedy.worlds[noisy]!.share);
  });
  it('what the log claims is near the truth', () => {
    expect(scores.greedy.optimism).toBeGreaterThan(0.03);
    expect(Math.abs(scores.balanced.optimism)).toBeLessThan(0.02);
  });
});

const quiet: World = { ...worlds[0]!, r: 0 };

it('where every run repeats exactly nothing is run twice, and greedy is matched', () => {
  const [mine, theirs] = [pawl({ strictness: 'balanced' }), greedy].map((policy) => {
    let gain = 0;
    let proposals = 0;
    for (let i = 0; i < 20; i++) {
      const night = new Night(quiet, seed + i);
      policy(night);
      gain += night.level;
      proposals += night.proposals;
    }
    return { gain, proposals };
  });
  expect(mine!.gain).toBeGreaterThan(0.97 * theirs!.gain);
  // Two more baseline runs a night, no confirmation ever: at most two experiments fewer.
  expect(mine!.proposals).toBeGreaterThanOrEqual(theirs!.proposals - 20 * 2);
});

it('strictness greedy is the greedy rule: it only runs the baseline more often', () => {
  for (const world of [worlds[0]!, worlds[2]!])
    for (let i = 0; i < 6; i++) {
      const [mine, theirs] = [new Night(world, seed + i), new Night(world, seed + i)];
      pawl({ strictness: 'greedy' })(mine);
      greedy(theirs);
      // Two more baseline runs at the start cost the last experiments; its bar is their mean, not the first number.
      expect(mine.trials).toBe(mine.proposals + 3);
      expect(mine.level).toBeGreaterThan(0.6 * theirs.level);
    }
});

describe('the same night told in another way is decided the same way', () => {
  const ways: [string, Told][] = [
    ['in other units', { metric: (s) => 250 * Math.exp(-s), over: {} }],
    [
      'to be maximised',
      {
        metric: (s) => Math.exp(s),
        over: { metric: { ...metric(), direction: 'maximize' } },
      },
    ],
    [
      'as a signed number on an absolute scale',
      { metric: (s) => 3 - s, over: { metric: { ...metric(), scale: 'abs' } } },
    ],
  ];
  it.each(ways)('%s', (_, told) => {
    for (let i = 0; i < 6; i++) {
      const one = new Night(worlds[2]!, seed + i);
      const other = new Night(worlds[2]!, seed + i);
      pawl({ strictness: 'balanced' }, asLoss)(one);
      pawl({ strictness: 'balanced' }, told)(other);
      expect(other.kept.map((k) => k.delta)).toEqual(one.kept.map((k) => k.delta));
    }
  });
});

it('a night of nonsense numbers keeps nothing', () => {
  for (const nonsense of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    const night = new Night({ ...quiet, hours: 1 }, seed);
    let runs = 0;
    // Three honest baseline runs, then nothing but nonsense.
    pawl({}, { metric: (s) => (++runs > 3 ? nonsense : Math.exp(-s)), over: {} })(night);
    expect(night.proposals).toBeGreaterThan(10);
    expect(night.kept).toEqual([]);
  }
});

it('nobody beats the oracle in a world without noise', () => {
  const best = new Night(quiet, seed);
  const mine = new Night(quiet, seed);
  oracle(best);
  pawl({})(mine);
  expect(mine.level).toBeLessThanOrEqual(best.level * 1.02);
});

function metric() {
  return {
    name: 'loss',
    direction: 'minimize' as const,
    pattern: null,
    json: null,
    scale: 'auto' as const,
    resolution: null,
  };
}
