import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isQuieter, type Load, loadOf } from '../../src/loop/load.ts';
import { Night } from './night.ts';

const load = (foreignCores: number | null, waited: number | null, hot = 0): Load => ({
  foreignCores,
  waited,
  hot,
});
const three = (one: Load) => [one, one, one];

describe('quieter', () => {
  test.each([
    ['a busy evening, a quiet night', load(0.2, 0.01), three(load(4, 0.3)), true],
    ['quiet all along', load(0.2, 0.01), three(load(0.4, 0.02)), false],
    ['busy all along', load(4, 0.3), three(load(4, 0.3)), false],
    ['busier', load(4, 0.3), three(load(0.2, 0.01)), false],
    ['less load, which cost nothing before', load(0.2, 0), three(load(4, 0.03)), false],
    ['no word of waiting: the load tells', load(0.2, null), three(load(4, null)), true],
    ['a desktop that is used less', load(0.1, 0), three(load(1.1, 0.3)), false],
    ['one busy run of three', load(0.2, 0.01), [load(4, 0.3), load(0.2, 0), load(0.3, 0)], false],
    ['cool after hot', load(null, null, 0), three(load(null, null, 0.6)), true],
    ['nothing known', load(0.2, 0), [null, null], false],
  ])('%s', (_, now, before, yes) => expect(isQuieter(now, before, 8)).toBe(yes));

  test('nothing is quieter than itself, and never both ways', () => {
    const any = fc.record({
      foreignCores: fc.option(fc.double({ min: 0, max: 8, noNaN: true })),
      waited: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
      hot: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(any, any, (a, b) => {
        expect(isQuieter(a, [a], 8)).toBe(false);
        const cool = { ...a, hot: 0 };
        expect(isQuieter(cool, [{ ...b, hot: 0 }], 8) && isQuieter({ ...b, hot: 0 }, [cool], 8)).toBe(false);
      }),
    );
  });

  test('conditions that say nothing are no load', () => {
    expect(loadOf(null)).toBeNull();
    expect(loadOf({ gpus: [], foreignCores: null, waited: null })).toBeNull();
    expect(loadOf({ gpus: [], foreignCores: 1, waited: null })).toEqual(load(1, null));
  });
});

describe('a busy evening, then a quiet night', () => {
  // Every run of the evening is 5 % worse than the same code is at night; the ideas do nothing at all.
  const jitter = [0.001, -0.001, 0, 0.002, -0.002];
  const at = (base: number, i: number, foreignCores: number, waited: number) => ({
    metric: base + jitter[i % jitter.length]!,
    conditions: { gpus: [], foreignCores, waited },
  });

  const play = (told: boolean) => {
    let i = 0;
    let quiet = false;
    const night = new Night(() => {
      const outcome = quiet ? at(1, i++, 0.2, 0.01) : at(1.05, i++, 4, 0.3);
      return told ? outcome : outcome.metric;
    });
    night.experiment(0);
    quiet = true;
    return { night, verdicts: [1, 2, 3, 4].map((n) => night.experiment(n).verdict) };
  };

  test('without a look at the load an idea that does nothing is kept', () => {
    expect(play(false).verdicts).toContain('kept');
  });

  test('the champion is measured again before anything is kept, and only once', () => {
    const { night, verdicts } = play(true);
    expect(verdicts).toEqual(['discarded', 'discarded', 'discarded', 'discarded']);
    expect(night.trials.get(1)).toEqual(['candidate', 'champion', 'champion']);
    expect([2, 3, 4].flatMap((n) => night.trials.get(n)!)).not.toContain('champion');
    expect(night.ledger.champion.bar.every((y) => y < 1.01)).toBe(true);
  });
});
