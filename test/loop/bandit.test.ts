import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ArmTry, chooseArm, gainsPerHour, usualBandit } from '../../src/loop/bandit.ts';
import { choiceSentence } from '../../src/loop/choice-sentence.ts';
import { seededRandom } from '../../src/propose/tuner/random.ts';
import { byWorth, mean, night, worlds } from './bandit-worlds.ts';

const world = (name: string) => worlds.find((w) => w.name === name)!;
const lateShare = (name: string, arm: string) => {
  let share = 0;
  for (let seed = 1; seed <= 12; seed++) {
    const { tries } = night(world(name), seed * 31, byWorth());
    const late = tries.slice(-Math.ceil(tries.length / 3));
    share += late.filter((t) => t.arm === arm).length / late.length / 12;
  }
  return share;
};

describe('the choice between proposers', () => {
  it('begins with the same number of tries for each', () => {
    const tries: ArmTry[] = [];
    for (let i = 0; i < 3 * usualBandit.opening; i++) {
      const { arm, because } = chooseArm(['a', 'b', 'c'], tries, seededRandom(i));
      expect(because).toBe('opening');
      tries.push({ arm, seconds: 1, gain: arm === 'a' ? 1 : 0 });
    }
    for (const arm of ['a', 'b', 'c'])
      expect(tries.filter((t) => t.arm === arm)).toHaveLength(usualBandit.opening);
    expect(chooseArm(['a', 'b', 'c'], tries, seededRandom(1)).because).toBe('worth');
    expect(chooseArm(['a'], tries, seededRandom(1))).toEqual({ arm: 'a', because: 'only' });
  });

  it('spends the night with the good one, and leaves one that has dried up', () => {
    expect(lateShare('a useless model', 'tuner')).toBeGreaterThan(0.8);
    expect(lateShare('a useless tuner', 'model')).toBeGreaterThan(0.7);
    expect(lateShare('the tuner dries up', 'model')).toBeGreaterThan(0.6);
  });

  it('gains nearly what the better one alone would, far more than half and half', () => {
    for (const name of ['a useless model', 'a useless tuner', 'the tuner is better']) {
      const best = Math.max(...['model', 'tuner'].map((arm) => mean(world(name), 25, () => arm)));
      expect(mean(world(name), 25, byWorth()) / best, name).toBeGreaterThan(0.72);
    }
  });

  it('pays for seconds, not for tries', () => {
    // The same gain every time, but one takes four times as long.
    const tries: ArmTry[] = [];
    for (let i = 0; i < 120; i++) {
      const { arm } = chooseArm(['quick', 'slow'], tries, seededRandom(i));
      tries.push({ arm, seconds: arm === 'quick' ? 60 : 240, gain: i % 3 === 0 ? 0.01 : 0 });
    }
    expect(tries.slice(60).filter((t) => t.arm === 'quick').length).toBeGreaterThan(40);
  });

  const past = fc.array(
    fc.record({
      arm: fc.constantFrom('a', 'b', 'c', 'gone'),
      seconds: fc.double({ min: 0, max: 1e5, noNaN: true }),
      gain: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e6, noNaN: true })),
    }),
    { maxLength: 60 },
  );

  it('property: always one of those asked for, and the same from the same past', () => {
    fc.assert(
      fc.property(past, fc.nat(), (tries, seed) => {
        const one = chooseArm(['a', 'b', 'c'], tries, seededRandom(seed));
        expect(['a', 'b', 'c']).toContain(one.arm);
        expect(chooseArm(['a', 'b', 'c'], tries, seededRandom(seed))).toEqual(one);
      }),
    );
  });

  it('property: nobody starves, whatever was before', () => {
    fc.assert(
      fc.property(past, fc.nat(), fc.integer({ min: 2, max: 3 }), (before, seed, count) => {
        const arms = ['a', 'b', 'c'].slice(0, count);
        const tries: ArmTry[] = [...before];
        const from = tries.length;
        const window = usualBandit.floor * (count - 1) + count;
        for (let i = 0; i < 2 * window; i++) {
          const { arm } = chooseArm(arms, tries, seededRandom(seed + i));
          // Whoever is not `a` only costs.
          tries.push({ arm, seconds: 10, gain: arm === 'a' ? 1 : 0 });
        }
        // A start that was owed comes first; after it each window has everyone.
        const late = tries.slice(from + window);
        for (const arm of arms) expect(late.some((t) => t.arm === arm)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });
});

describe('why it was asked, in words', () => {
  const unit = { scale: 'log', metric: 'loss' } as const;
  const rates = [
    { name: 'tuner', perHour: 0.0213 },
    { name: 'qwen3:8b', perHour: 0.0082 },
  ];
  it.each([
    ['tuner', 'worth', rates, unit, 'tuner: 2.1 %/h against 0.82 %/h of qwen3:8b'],
    ['qwen3:8b', 'worth', rates, unit, 'qwen3:8b, to be surer: 0.82 %/h against 2.1 %/h of tuner'],
    [
      'tuner',
      'worth',
      [
        { name: 'tuner', perHour: 3 },
        { name: 'm', perHour: null },
      ],
      { scale: 'abs', metric: 'acc' },
      'tuner: 3 acc/h against 0 acc/h of m',
    ],
    [
      'tuner',
      'worth',
      [
        { name: 'tuner', perHour: 0 },
        { name: 'm', perHour: 0 },
      ],
      unit,
      'tuner: none has brought anything lately',
    ],
    ['m', 'opening', rates, unit, 'm: at first all are asked equally often'],
    ['m', 'turn', rates, unit, 'm: it had waited long, and each gets its turn'],
    ['m', 'only', rates.slice(0, 1), unit, null],
  ] as const)('%s, %s', (arm, because, all, how, said) => {
    expect(choiceSentence(arm, because, all, how)).toBe(said);
  });

  it('rates are recent ones', () => {
    const tries = [
      ...Array.from({ length: 100 }, () => ({ arm: 'a', seconds: 36, gain: 1 })),
      ...Array.from({ length: 100 }, () => ({ arm: 'a', seconds: 36, gain: 0 })),
    ];
    expect(gainsPerHour(['a', 'b'], tries).get('a')).toBeLessThan(20);
    expect(gainsPerHour(['a', 'b'], tries).get('b')).toBeNull();
  });
});
