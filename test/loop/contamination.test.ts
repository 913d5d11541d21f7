import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  busyBaseline,
  contaminationOf,
  isUsualLoad,
  type Normal,
  paceOf,
  type Ran,
} from '../../src/loop/contamination.ts';

/** A trial of 20 s with so many steps, evenly. */
function ran(
  foreignCores: number | null,
  waited: number | null,
  more: { steps?: number; hot?: number } = {},
): Ran {
  const steps = more.steps ?? 0;
  return {
    seconds: 20,
    conditions: {
      gpus: [{ index: 0, totalMiB: 1000, beforeMiB: 0, peakMiB: 500, hot: more.hot ?? 0 }],
      foreignCores,
      waited,
    },
    curve: Array.from({ length: steps > 0 ? 21 : 0 }, (_, i) => ({
      step: (steps * i) / 20,
      seconds: i,
      value: 1,
      fraction: null,
    })),
  };
}

const normal = (more: Partial<Normal> = {}): Normal => ({
  trials: [ran(0.2, 0.01), ran(0.3, 0.01), ran(0.2, 0.02)],
  champion: ran(0.2, 0.01, { steps: 1000 }),
  cores: 8,
  tolerated: { foreignCores: 0, heat: false },
  ...more,
});

describe('a busy machine', () => {
  test('others took cores, and the trial waited for them', () => {
    expect(contaminationOf(ran(4, 0.3), normal())).toBe(
      'other programs took 4.0 of 8 cores, and it waited for a core 30 % of its time',
    );
  });

  test('where the kernel does not tell of waiting, the pace against the champion does', () => {
    expect(contaminationOf(ran(4, null, { steps: 700 }), normal())).toBe(
      'other programs took 4.0 of 8 cores, and it was 30 % slower than the champion',
    );
  });

  test.each([
    ['a desktop that is used', ran(0.9, 0.3)],
    ['a load that costs the trial nothing', ran(4, 0.02)],
    ['a load, but as fast as the champion', ran(4, 0.3, { steps: 990 })],
    ['a slower idea on a quiet machine', ran(0.2, 0.01, { steps: 300 })],
    ['a trial that starves itself by its own threads', ran(0.2, 0.6, { steps: 300 })],
    ['too short to say', ran(null, null)],
    ['no sign of waiting and no steps', ran(4, null)],
  ])('%s is no contamination', (_, trial) => {
    expect(contaminationOf(trial, normal())).toBeNull();
  });

  test('a machine that was busy all along is normal', () => {
    const busy = [ran(4, 0.3), ran(4.2, 0.3), ran(3.9, 0.3)];
    expect(contaminationOf(ran(4.1, 0.32), normal({ trials: busy }))).toBeNull();
  });

  test('what the user accepted is not asked again; more than that is', () => {
    const tolerated = { foreignCores: 4, heat: false };
    expect(contaminationOf(ran(4.2, 0.4), normal({ tolerated }))).toBeNull();
    expect(contaminationOf(ran(7, 0.6), normal({ tolerated }))).not.toBeNull();
  });

  test('without anything to compare with nobody is accused', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 64, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (f, w) => {
          expect(contaminationOf(ran(f, w), normal({ trials: [] }))).toBeNull();
        },
      ),
    );
  });

  test('never at less than 15 % of the cores', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1.19, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 1, max: 2000 }),
        (f, w, steps) => {
          expect(contaminationOf(ran(f, w, { steps }), normal())).toBeNull();
        },
      ),
    );
  });
});

