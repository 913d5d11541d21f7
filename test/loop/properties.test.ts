import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextStep } from '../../src/loop/decide.ts';
import { foldLedger, openLedger } from '../../src/loop/ledger.ts';
import { maximize, minimize, Night, normal, type Outcome, type World } from './night.ts';

// Worlds drawn by chance, whole nights through the real policy.

type Drawn = {
  sigma: number;
  seed: number;
  gains: number[];
  strictness: 'fast' | 'balanced' | 'careful' | 'strict';
};
const drawn: fc.Arbitrary<Drawn> = fc.record({
  sigma: fc.constantFrom(0, 0.0005, 0.004, 0.03),
  seed: fc.integer(),
  gains: fc.array(fc.double({ min: -0.05, max: 0.03, noNaN: true }), { minLength: 1, maxLength: 25 }),
  strictness: fc.constantFrom('fast', 'balanced', 'careful', 'strict'),
});

/** Numbers of a loss around 1; the noise of a run depends only on experiment and how often it ran. */
function losses({ sigma, seed, gains }: Drawn, parent: () => number): World {
  const level = [0];
  const times = new Map<number, number>();
  return (n) => {
    level[n] ??= level[parent()]! + gains[n - 1]!;
    const k = times.get(n) ?? 0;
    times.set(n, k + 1);
    return Math.exp(-level[n]! + sigma * normal(seed ^ (n * 1009 + k * 9176))());
  };
}

function play(world: Drawn, change: (y: number) => Outcome, over: object = {}) {
  const night: Night = new Night((n, s, r) => change(inner(n, s, r) as number), {
    strictness: world.strictness,
    ...over,
  });
  const inner = losses(world, () => night.champion);
  const decided = world.gains.map((_, i) => {
    if (i === 0) night.experiment(0);
    return night.experiment(i + 1);
  });
  const verdicts = decided.map((d) => d.verdict);
  const trials = [...night.trials.entries()].map(([n, roles]) => `${n}:${roles.join(',')}`);
  return { night, decided, verdicts, trials };
}