describe('the baseline', () => {
  const alone = normal();
  test.each([
    [
      'others took cores, and it waited for them',
      ran(4, 0.3),
      /^other programs took 4\.0 of 8 cores, and it waited .* 30 %/,
    ],
    ['hot', ran(0.1, 0, { hot: 0.5 }), /^GPU 0 was slowed down by heat for 50 %/],
    ['a used desktop', ran(1.1, 0.3), null],
    ['a load that costs nothing', ran(6, 0.05), null],
    ['its own threads', ran(0.2, 0.6), null],
    ['too short to say', ran(null, null), null],
    ['a kernel that says nothing of waiting', ran(6, null), null],
  ])('%s', (_, { conditions }, why) => {
    const said = busyBaseline(conditions, alone);
    if (why === null) expect(said).toBeNull();
    else expect(said).toMatch(why);
  });
  test('what the user accepted is not asked again', () => {
    const tolerated = { foreignCores: 5, heat: true };
    expect(busyBaseline(ran(4, 0.3, { hot: 0.9 }).conditions, { cores: 8, tolerated })).toBeNull();
  });
});

describe('heat', () => {
  test('a GPU that was throttled far more than usual', () => {
    expect(contaminationOf(ran(0.2, 0.01, { hot: 0.6 }), normal())).toBe(
      'GPU 0 was slowed down by heat for 60 % of the trial',
    );
  });
  test('a machine that always runs hot is normal, and the user may say so too', () => {
    const hot = [ran(0.2, 0, { hot: 0.8 }), ran(0.2, 0, { hot: 0.9 }), ran(0.2, 0, { hot: 0.7 })];
    expect(contaminationOf(ran(0.2, 0.01, { hot: 1 }), normal({ trials: hot }))).toBeNull();
    const tolerated = { foreignCores: 0, heat: true };
    expect(contaminationOf(ran(0.2, 0.01, { hot: 1 }), normal({ tolerated }))).toBeNull();
  });
});

test('the pace is that of the same moment, also when one ran longer', () => {
  const long: Ran = { ...ran(0, 0, { steps: 1000 }) };
  const short: Ran = { ...long, curve: long.curve.slice(0, 11).map((p) => ({ ...p, step: p.step / 2 })) };
  expect(paceOf(short, long)).toBeCloseTo(0.5);
  expect(paceOf(long, short)).toBeCloseTo(2);
  expect(paceOf(ran(0, 0), long)).toBeNull();
});

describe('a load that is usual', () => {
  test.each([
    // An idle machine of 8 cores has less than 0.96 of them busy, whatever was usual.
    [0, null, 0, true],
    [0.95, null, 0, true],
    [0.97, null, 0, false],
    // One that always has a load of 2.5: half of what would accuse a trial (0.8 cores) on top.
    [2.85, 2.5, 0, true],
    [2.95, 2.5, 0, false],
    // What the user has said to count.
    [4.35, 2.5, 4, true],
    [4.45, 2.5, 4, false],
  ])('%s cores, where %s are usual and %s tolerated: %s', (load, usual, foreignCores, is) => {
    const trials = usual === null ? [] : [ran(usual, 0)];
    expect(isUsualLoad(load, { trials, cores: 8, tolerated: { foreignCores, heat: false } })).toBe(is);
  });

  test('the middle of what was seen is usual, not one busy moment; what was not seen says nothing', () => {
    const trials = [ran(0.2, 0), ran(7, 0), ran(0.3, 0), ran(null, null)];
    expect(isUsualLoad(1.5, { trials, cores: 8, tolerated: { foreignCores: 0, heat: false } })).toBe(false);
    expect(isUsualLoad(0.6, { trials, cores: 8, tolerated: { foreignCores: 0, heat: false } })).toBe(true);
  });

  test('what a run goes on at never spoils the next trial', () => {
    const cores = fc.double({ min: 0, max: 64, noNaN: true });
    fc.assert(
      fc.property(
        cores,
        fc.array(cores, { minLength: 1, maxLength: 5 }),
        cores,
        fc.integer({ min: 1, max: 64 }),
        (load, usual, foreignCores, machine) => {
          const trials = usual.map((x) => ran(x, 0));
          const tolerated = { foreignCores, heat: false };
          if (!isUsualLoad(load, { trials, cores: machine, tolerated })) return;
          const next = normal({ trials, cores: machine, tolerated, champion: null });
          expect(contaminationOf(ran(load, 1), next)).toBeNull();
        },
      ),
    );
  });
});