describe('the policy', () => {
  it('decides the same when the metric is turned round', () => {
    fc.assert(
      fc.property(drawn, (world) => {
        const down = play(world, (y) => y, { metric: { ...minimize, resolution: 0 } });
        // On the relative scale the mirror of y is 1/y, on the absolute one -y.
        const up = play(world, (y) => 1 / y, { metric: { ...maximize, resolution: 0 } });
        expect(up.verdicts).toEqual(down.verdicts);
        expect(up.trials).toEqual(down.trials);
        const abs = { scale: 'abs' as const, resolution: 0 };
        const minus = play(world, (y) => y, { metric: { ...minimize, ...abs } });
        const plus = play(world, (y) => -y, { metric: { ...maximize, ...abs } });
        expect(plus.verdicts).toEqual(minus.verdicts);
        expect(plus.trials).toEqual(minus.trials);
      }),
      { numRuns: 60 },
    );
  });

  it('decides the same in any unit', () => {
    fc.assert(
      fc.property(
        drawn,
        fc.integer({ min: -20, max: 20 }),
        fc.constantFrom('log', 'abs'),
        (world, power, scale) => {
          const metric = { ...minimize, scale, resolution: 0 };
          const one = play(world, (y) => y, { metric });
          // A power of two changes no digit of the fraction.
          const other = play(world, (y) => y * 2 ** power, { metric });
          expect(other.verdicts).toEqual(one.verdicts);
          expect(other.trials).toEqual(one.trials);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('never keeps what was not measured better than the bar, and never more than it may run', () => {
    fc.assert(
      fc.property(drawn, (world) => {
        const { decided, night } = play(world, (y) => y);
        for (const d of decided) if (d.verdict === 'kept') expect(d.gain).toBeGreaterThan(0);
        const most = { fast: 3, balanced: 4, careful: 4, strict: 7 }[world.strictness];
        for (const [n, roles] of night.trials)
          if (n > 0) expect(roles.filter((r) => r !== 'champion').length).toBeLessThanOrEqual(most);
      }),
      { numRuns: 60 },
    );
  });

  it('never keeps what gave no number once', () => {
    const bad = fc.constantFrom(
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      'crashed',
      'timed-out',
    );
    fc.assert(
      fc.property(
        bad,
        fc.constantFrom(minimize, maximize),
        fc.constantFrom(0.001, 1, 1000),
        (outcome, metric, level) => {
          const baseline = [level, level * 1.001, level * 0.999];
          const night = new Night((n) => (n === 0 ? baseline.shift()! : (outcome as Outcome)), { metric });
          night.experiment(0);
          expect(['crashed', 'timed-out']).toContain(night.experiment(1).verdict);
          expect(night.ledger.groups).toHaveLength(1);
        },
      ),
    );
  });

  it('takes no second run in an exact world, and keeps exactly what is better', () => {
    fc.assert(
      fc.property(drawn, (world) => {
        const exact = { ...world, sigma: 0 };
        const { night, verdicts } = play(exact, (y) => y);
        for (const [n, roles] of night.trials) if (n > 0) expect(roles).toEqual(['candidate']);
        verdicts.forEach((v, i) => {
          if (Math.abs(exact.gains[i]!) > 1e-9) expect(v).toBe(exact.gains[i]! > 0 ? 'kept' : 'discarded');
        });
      }),
      { numRuns: 60 },
    );
  });

  it('survives zero and negative numbers: the scale turns absolute', () => {
    const values: Record<number, number[]> = { 0: [0.01, 0.011, 0.012], 1: [-0.05], 2: [0.02], 3: [-0.2] };
    const night = new Night((n) => values[n]!.shift() ?? -0.2);
    for (const n of [0, 1, 2, 3]) night.experiment(n);
    expect(night.champion).toBe(3);
    const zero = new Night(() => 0);
    zero.experiment(0);
    expect(zero.experiment(1).verdict).toBe('discarded');
  });
});

describe('the ledger', () => {
  it('is the same folded live, at once, after JSON, and with repeated events', () => {
    fc.assert(
      fc.property(drawn, (world) => {
        const { night } = play(world, (y) => y, { guards: [] });
        if (night.champion > 0) night.move(0, 'reverted');
        const live = night.ledger;
        const stored = JSON.parse(JSON.stringify(night.events)) as typeof night.events;
        const replayed = stored.reduce(foldLedger, openLedger());
        expect(replayed).toEqual(live);
        // Streams overlap on attach: what has been folded is ignored.
        const twice = [...stored, ...stored.slice(-5)].reduce(foldLedger, openLedger());
        expect(twice).toEqual(live);
        // A ledger that went through JSON itself goes on the same way.
        const half = Math.floor(stored.length / 2);
        const kept = JSON.parse(JSON.stringify(stored.slice(0, half).reduce(foldLedger, openLedger())));
        expect(stored.slice(half).reduce(foldLedger, kept)).toEqual(live);
      }),
      { numRuns: 40 },
    );
  });

  it('is never changed in place', () => {
    const freeze = (value: unknown): void => {
      if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
      Object.freeze(value);
      for (const inner of Object.values(value)) freeze(inner);
    };
    const { night } = play(
      { sigma: 0.004, seed: 5, gains: [0.02, -0.1, 0.001, 0.02], strictness: 'careful' },
      (y) => y,
    );
    let ledger = openLedger();
    for (const event of night.events) {
      freeze(ledger);
      ledger = foldLedger(ledger, event);
    }
    freeze(ledger);
    nextStep(ledger, 5);
  });

  it('stays small and quick over ten thousand experiments', () => {
    const noise = normal(1);
    const level: number[] = [0];
    const night: Night = new Night((n) => {
      level[n] ??= level[night.champion]! + 0.003 * noise();
      return Math.exp(-level[n]! + 0.005 * noise());
    });
    night.experiment(0);
    const began = performance.now();
    for (let n = 1; n <= 10_000; n++) night.experiment(n);
    const perExperiment = (performance.now() - began) / 10_000;
    expect(night.champion).toBeGreaterThan(0);
    expect(JSON.stringify(night.ledger).length).toBeLessThan(100_000);
    expect(perExperiment).toBeLessThan(3);
    console.info(
      `ledger: ${(perExperiment * 1000).toFixed(0)} us an experiment, ${JSON.stringify(night.ledger).length} bytes`,
    );
  });
});
